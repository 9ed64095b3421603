// A picture of the CPU as a texture that ImGui::Image shows.
#ifndef ROOKERY_GUI_PICTURE_TEXTURE_H_
#define ROOKERY_GUI_PICTURE_TEXTURE_H_

#include <memory>

#include "core/array.h"

namespace rookery::gui {

// Belongs to the thread of the OpenGL context, which must outlive it.
class PictureTexture {
 public:
  PictureTexture();
  ~PictureTexture();
  PictureTexture(PictureTexture&&) noexcept;
  PictureTexture& operator=(PictureTexture&&) noexcept;

  // Uploads (H, W, 1 | 3 | 4) uint8, unless it is the Array (the same memory) that is there, which
  // nobody may write to any more. `smooth`: not in squares when it is enlarged. UserError for
  // arrays that are no picture.
  void Set(const Array& image, bool smooth);
  int width() const { return width_; }
  int height() const { return height_; }
  unsigned texture() const;  // its first row is the uppermost, as ImGui has it; 0 = none

 private:
  struct Texture;
  std::unique_ptr<Texture> texture_;
  Array image_;  // held, so that its address stays its own
  int width_ = 0, height_ = 0;
  bool smooth_ = false;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PICTURE_TEXTURE_H_
