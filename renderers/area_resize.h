// Shrinking a picture by area, with the numbers that OpenCV's INTER_AREA gives: single precision,
// rows within columns, rounded half to even. Allocates nothing once it is made.
#ifndef ROOKERY_RENDERERS_AREA_RESIZE_H_
#define ROOKERY_RENDERERS_AREA_RESIZE_H_

#include <cstdint>
#include <vector>

namespace rookery {

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
  void ShrinkRow(const uint8_t* row);
  void ShrinkByWholeNumbers(const uint8_t* in, uint8_t* out);

  int height_, width_, channels_, out_height_, out_width_;
  Taps columns_, rows_;
  std::vector<int> source_;          // byte of each (tap, output byte of a row)
  std::vector<float> share_;         // of each (tap, output byte of a row)
  std::vector<float> shrunk_, sum_;  // a row of output columns; of them a row of output
};

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_AREA_RESIZE_H_
