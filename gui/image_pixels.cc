#include "gui/image_pixels.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <vector>

#include "core/error.h"
#include "gui/body_color.h"
#include "renderers/report/colormap.h"
#include "renderers/report/figures.h"

namespace rookery::gui {
namespace {

using Rgba = std::array<uint8_t, 4>;
constexpr Rgba kNotFinite = {40, 40, 44, 255};
constexpr int64_t kMostSamples = 20'000;  // of which the usual range is taken
constexpr double kOutside = 0.002;        // of them, at each end

int64_t Channels(const Array& image) { return image.shape().size() == 3 ? image.shape()[2] : 1; }

uint8_t Byte(double t) { return static_cast<uint8_t>(std::lround(255 * std::clamp(t, 0.0, 1.0))); }

// Colours of the numbers 0 to 255 between low and high.
std::array<Rgba, 256> Table(const ImageStyle& style) {
  std::array<Rgba, 256> table;
  const std::vector<report::Rgb>& map = report::SequentialMap();
  for (size_t i = 0; i < table.size(); ++i) {
    if (style.kind == ImageKind::kSegmentation) {
      const std::array<float, 3> c = BodyColor(static_cast<int>(i));
      table[i] = {Byte(c[0]), Byte(c[1]), Byte(c[2]), 255};
    } else if (style.kind == ImageKind::kScale) {
      table[i] = {map[i][0], map[i][1], map[i][2], 255};
    } else {
      const auto grey = static_cast<uint8_t>(i);
      table[i] = {grey, grey, grey, 255};
    }
  }
  return table;
}

// The entry of the table for each number; 256 = not finite.
template <typename T>
std::vector<uint16_t> Indices(std::span<const T> values, const ImageStyle& style) {
  std::vector<uint16_t> out(values.size());
  if (style.kind == ImageKind::kSegmentation) {
    for (size_t i = 0; i < out.size(); ++i) {
      const bool body = values[i] >= T(0) && values[i] < T(255);
      out[i] = body ? static_cast<uint16_t>(values[i]) : 255;
    }
    return out;
  }
  const auto low = static_cast<float>(style.low);
  const auto gain = static_cast<float>(255 / std::max(1e-12, style.high - style.low));
  for (size_t i = 0; i < out.size(); ++i) {
    const float at = (static_cast<float>(values[i]) - low) * gain;
    // A comparison with NaN is false.
    out[i] = at <= 0 ? 0 : (at >= 255 ? 255 : (at > 0 ? static_cast<uint16_t>(at + 0.5f) : 256));
  }
  return out;
}

std::vector<uint16_t> Indices(const Array& image, const ImageStyle& style) {
  if (image.dtype() == DType::kUInt8) return Indices(image.As<uint8_t>(), style);
  if (image.dtype() == DType::kFloat32) return Indices(image.As<float>(), style);
  return Indices(image.As<double>(), style);
}

}  // namespace

bool FitsStyle(const Array& image, const ImageStyle& style) {
  const Shape& shape = image.shape();
  if (image.size() == 0 || shape.size() < 2 || shape.size() > 3) return false;
  if (image.dtype() != DType::kUInt8 && image.dtype() != DType::kFloat32 &&
      image.dtype() != DType::kFloat64) {
    return false;
  }
  const int64_t channels = Channels(image);
  return style.kind == ImageKind::kColor ? channels == 3 || channels == 4 : channels == 1;
}

Array ImagePixels(const Array& image, const ImageStyle& style) {
  ROOKERY_CHECK(FitsStyle(image, style));
  const int64_t channels = Channels(image);
  const bool color = style.kind == ImageKind::kColor;
  if (style.table && color && channels == 3 && image.dtype() == DType::kUInt8) {
    return ImagePixels(report::TableImage(image), {.kind = ImageKind::kColor});
  }
  const int64_t rows = image.shape()[0], columns = image.shape()[1];
  Array out(DType::kUInt8, {style.table ? columns : rows, style.table ? rows : columns, 4});
  uint8_t* to = out.As<uint8_t>().data();
  const bool bytes = color && image.dtype() == DType::kUInt8;
  const std::vector<uint16_t> indices = bytes ? std::vector<uint16_t>() : Indices(image, style);
  const std::array<Rgba, 256> table = bytes ? std::array<Rgba, 256>() : Table(style);
  const uint8_t* from = bytes ? image.As<uint8_t>().data() : nullptr;
  size_t i = 0;  // of the array's pixels
  for (int64_t r = 0; r < rows; ++r) {
    uint8_t* pixel = to + 4 * (style.table ? r : r * columns);
    const int64_t next = 4 * (style.table ? rows : 1);
    for (int64_t c = 0; c < columns; ++c, ++i, pixel += next) {
      if (!color) {
        const Rgba& rgba = indices[i] < 256 ? table[indices[i]] : kNotFinite;
        std::copy(rgba.begin(), rgba.end(), pixel);
        continue;
      }
      const size_t first = i * static_cast<size_t>(channels);
      for (size_t k = 0; k < 3; ++k) {
        pixel[k] = bytes ? from[first + k]
                         : static_cast<uint8_t>(std::min<uint16_t>(255, indices[first + k]));
      }
      pixel[3] = 255;
    }
  }
  return out;
}

std::array<int64_t, 2> ArrayPixel(const ImageStyle& style, int64_t x, int64_t y) {
  if (style.table) return {x, y};
  return {y, x};
}

std::array<double, 2> UsualRange(const Array& image) {
  std::vector<double> samples;
  const int64_t stride = std::max<int64_t>(1, image.size() / kMostSamples);
  samples.reserve(static_cast<size_t>(image.size() / stride + 1));
  for (int64_t i = 0; i < image.size(); i += stride) {
    const double value = image.AsDouble(i);
    if (std::isfinite(value)) samples.push_back(value);
  }
  if (samples.empty()) return {0, 1};
  const auto outside = static_cast<std::ptrdiff_t>(kOutside * static_cast<double>(samples.size()));
  const auto low = samples.begin() + outside, high = samples.end() - 1 - outside;
  std::nth_element(samples.begin(), low, samples.end());
  const double lowest = *low;
  std::nth_element(samples.begin(), high, samples.end());
  const double highest = *high;
  if (highest > lowest) return {lowest, highest};
  return {lowest, lowest + std::max(1e-6, 1e-3 * std::abs(lowest))};
}

std::string PixelText(const Array& image, int64_t row, int64_t column, const std::string& unit) {
  const int64_t channels = Channels(image);
  std::string text = channels > 1 ? "(" : "";
  for (int64_t k = 0; k < channels; ++k) {
    const double value = image.AsDouble((row * image.shape()[1] + column) * channels + k);
    char number[32];
    std::snprintf(number, sizeof(number), "%s%.4g", k > 0 ? ", " : "", value);
    text += number;
  }
  if (channels > 1) text += ")";
  return unit.empty() ? text : text + " " + unit;
}

}  // namespace rookery::gui
