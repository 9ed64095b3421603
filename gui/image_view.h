// An array as a picture in a panel: fitted, or nearer by the wheel and moved by the mouse; what is
// under the mouse is told.
#ifndef ROOKERY_GUI_IMAGE_VIEW_H_
#define ROOKERY_GUI_IMAGE_VIEW_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/array.h"
#include "core/scene.h"
#include "gui/image_pixels.h"

namespace rookery::gui {

// What else is known of an image.
struct ImageNotes {
  std::string unit = {};         // of its numbers
  const Scene* scene = nullptr;  // names the bodies of a segmentation, places a heightmap
};

// Owns a texture: lives and dies while the window's OpenGL context is current.
class ImageView {
 public:
  ImageView();
  ~ImageView();
  ImageView(const ImageView&) = delete;
  ImageView& operator=(const ImageView&) = delete;

  // One item of ImGui, `width` x `height` pixels. The array goes to the graphics card only when it
  // is another one than before, or its style is. Bug unless it fits the style.
  void Draw(const Array& image, const ImageStyle& style, const ImageNotes& notes, float width,
            float height);

  void Fit() { zoom_ = 1; }
  double zoom() const { return zoom_; }  // 1 = all of it is seen
  // Row and column of the array under the mouse when it was drawn last.
  const std::optional<std::array<int64_t, 2>>& pixel() const { return pixel_; }
  int64_t uploads() const { return uploads_; }

 private:
  struct Texture;
  void Upload(const Array& image, const ImageStyle& style);
  void Turn(float width, float height);
  void Tell(const ImageNotes& notes);

  std::unique_ptr<Texture> texture_;
  Array image_;  // held, so that no other array can have its address
  ImageStyle style_;
  int64_t shown_width_ = 0, shown_height_ = 0;  // px of the picture
  double zoom_ = 1;
  double x_ = 0, y_ = 0;  // what of the picture is in the middle, px
  std::optional<std::array<int64_t, 2>> pixel_;
  int64_t uploads_ = 0;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_IMAGE_VIEW_H_
