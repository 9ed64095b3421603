// Pieces of PNG files that still images and animations share.
#ifndef ROOKERY_RENDERERS_PNG_H_
#define ROOKERY_RENDERERS_PNG_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "core/array.h"

namespace rookery::internal {

inline constexpr std::string_view kPngSignature("\x89PNG\r\n\x1a\n", 8);

struct PngSize {
  int64_t height = 0, width = 0, channels = 0;
};
// UserError unless it is an image as EncodePng takes.
PngSize CheckImage(const Array& image);

void AppendBigEndian(uint32_t value, int bytes, std::string* out);
void AppendChunk(std::string_view type, std::string_view data, std::string* out);
std::string PngHeader(const PngSize& size);     // data of IHDR
std::string CompressImage(const Array& image);  // data of IDAT

}  // namespace rookery::internal

#endif  // ROOKERY_RENDERERS_PNG_H_
