#include "renderers/report/contact_sheet.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "renderers/rasterizer.h"
#include "renderers/report/canvas.h"
#include "renderers/report/lettering.h"

namespace rookery::report {
namespace {

constexpr Rgb kPaper = {24, 26, 30}, kInk = {232, 234, 237};
constexpr int kMargin = 8, kCaption = 30;  // px; a caption's place below its picture
constexpr double kLetters = 11;            // px, height of capitals
constexpr int kSupersampling = 3;
constexpr double kFilled = 0.92;  // of the picture, by the workspace

// Part of the image plane, px.
struct Window {
  double left, right, top, bottom;
};

// Where the camera sees the scene's workspace; its whole image when the scene has none.
Window WorkspaceWindow(const Scene& scene, const Camera& camera) {
  const Vec3 &low = scene.workspace_low, &high = scene.workspace_high;
  const Window whole = {0, static_cast<double>(camera.width), 0,
                        static_cast<double>(camera.height)};
  if (!(low.x < high.x && low.y < high.y)) return whole;
  Window out = {1e9, -1e9, 1e9, -1e9};
  const Pose X_CW = camera.X_WC.Inverse();
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 p =
        X_CW * Vec3((corner & 1) != 0 ? high.x : low.x, (corner & 2) != 0 ? high.y : low.y,
                    (corner & 4) != 0 ? high.z : low.z);
    if (!(p.z > camera.near_m)) return whole;
    const double u = camera.cx + camera.fx * p.x / p.z, v = camera.cy + camera.fy * p.y / p.z;
    out = {std::min(out.left, u), std::max(out.right, u), std::min(out.top, v),
           std::max(out.bottom, v)};
  }
  return out;
}

}  // namespace

Array ScenePicture(const Scene& scene, const std::string& camera, int width) {
  if (scene.cameras.empty()) throw UserError("the scene has no camera");
  const auto found =
      std::find_if(scene.cameras.begin(), scene.cameras.end(),
                   [&](const Camera& candidate) { return candidate.name == camera; });
  Camera view = found == scene.cameras.end() ? scene.cameras.front() : *found;
  const Window window = WorkspaceWindow(scene, view);
  view.width = width * kSupersampling;
  view.height = width * 3 / 4 * kSupersampling;
  const double scale = kFilled * std::min(view.width / (window.right - window.left),
                                          view.height / (window.bottom - window.top));
  view.fx *= scale;
  view.fy *= scale;
  view.cx = (view.cx - (window.left + window.right) / 2) * scale + view.width / 2.0;
  view.cy = (view.cy - (window.top + window.bottom) / 2) * scale + view.height / 2.0;
  Frame frame;
  Rasterizer().Render(scene, view, {.depth = false, .segmentation = false}, &frame);
  return Reduced(frame.rgb, kSupersampling);
}

Array ScreenPicture(const Array& screen, int width) {
  ROOKERY_CHECK(screen.shape().size() == 3 && screen.shape()[2] == 3 && screen.size() > 0);
  const int wide = width * kSupersampling, high = width * 3 / 4 * kSupersampling;
  Array picture(DType::kUInt8, {high, wide, 3});
  const auto rows = static_cast<double>(screen.shape()[0]),
             columns = static_cast<double>(screen.shape()[1]);
  const double scale = std::min(wide / columns, high / rows);
  const std::span<uint8_t> to = picture.As<uint8_t>();
  const std::span<const uint8_t> from = screen.As<uint8_t>();
  size_t next = 0;
  for (int y = 0; y < high; ++y) {
    const double row = (y + 0.5 - high / 2.0) / scale + rows / 2;
    for (int x = 0; x < wide; ++x, next += 3) {
      const double column = (x + 0.5 - wide / 2.0) / scale + columns / 2;
      const bool inside = row >= 0 && row < rows && column >= 0 && column < columns;
      const auto at = inside ? 3 * (static_cast<size_t>(row) * static_cast<size_t>(columns) +
                                    static_cast<size_t>(column))
                             : 0;
      for (size_t c = 0; c < 3; ++c) to[next + c] = inside ? from[at + c] : kPaper[c];
    }
  }
  return Reduced(picture, kSupersampling);
}

Array EnvPicture(Env* env, const std::string& camera, int width) {
  if (const Array* screen = env->GetScreen()) return ScreenPicture(*screen, width);
  const Scene& scene = env->GetScene();
  return scene.cameras.empty() ? Array() : ScenePicture(scene, camera, width);
}

Array ContactSheet(const std::vector<SheetEntry>& entries, int columns) {
  ROOKERY_CHECK(!entries.empty());
  ROOKERY_CHECK_GT(columns, 0);
  const Shape size = entries[0].picture.shape();
  const auto n = static_cast<int64_t>(entries.size());
  const int64_t across = std::min<int64_t>(columns, n), down = (n + across - 1) / across;
  Array sheet(DType::kUInt8,
              {kMargin + down * (size[0] + kCaption), kMargin + across * (size[1] + kMargin), 3});
  const auto pixels = sheet.As<uint8_t>();
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = kPaper[i % 3];
  Canvas canvas(&sheet);
  for (int64_t i = 0; i < n; ++i) {
    const SheetEntry& entry = entries[static_cast<size_t>(i)];
    ROOKERY_CHECK(entry.picture.shape() == size);
    const int64_t top = kMargin + i / across * (size[0] + kCaption);
    const int64_t left = kMargin + i % across * (size[1] + kMargin);
    for (int64_t row = 0; row < size[0]; ++row) {
      std::memcpy(&pixels[static_cast<size_t>(((top + row) * sheet.shape()[1] + left) * 3)],
                  entry.picture.As<uint8_t>().data() + row * size[1] * 3,
                  static_cast<size_t>(size[1] * 3));
    }
    // Long captions are set smaller instead of cut.
    const double room = static_cast<double>(size[1]);
    const double letters =
        kLetters * std::min(1.0, room / std::max(1.0, TextWidth(entry.caption, kLetters)));
    const double x = static_cast<double>(left) + (room - TextWidth(entry.caption, letters)) / 2;
    DrawText(entry.caption, {x, static_cast<double>(top + size[0]) + 6 + kLetters}, letters, kInk,
             &canvas);
  }
  return sheet;
}

}  // namespace rookery::report
