#include "gui/picture_texture.h"

#include <string>

#include "core/error.h"
#include "gui/gl.h"

namespace rookery::gui {

struct PictureTexture::Texture {
  GlTexture name;
};

PictureTexture::PictureTexture() : texture_(std::make_unique<Texture>()) {}
PictureTexture::~PictureTexture() = default;
PictureTexture::PictureTexture(PictureTexture&&) noexcept = default;
PictureTexture& PictureTexture::operator=(PictureTexture&&) noexcept = default;

unsigned PictureTexture::texture() const { return texture_->name; }

void PictureTexture::Set(const Array& image, bool smooth) {
  const Shape& shape = image.shape();
  const int64_t channels = shape.size() == 3 ? shape[2] : 0;
  if (image.dtype() != DType::kUInt8 || image.size() == 0 ||
      (channels != 1 && channels != 3 && channels != 4)) {
    throw UserError(std::string("a picture is ") + DTypeName(image.dtype()) + " " +
                    ShapeText(shape) + "; expected uint8 (height, width, 1, 3 or 4)");
  }
  if (image.data() == image_.data() && shape == image_.shape() && smooth == smooth_) return;
  const GlStateKeeper keeper;
  const int width = static_cast<int>(shape[1]), height = static_cast<int>(shape[0]);
  const GLenum format = channels == 1 ? GL_RED : channels == 3 ? GL_RGB : GL_RGBA;
  const bool fits = texture_->name != 0 && width == width_ && height == height_ &&
                    smooth == smooth_ && image_.shape() == shape;
  if (fits) {
    glBindTexture(GL_TEXTURE_2D, texture_->name);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, format, GL_UNSIGNED_BYTE, image.data());
  } else {
    const GLint internal_format = channels == 1 ? GL_R8 : channels == 3 ? GL_RGB8 : GL_RGBA8;
    texture_->name = MakeTexture(internal_format, width, height, format, GL_UNSIGNED_BYTE,
                                 image.data(), smooth ? GL_LINEAR : GL_NEAREST);
    if (channels == 1) {
      constexpr GLint kGrey[] = {GL_RED, GL_RED, GL_RED, GL_ONE};
      glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, kGrey);
    }
  }
  image_ = image;
  width_ = width;
  height_ = height;
  smooth_ = smooth;
}

}  // namespace rookery::gui
