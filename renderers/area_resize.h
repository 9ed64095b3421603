// Shrinking a picture by area, with the numbers that OpenCV's INTER_AREA gives: single precision,
// rows within columns, rounded half to even. Allocates nothing once it is made.
#ifndef ROOKERY_RENDERERS_AREA_RESIZE_H_
#define ROOKERY_RENDERERS_AREA_RESIZE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rookery {

namespace internal {

inline bool HasAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return false;
#endif
}

// Four output columns and where they find their sources: within 16 bytes.
struct ColumnGroup {
  static constexpr int kTaps = 3;
  int base = 0;                // byte of the row where the 16 begin
  uint8_t pick[kTaps][16];     // for each tap: bytes of four 32-bit integers
  float share[kTaps][4] = {};  // of each tap and column
};

// An even number of groups; the same sums as the plain loop's.
void ShrinkRowAvx2(const uint8_t* row, const ColumnGroup* groups, size_t count, float* out);

}  // namespace internal

class AreaResize {
 public:
  // From height x width x channels to out_height x out_width x channels bytes; neither side grows.
  AreaResize(int height, int width, int channels, int out_height, int out_width);

  void operator()(const uint8_t* in, uint8_t* out);

  // Where an output cell finds its sources, and their shares: kTaps for each cell, those that it
  // does not need with share 0. Public for the tests.
  struct Taps {
    int per_cell = 0;
    std::vector<int> first;     // first source of each cell
    std::vector<float> shares;  // (tap, cell)
  };
  static Taps MakeTaps(int from, int to);

 private:
  void MakeGroups();
  void ShrinkRow(const uint8_t* row);
  void ShrinkByWholeNumbers(const uint8_t* in, uint8_t* out);

  int height_, width_, channels_, out_height_, out_width_;
  Taps columns_, rows_;
  std::vector<int> source_;                    // byte of each (tap, output byte of a row)
  std::vector<float> share_;                   // of each (tap, output byte of a row)
  std::vector<internal::ColumnGroup> groups_;  // the same for AVX2; empty where it does not serve
  std::vector<float> shrunk_, sum_;            // a row of output columns; of them a row of output
};

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_AREA_RESIZE_H_
