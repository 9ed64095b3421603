// Exact area coverage of polygons in the pixels of a picture, for several layers at once. Corners
// are rounded to 1/256 px; from there on all is integer, so that polygons with a common edge leave
// no gap between them and the result is the same on every machine.
#ifndef ROOKERY_RENDERERS_COVERAGE_H_
#define ROOKERY_RENDERERS_COVERAGE_H_

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace rookery {

// Pixels: (0, 0) is the outer corner of the first pixel of the first row, y grows downwards.
struct Point2 {
  double x = 0, y = 0;
};

inline constexpr int32_t kFullCover = 1 << 17;  // of a pixel that is covered wholly

// Instantiated for 1 and 8 layers.
template <size_t kLayers>
class Coverage {
 public:
  using Cover = std::array<int32_t, kLayers>;

  Coverage(int width, int height);  // px; UserError unless 1 to 8192
  int width() const { return width_; }
  int height() const { return height_; }

  // A polygon without self-intersections, in either order of corners; parts outside are cut off.
  // What several polygons of a layer cover adds up.
  void Add(std::span<const Point2> polygon, size_t layer = 0);

  // Calls run(y, x_begin, x_end, cover) for runs of pixels with the same coverage, row by row from
  // left to right, and forgets all polygons. Rows that no polygon touched are left out unless
  // `all_rows`.
  template <typename Run>
  void Sweep(bool all_rows, Run&& run);

 private:
  struct alignas(4 * kLayers) Cell {
    std::array<int32_t, kLayers> change = {};  // of the coverage, against the pixel before
  };

  void AddEdge(int32_t x0, int32_t y0, int32_t x1, int32_t y1, size_t layer, int32_t sign);
  void AddInRow(int row, int32_t x0, int32_t x1, int32_t height, double rise, size_t layer,
                int32_t sign);

  int width_, height_;
  size_t words_;                   // of changed_ per row
  std::vector<Cell> cells_;        // row by row
  std::vector<uint64_t> changed_;  // one bit for each cell that is not zero
  int first_row_, last_row_;       // touched ones
  struct Fixed {
    int32_t x, y;
  };
  std::vector<Fixed> corners_;
};

extern template class Coverage<1>;
extern template class Coverage<8>;

template <size_t kLayers>
template <typename Run>
void Coverage<kLayers>::Sweep(bool all_rows, Run&& run) {
  const int first = all_rows ? 0 : first_row_, last = all_rows ? height_ - 1 : last_row_;
  for (int y = first; y <= last; ++y) {
    Cover cover = {};
    int begin = 0;
    Cell* const cells = &cells_[static_cast<size_t>(y) * static_cast<size_t>(width_)];
    for (size_t word = 0; word < words_; ++word) {
      uint64_t& bits = changed_[static_cast<size_t>(y) * words_ + word];
      for (; bits != 0; bits &= bits - 1) {
        const int x = static_cast<int>(word) * 64 + std::countr_zero(bits);
        if (x > begin) run(y, begin, x, static_cast<const Cover&>(cover));
        for (size_t layer = 0; layer < kLayers; ++layer) cover[layer] += cells[x].change[layer];
        cells[x] = Cell();
        begin = x;
      }
    }
    run(y, begin, width_, static_cast<const Cover&>(cover));
  }
  first_row_ = height_;
  last_row_ = -1;
}

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_COVERAGE_H_
