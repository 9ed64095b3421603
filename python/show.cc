// rookery_show: a window for the pictures that it reads from its standard input. Python's
// render_mode "human" starts it, so that importing rookery needs no display and no OpenGL.
//
//   rookery_show TITLE WIDTH HEIGHT
//
// Says "ready" once the window is there. A picture is two int32, width and height, and height rows
// of width RGB pixels. It ends at the end of its input, by Escape, or when its window is closed.
#include <imgui.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "core/array.h"
#include "core/error.h"
#include "gui/picture_texture.h"
#include "gui/theme.h"
#include "gui/window.h"

namespace rookery::gui {
namespace {

constexpr int64_t kMostPixels = 64 << 20;  // more is no picture but a mistake

// The newest picture of the input; a thread of its own reads.
class Input {
 public:
  Input() : thread_([this] { Read(); }) { thread_.detach(); }

  Array newest() const {
    const std::lock_guard lock(mutex_);
    return newest_;
  }
  bool ended() const { return ended_; }

 private:
  void Read() {
    int32_t size[2];
    while (std::fread(size, sizeof(size), 1, stdin) == 1) {
      if (size[0] < 1 || size[1] < 1 || int64_t{size[0]} * size[1] > kMostPixels) break;
      Array picture(DType::kUInt8, {size[1], size[0], 3});
      if (std::fread(picture.data(), picture.nbytes(), 1, stdin) != 1) break;
      const std::lock_guard lock(mutex_);
      newest_ = std::move(picture);
    }
    ended_ = true;
  }

  mutable std::mutex mutex_;
  Array newest_{DType::kUInt8, {0, 0, 3}};
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

void DrawPicture(const PictureTexture& texture) {
  const ImVec2 room = ImGui::GetMainViewport()->Size;
  const auto width = static_cast<float>(texture.width());
  const auto height = static_cast<float>(texture.height());
  const float scale = std::min(room.x / width, room.y / height);
  const float x = std::floor((room.x - scale * width) / 2);
  const float y = std::floor((room.y - scale * height) / 2);
  ImGui::GetBackgroundDrawList()->AddImage(
      ImTextureRef(static_cast<ImTextureID>(texture.texture())), {x, y},
      {x + scale * width, y + scale * height});
}

void Show(const char* title, int width, int height) {
  Window window({.title = title, .width = width, .height = height});
  ApplyTheme(Theme::kDark, static_cast<float>(window.scale()));
  std::puts("ready");
  std::fflush(stdout);
  static auto* const input = new Input;  // its thread may be reading when the program ends
  PictureTexture texture;
  while (!window.ShouldClose() && !input->ended()) {
    window.BeginFrame();
    if (ImGui::IsKeyPressed(ImGuiKey_Escape)) window.Close();
    const Array picture = input->newest();
    if (picture.size() > 0) {
      texture.Set(picture, true);
      DrawPicture(texture);
    }
    window.EndFrame();
  }
}

}  // namespace
}  // namespace rookery::gui

int main(int argc, char** argv) {
  const int width = argc == 4 ? std::atoi(argv[2]) : 0, height = argc == 4 ? std::atoi(argv[3]) : 0;
  if (width < 1 || height < 1) {
    std::fprintf(stderr, "usage: rookery_show TITLE WIDTH HEIGHT  (pictures on standard input)\n");
    return 2;
  }
  try {
    rookery::gui::Show(argv[1], width, height);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
