// Private to gui: pixels as a texture that ImGui and ImPlot draw.
#ifndef ROOKERY_GUI_PIXEL_TEXTURE_H_
#define ROOKERY_GUI_PIXEL_TEXTURE_H_

#include <imgui.h>

#include "core/array.h"
#include "gui/gl.h"

namespace rookery::gui {

// Lives and dies while the window's OpenGL context is current.
class PixelTexture {
 public:
  // (H, W, 3), (H, W, 1) or (H, W) uint8; does nothing when it is the one that was set last.
  // Small pictures are to be shown with `smooth` false: pixel by pixel.
  void Set(const Array& pixels, bool smooth = true);
  bool empty() const { return texture_ == 0; }
  ImTextureRef ref() const;
  float aspect() const { return width_ / height_; }  // width by height
  // An item of ImGui as large as fits into `room`, in its middle; where it is: GetItemRectMin.
  void Draw(ImVec2 room) const;

 private:
  GlTexture texture_;
  Array pixels_;  // held, so that no other array can have its address
  float width_ = 1, height_ = 1;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PIXEL_TEXTURE_H_
