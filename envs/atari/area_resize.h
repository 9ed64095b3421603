// Private to envs/atari: shrinking a picture by area, with the numbers that OpenCV's INTER_AREA
// gives: single precision, rows within columns, rounded half to even.
#ifndef ROOKERY_ENVS_ATARI_AREA_RESIZE_H_
#define ROOKERY_ENVS_ATARI_AREA_RESIZE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "envs/atari/kernels.h"

namespace rookery::atari {

class AreaResize {
 public:
  // From height x width x channels to out_height x out_width x channels bytes. A picture of which a
  // side grows is left to OpenCV.
  AreaResize(int height, int width, int channels, int out_height, int out_width);

  // `in` is followed by kPadding bytes that may be read.
  static constexpr size_t kPadding = 32;
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
  bool Grows() const { return out_height_ > height_ || out_width_ > width_; }
  void MakeGroups();
  void ShrinkRow(const uint8_t* row);
  void ShrinkByWholeNumbers(const uint8_t* in, uint8_t* out);

  int height_, width_, channels_, out_height_, out_width_;
  Taps columns_, rows_;
  std::vector<int> source_;          // byte of each (tap, output byte of a row)
  std::vector<float> share_;         // of each (tap, output byte of a row)
  std::vector<ColumnGroup> groups_;  // the same for AVX2; empty where it does not serve
  std::vector<float> shrunk_, sum_;  // a row of output columns; of them a row of output
};

}  // namespace rookery::atari

#endif  // ROOKERY_ENVS_ATARI_AREA_RESIZE_H_
