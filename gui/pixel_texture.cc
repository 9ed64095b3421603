#include "gui/pixel_texture.h"

#include <algorithm>

#include "core/error.h"

namespace rookery::gui {

void PixelTexture::Set(const Array& pixels, bool smooth) {
  if (!empty() && pixels_.data() == pixels.data() && pixels_.shape() == pixels.shape()) return;
  const Shape& shape = pixels.shape();
  const int64_t channels = shape.size() == 3 ? shape[2] : 1;
  ROOKERY_CHECK(pixels.dtype() == DType::kUInt8 && (channels == 1 || channels == 3) &&
                pixels.size() > 0);
  const GlStateKeeper keeper;
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  texture_ = MakeTexture(channels == 1 ? GL_R8 : GL_RGB8, static_cast<int>(shape[1]),
                         static_cast<int>(shape[0]), channels == 1 ? GL_RED : GL_RGB,
                         GL_UNSIGNED_BYTE, pixels.data(), smooth ? GL_LINEAR : GL_NEAREST);
  if (channels == 1) {
    const GLint grey[] = {GL_RED, GL_RED, GL_RED, GL_ONE};
    glTexParameteriv(GL_TEXTURE_2D, GL_TEXTURE_SWIZZLE_RGBA, grey);
  }
  pixels_ = pixels;
  width_ = static_cast<float>(shape[1]);
  height_ = static_cast<float>(shape[0]);
}

ImTextureRef PixelTexture::ref() const {
  return ImTextureRef(static_cast<ImTextureID>(static_cast<GLuint>(texture_)));
}

void PixelTexture::Draw(ImVec2 room) const {
  if (empty()) return;
  const float scale = std::max(1.0f / width_, std::min(room.x / width_, room.y / height_));
  const ImVec2 size = {width_ * scale, height_ * scale};
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(0.0f, (room.x - size.x) / 2));
  ImGui::Image(ref(), size);
}

}  // namespace rookery::gui
