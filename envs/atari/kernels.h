// Private to envs/atari: the inner loops of preprocessing for processors with AVX2. They give the
// bytes of the plain ones.
#ifndef ROOKERY_ENVS_ATARI_KERNELS_H_
#define ROOKERY_ENVS_ATARI_KERNELS_H_

#include <cstddef>
#include <cstdint>

namespace rookery::atari {

// Whether this processor has AVX2, and the environment variable ROOKERY_SIMD does not ask for less.
bool UseAvx2();

// out[i] = max(table[a[i]], table[b[i]]) for the first multiple of 32 of n; returns it.
size_t PoolGrayAvx2(const uint8_t* a, const uint8_t* b, size_t n, const uint8_t* table,
                    uint8_t* out);

// Four output columns and where they find their sources: within 16 bytes.
struct ColumnGroup {
  static constexpr int kTaps = 3;
  int base = 0;                // byte of the row where the 16 begin
  uint8_t pick[kTaps][16];     // for each tap: bytes of four 32-bit integers
  float share[kTaps][4] = {};  // of each tap and column
};

// An even number of groups. Reads 16 bytes from each group's base on.
void ShrinkRowAvx2(const uint8_t* row, const ColumnGroup* groups, size_t count, float* out);

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_KERNELS_H_
