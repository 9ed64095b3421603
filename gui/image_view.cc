#include "gui/image_view.h"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "gui/body_color.h"
#include "gui/gl.h"
#include "gui/scene_hand.h"

namespace rookery::gui {
namespace {

constexpr double kNearest = 64;      // zoom
constexpr double kWheelStep = 1.25;  // of the zoom
constexpr float kGridPixel = 5;      // screen pixels of one that is outlined under the mouse

}  // namespace

struct ImageView::Texture {
  GlTexture name;
  int64_t width = 0, height = 0;
};

ImageView::ImageView() : texture_(std::make_unique<Texture>()) {}

ImageView::~ImageView() = default;

void ImageView::Upload(const Array& image, const ImageStyle& style) {
  const bool same = image.data() == image_.data() && image.shape() == image_.shape();
  if (same && style == style_ && uploads_ > 0) return;
  const Array pixels = ImagePixels(image, style);
  const int64_t height = pixels.shape()[0], width = pixels.shape()[1];
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  if (texture_->width == width && texture_->height == height) {
    glBindTexture(GL_TEXTURE_2D, texture_->name);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, static_cast<GLsizei>(width),
                    static_cast<GLsizei>(height), GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
  } else {
    texture_->name = MakeTexture(GL_RGBA8, static_cast<int>(width), static_cast<int>(height),
                                 GL_RGBA, GL_UNSIGNED_BYTE, pixels.data(), GL_NEAREST);
    texture_->width = width;
    texture_->height = height;
    zoom_ = 1;
    // Enlarged, every pixel is seen as it is; made smaller, neighbours are averaged.
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 16);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR_MIPMAP_LINEAR);
  }
  glGenerateMipmap(GL_TEXTURE_2D);
  glBindTexture(GL_TEXTURE_2D, 0);
  image_ = image;
  style_ = style;
  shown_width_ = width;
  shown_height_ = height;
  ++uploads_;
}

// Wheel and mouse, over the item that was just made.
void ImageView::Turn(float width, float height) {
  const double w = static_cast<double>(shown_width_), h = static_cast<double>(shown_height_);
  const double fit = std::min(static_cast<double>(width) / w, static_cast<double>(height) / h);
  const ImVec2 low = ImGui::GetItemRectMin();
  const ImGuiIO& io = ImGui::GetIO();
  if (zoom_ <= 1) {
    x_ = w / 2;
    y_ = h / 2;
  }
  if (ImGui::IsItemHovered()) {
    ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
    if (io.MouseWheel != 0) {
      const double dx = static_cast<double>(io.MousePos.x - low.x - width / 2) / fit;
      const double dy = static_cast<double>(io.MousePos.y - low.y - height / 2) / fit;
      const double before = zoom_;
      zoom_ = std::clamp(zoom_ * std::pow(kWheelStep, static_cast<double>(io.MouseWheel)), 1.0,
                         kNearest);
      x_ += dx / before - dx / zoom_;  // what is under the mouse stays there
      y_ += dy / before - dy / zoom_;
    }
    if (ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) Fit();
  }
  if (ImGui::IsItemActive() && ImGui::IsMouseDragging(ImGuiMouseButton_Left)) {
    x_ -= static_cast<double>(io.MouseDelta.x) / (fit * zoom_);
    y_ -= static_cast<double>(io.MouseDelta.y) / (fit * zoom_);
  }
  // No further than the picture goes; what is smaller than its room stays in the middle.
  const double half_x = static_cast<double>(width) / (2 * fit * zoom_);
  const double half_y = static_cast<double>(height) / (2 * fit * zoom_);
  x_ = 2 * half_x >= w ? w / 2 : std::clamp(x_, half_x, w - half_x);
  y_ = 2 * half_y >= h ? h / 2 : std::clamp(y_, half_y, h - half_y);
}

void ImageView::Draw(const Array& image, const ImageStyle& style, const ImageNotes& notes,
                     float width, float height) {
  ROOKERY_CHECK(FitsStyle(image, style));
  Upload(image, style);
  width = std::max(1.0f, width);
  height = std::max(1.0f, height);
  ImGui::InvisibleButton("##image", {width, height});
  Turn(width, height);
  const double w = static_cast<double>(shown_width_), h = static_cast<double>(shown_height_);
  const double fit = std::min(static_cast<double>(width) / w, static_cast<double>(height) / h);
  const auto size = static_cast<float>(fit * zoom_);  // of a pixel
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  const ImVec2 corner = {low.x + width / 2 - static_cast<float>(x_) * size,
                         low.y + height / 2 - static_cast<float>(y_) * size};
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->PushClipRect(low, high, true);
  const ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
  draw->AddCallback(platform.DrawCallback_SetSamplerFromTex, nullptr);
  const GLuint name = texture_->name;
  draw->AddImage(
      static_cast<ImTextureID>(name), corner,
      {corner.x + static_cast<float>(w) * size, corner.y + static_cast<float>(h) * size});
  draw->AddCallback(platform.DrawCallback_ResetRenderState, nullptr);
  pixel_.reset();
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const auto x = static_cast<int64_t>(std::floor((mouse.x - corner.x) / size));
  const auto y = static_cast<int64_t>(std::floor((mouse.y - corner.y) / size));
  if (ImGui::IsItemHovered() && x >= 0 && y >= 0 && x < shown_width_ && y < shown_height_) {
    pixel_ = ArrayPixel(style, x, y);
    if (size >= kGridPixel) {
      const ImVec2 from = {corner.x + static_cast<float>(x) * size,
                           corner.y + static_cast<float>(y) * size};
      draw->AddRect(from, {from.x + size, from.y + size}, IM_COL32(255, 255, 255, 230));
    }
    Tell(notes);
  }
  draw->PopClipRect();
}

void ImageView::Tell(const ImageNotes& notes) {
  if (!ImGui::BeginTooltip()) return;
  const auto [row, column] = *pixel_;
  const std::string value = PixelText(image_, row, column, notes.unit);
  ImGui::TextDisabled("row %lld, column %lld", static_cast<long long>(row),
                      static_cast<long long>(column));
  if (style_.kind == ImageKind::kSegmentation) {
    const int id = static_cast<int>(image_.AsDouble(row * image_.shape()[1] + column));
    const SceneBody* body = notes.scene != nullptr ? FindBody(*notes.scene, id) : nullptr;
    const std::array<float, 3> c = BodyColor(id);
    const float edge = ImGui::GetTextLineHeight();
    ImGui::ColorButton("##color", {c[0], c[1], c[2], 1}, ImGuiColorEditFlags_NoTooltip,
                       {edge, edge});
    ImGui::SameLine();
    ImGui::Text("%d  %s", id,
                body != nullptr ? body->name.c_str() : (id == 255 ? "background" : "no such body"));
  } else {
    if (style_.kind == ImageKind::kColor && image_.dtype() == DType::kUInt8) {
      const int64_t first = (row * image_.shape()[1] + column) * image_.shape()[2];
      const auto channel = [&](int64_t k) {
        return static_cast<float>(image_.AsDouble(first + k)) / 255;
      };
      const float edge = ImGui::GetTextLineHeight();
      ImGui::ColorButton("##color", {channel(0), channel(1), channel(2), 1},
                         ImGuiColorEditFlags_NoTooltip, {edge, edge});
      ImGui::SameLine();
    }
    ImGui::TextUnformatted(value.c_str());
  }
  if (style_.table && notes.scene != nullptr) {
    // A heightmap covers the workspace.
    const Vec3 &low = notes.scene->workspace_low, &high = notes.scene->workspace_high;
    const double x = low.x + (high.x - low.x) * (static_cast<double>(column) + 0.5) /
                                 static_cast<double>(image_.shape()[1]);
    const double y = low.y + (high.y - low.y) * (static_cast<double>(row) + 0.5) /
                                 static_cast<double>(image_.shape()[0]);
    if (high.x > low.x) ImGui::TextDisabled("x %.3f m, y %.3f m", x, y);
  }
  ImGui::EndTooltip();
}

}  // namespace rookery::gui
