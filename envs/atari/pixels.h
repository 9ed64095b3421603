// Private to envs/atari: from palette indices to colours, many pixels at a time.
#ifndef ROOKERY_ENVS_ATARI_PIXELS_H_
#define ROOKERY_ENVS_ATARI_PIXELS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace rookery::atari {

using GrayTable = std::array<uint8_t, 256>;
using RgbTable = std::array<std::array<uint8_t, 3>, 256>;

// One byte a pixel / three bytes a pixel.
void ToGray(std::span<const uint8_t> indices, const GrayTable& table, uint8_t* out);
void ToRgb(std::span<const uint8_t> indices, const RgbTable& table, uint8_t* out);
// The greater of two pictures' greys, pixel by pixel: max(table[a[i]], table[b[i]]).
void PoolGray(std::span<const uint8_t> a, const uint8_t* b, const GrayTable& table, uint8_t* out);
// The same for processors with AVX2, of the first multiple of 32 of n pixels; returns it.
size_t PoolGrayAvx2(const uint8_t* a, const uint8_t* b, size_t n, const uint8_t* table,
                    uint8_t* out);
// out[i] = max(out[i], other[i])
void MaxInto(const uint8_t* other, size_t bytes, uint8_t* out);

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_PIXELS_H_
