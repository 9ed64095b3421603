#include "renderers/shadow_map.h"

#include <algorithm>
#include <cmath>

namespace rookery::internal {
namespace {

constexpr int kWidth = 640, kHeight = 480, kTile = 64;
constexpr int kColumns = kWidth / kTile, kRows = (kHeight + kTile - 1) / kTile;
constexpr double kFocal_px = 450, kDistance_m = 2;
// Depth range of the cameras there. It enters because the test compares z in clip coordinates of
// one surface with the mean of z and w of the other, less 0.05.
constexpr double kNear_m = 0.01, kFar_m = 10, kBias = 0.05;

}  // namespace

ShadowMap::ShadowMap()
    : nearness_(kWidth * kHeight, 0.0f),
      block_max_(kWidth / kShadowBlock * (kHeight / kShadowBlock), 0.0f),
      lists_(kColumns * kRows),
      used_(kColumns * kRows, 0) {}

bool ShadowMap::Begin(const Light& light, const std::vector<Placed>& casters) {
  wanted_.clear();
  for (const Placed& caster : casters) {
    wanted_.push_back({caster.visual->mesh, caster.to_world});
  }
  if (finished_ && direction_ == light.direction && center_ == light.center && wanted_ == drawn_) {
    return false;
  }
  finished_ = false;
  direction_ = light.direction;
  center_ = light.center;
  std::swap(drawn_, wanted_);

  const Vec3 towards = Normalized(light.direction);
  const Vec3 forward = -towards, eye = light.center + towards * kDistance_m;
  const Vec3 up = std::abs(forward.z) < 0.9999 ? Vec3(0, 0, 1) : Vec3(0, 1, 0);
  const Vec3 side = Normalized(Cross(forward, up));
  const Vec3 top = Cross(side, forward);
  const auto row = [&eye](const Vec3& axis) {
    return std::array<double, 4>{axis.x, axis.y, axis.z, -Dot(axis, eye)};
  };
  const auto x = row(side), y = row(top), z = row(forward);
  for (size_t j = 0; j < 4; ++j) {
    view_.to_pixel[0][j] = kFocal_px * x[j] + kWidth / 2 * z[j];
    view_.to_pixel[1][j] = kFocal_px * y[j] + kHeight / 2 * z[j];
    view_.to_pixel[2][j] = z[j];
  }
  view_.width = kWidth;
  view_.height = kHeight;
  view_.near_m = kNear_m;
  view_.far_m = 1e9;
  view_.one_sided = false;
  return true;
}

void ShadowMap::Sort(const std::vector<Placed>& casters, const std::vector<uint32_t>& counts,
                     const RasterTriangle* triangles) {
  for (auto& list : lists_) list.clear();
  for (size_t i = 0; i < casters.size(); ++i) {
    for (uint32_t k = casters[i].first; k < casters[i].first + counts[i]; ++k) {
      const RasterTriangle& t = triangles[k];
      for (int y = t.y0 / kTile; y <= t.y1 / kTile; ++y) {
        for (int x = t.x0 / kTile; x <= t.x1 / kTile; ++x) {
          lists_[static_cast<size_t>(y * kColumns + x)].push_back(k);
        }
      }
    }
  }
}

void ShadowMap::DrawTile(const Kernels& kernels, int tile, const RasterTriangle* triangles) {
  const auto i = static_cast<size_t>(tile);
  if (lists_[i].empty() && used_[i] == 0) return;
  used_[i] = !lists_[i].empty();
  const int x0 = tile % kColumns * kTile, y0 = tile / kColumns * kTile;
  const TileTarget target = {
      nearness_.data() + y0 * kWidth + x0, nullptr, kWidth, x0, y0, x0 + kTile,
      std::min(y0 + kTile, kHeight)};
  for (int y = target.y0; y < target.y1; ++y) {
    std::fill_n(target.nearness + (y - y0) * kWidth, kTile, 0.0f);
  }
  kernels.raster(triangles, lists_[i].data(), static_cast<int>(lists_[i].size()), target);
  kernels.block_max(target, kWidth / kShadowBlock, block_max_.data());
}

ShadowView ShadowMap::Seen(const Camera& camera, double offset) const {
  ShadowView seen;
  seen.nearness = nearness_.data();
  seen.block_max = block_max_.data();
  seen.width = kWidth;
  seen.height = kHeight;
  seen.u = FromPixel(camera, offset, view_.to_pixel[0]);
  seen.v = FromPixel(camera, offset, view_.to_pixel[1]);
  seen.w = FromPixel(camera, offset, view_.to_pixel[2]);
  // Clip z = a depth - b and w = depth, so that "lit" reads
  // a depth_seen - b > ((a + 1) depth - b) / 2 - kBias.
  const double a = (kFar_m + kNear_m) / (kFar_m - kNear_m);
  const double b = 2 * kFar_m * kNear_m / (kFar_m - kNear_m);
  seen.scale = static_cast<float>((a + 1) / (2 * a));
  seen.bias = static_cast<float>((kBias - b / 2) / a);
  return seen;
}

}  // namespace rookery::internal
