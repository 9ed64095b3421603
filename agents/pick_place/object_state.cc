#include "agents/pick_place/object_state.h"

#include <algorithm>
#include <cmath>

#include "agents/pick_place/planar_action.h"
#include "agents/pick_place/workspace.h"
#include "core/error.h"

namespace rookery::pick_place {
namespace {

constexpr int64_t kRow = 10;
constexpr int kMaxTries = 100;

// Whether an array of this type and shape holds N rows of `columns`.
bool IsTable(DType dtype, const Shape& shape, DType wanted, int64_t columns) {
  return dtype == wanted && shape.size() == 2 && shape[0] >= 1 && shape[1] == columns;
}

std::string TableText(DType dtype, int64_t columns) {
  return std::string(DTypeName(dtype)) + " (N, " + std::to_string(columns) + ")";
}

std::array<float, 3> Planar(const Vec3& p, double yaw) {
  return {static_cast<float>(p.x), static_cast<float>(p.y), static_cast<float>(-yaw / kYawScale)};
}

}  // namespace

std::string ObjectInfoMissing(const EnvSpec& env) {
  const auto missing = [&](const char* name, DType dtype, int64_t columns) -> std::string {
    const ArraySpec* found = env.info.Find(name);
    if (found == nullptr) {
      return "its info has no '" + std::string(name) + "' (" + TableText(dtype, columns) + ")";
    }
    if (IsTable(found->dtype, found->shape, dtype, columns)) return "";
    return "its info '" + std::string(name) + "' is " + DTypeName(found->dtype) + " " +
           ShapeText(found->shape) + ", not " + TableText(dtype, columns);
  };
  for (const std::string& reason :
       {missing(kObjectsInfo, DType::kFloat64, kRow), missing(kColorsInfo, DType::kFloat32, 3)}) {
    if (!reason.empty()) return reason;
  }
  return env.info.Find(kCountInfo) == nullptr
             ? "its info has no '" + std::string(kCountInfo) + "' (int64)"
             : "";
}

std::vector<ObjectState> ObjectsFromInfo(const ArrayMap& info, const std::string& what) {
  const auto table = [&](const char* name, DType dtype, int64_t columns) -> const Array& {
    const Array* array = info.Find(name);
    if (array == nullptr) throw UserError(what + ": the info has no '" + std::string(name) + "'");
    if (!IsTable(array->dtype(), array->shape(), dtype, columns)) {
      throw UserError(what + ": expected info '" + std::string(name) + "' as " +
                      TableText(dtype, columns) + ", got " + DTypeName(array->dtype()) + " " +
                      ShapeText(array->shape()));
    }
    return *array;
  };
  const Array& objects = table(kObjectsInfo, DType::kFloat64, kRow);
  const Array& colors = table(kColorsInfo, DType::kFloat32, 3);
  const Array* count = info.Find(kCountInfo);
  if (count == nullptr || count->size() != 1) {
    throw UserError(what + ": the info does not say how many objects there are ('" + kCountInfo +
                    "')");
  }
  const auto n = static_cast<int64_t>(count->AsDouble());
  if (n < 0 || n > objects.shape()[0] || n > colors.shape()[0]) {
    throw UserError(what + ": " + std::to_string(n) + " objects, but the info has rows for " +
                    std::to_string(std::min(objects.shape()[0], colors.shape()[0])));
  }
  std::vector<ObjectState> scene(static_cast<size_t>(n));
  for (size_t i = 0; i < scene.size(); ++i) {
    const double* v = objects.As<double>().data() + i * static_cast<size_t>(kRow);
    const Quat q{v[3], v[4], v[5], v[6]};
    if (!(Norm(q) > 1e-6)) {
      throw UserError(what + ": object " + std::to_string(i) + " has no orientation");
    }
    scene[i].pose = Pose(Vec3(v[0], v[1], v[2]), Normalized(q));
    std::copy_n(v + 7, 3, scene[i].dimensions.begin());
    const float* color = colors.As<float>().data() + 3 * i;
    std::copy_n(color, 3, scene[i].color.begin());
  }
  return scene;
}

void AppendFeatures(const std::vector<ObjectState>& scene, const StateLayout& layout,
                    std::vector<float>* out) {
  const size_t end = out->size() + static_cast<size_t>(layout.features());
  const auto append = [&](double value) { out->push_back(static_cast<float>(value)); };
  const size_t n = std::min(scene.size(), static_cast<size_t>(layout.objects));
  for (size_t i = 0; i < n; ++i) {
    const ObjectState& object = scene[i];
    const Vec3 euler = RavensEuler(object.pose.q);
    append(object.pose.p.x);
    append(object.pose.p.y);
    if (layout.tilt) {
      for (double value : {object.pose.p.z, euler.x, euler.y, -euler.z}) append(value);
    } else {
      append(-euler.z / kYawScale);
    }
    if (layout.dimensions) std::for_each_n(object.dimensions.begin(), 3, append);
    if (layout.colors) std::for_each_n(object.color.begin(), 3, append);
  }
  out->resize(end, 0.0F);
}

Pose DrawTableMotion(const Vec3& pick, const Vec3& place, Rng* rng) {
  const Grid grid;  // the published image: 320 x 160, corners
  const Vec3 middle(grid.X(kColumns / 2.0), grid.Y(kRows / 2.0), 0);
  constexpr double kSpread = kColumns / 6.0 * kPixel;
  for (int i = 0; i < kMaxTries; ++i) {
    const Quat turn = QuatFromYaw(rng->Normal(0, 2 * kPi / 6));
    const double x = rng->Normal(0, kSpread), y = rng->Normal(0, kSpread);
    const Pose motion(middle + Vec3(x, y, 0) - Rotate(turn, middle), turn);
    const Vec3 a = motion * pick, b = motion * place;
    if (grid.Contains(grid.FromWorld(a.x, a.y)) && grid.Contains(grid.FromWorld(b.x, b.y))) {
      return motion;
    }
  }
  return Pose();
}

std::array<float, 6> PlanarTarget(const Pose& pick, const Pose& place, const Pose& motion) {
  const auto a = Planar(motion * pick.p, RavensEuler(pick.q).z);
  const auto b = Planar(motion * place.p, RavensEuler(place.q).z);
  return {a[0], a[1], a[2], b[0], b[1], b[2]};
}

std::array<float, 9> TiltedTarget(const Pose& pick, const Pose& place, const Pose& motion) {
  const Pose from = motion * pick, level(from.p);
  const Pose to = motion * place * from.Inverse() * level;
  const Vec3 euler = RavensEuler(to.q);
  const auto a = Planar(level.p, 0), b = Planar(to.p, euler.z);
  return {a[0],
          a[1],
          a[2],
          b[0],
          b[1],
          b[2],
          static_cast<float>(euler.x / kYawScale),
          static_cast<float>(euler.y / kYawScale),
          static_cast<float>(to.p.z)};
}

}  // namespace rookery::pick_place
