#include "gui/picture_window.h"

#include <imgui.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>

#include "core/array.h"
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

}  // namespace

void ShowPictures(const std::string& title, int width, int height) {
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

}  // namespace rookery::gui
