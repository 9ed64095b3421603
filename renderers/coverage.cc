#include "renderers/coverage.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.h"

namespace rookery {
namespace {

constexpr int kMostPixels = 8192;  // of a side
constexpr int kBits = 8;           // of a pixel's fraction
constexpr int32_t kOne = 1 << kBits;
// Corners far outside are moved to here, where 32 bits still hold everything.
constexpr double kFarthest = 1 << 20;

// To the nearest, halves up; without a call of floor, which is slow on old instruction sets.
int32_t Round(double value) {
  constexpr double kAbove = int64_t{1} << 32;  // all values are, from here on, positive
  return static_cast<int32_t>(static_cast<int64_t>(value + (kAbove + 0.5)) - (int64_t{1} << 32));
}

int32_t ToFixed(double pixels) { return Round(std::clamp(pixels, -kFarthest, kFarthest) * kOne); }

}  // namespace

template <size_t kLayers>
Coverage<kLayers>::Coverage(int width, int height)
    : width_(width), height_(height), first_row_(height), last_row_(-1) {
  if (std::min(width, height) < 1 || std::max(width, height) > kMostPixels) {
    throw UserError("a picture must have 1 to " + std::to_string(kMostPixels) +
                    " pixels to a side, got " + std::to_string(width) + " x " +
                    std::to_string(height));
  }
  words_ = (static_cast<size_t>(width) + 63) / 64;
  cells_.resize(static_cast<size_t>(width) * static_cast<size_t>(height));
  changed_.resize(words_ * static_cast<size_t>(height));
  corners_.reserve(64);
}

template <size_t kLayers>
void Coverage<kLayers>::Add(std::span<const Point2> polygon, size_t layer) {
  corners_.clear();
  int32_t top = INT32_MAX, bottom = INT32_MIN, left = INT32_MAX;
  for (const Point2& point : polygon) {
    const Fixed corner = {ToFixed(point.x), ToFixed(point.y)};
    corners_.push_back(corner);
    top = std::min(top, corner.y);
    bottom = std::max(bottom, corner.y);
    left = std::min(left, corner.x);
  }
  if (corners_.size() < 3 || bottom <= 0 || top >= height_ * kOne || left >= width_ * kOne ||
      top == bottom) {
    return;
  }
  int64_t twice_area = 0;
  for (size_t i = 0; i < corners_.size(); ++i) {
    const Fixed &a = corners_[i], &b = corners_[(i + 1) % corners_.size()];
    twice_area += static_cast<int64_t>(a.x) * b.y - static_cast<int64_t>(b.x) * a.y;
  }
  // Coverage grows at edges that go down, on the left.
  const int32_t sign = twice_area < 0 ? 1 : -1;
  for (size_t i = 0; i < corners_.size(); ++i) {
    const Fixed &a = corners_[i], &b = corners_[(i + 1) % corners_.size()];
    if (a.y < b.y) {
      AddEdge(a.x, a.y, b.x, b.y, layer, sign);
    } else {
      AddEdge(b.x, b.y, a.x, a.y, layer, -sign);
    }
  }
  first_row_ = std::min(first_row_, std::max(top, 0) >> kBits);
  last_row_ = std::max(last_row_, std::min((bottom - 1) >> kBits, height_ - 1));
}

// From top to bottom, always: a common edge of two polygons is rounded the same way.
template <size_t kLayers>
void Coverage<kLayers>::AddEdge(int32_t x0, int32_t y0, int32_t x1, int32_t y1, size_t layer,
                                int32_t sign) {
  const int32_t first = std::max(y0, 0), last = std::min(y1, height_ * kOne);
  if (first >= last) return;
  const double slope = static_cast<double>(x1 - x0) / static_cast<double>(y1 - y0);
  const double rise = x1 == x0 ? 0 : std::abs(1 / slope);
  const auto at = [&](int32_t y) { return y == y1 ? x1 : x0 + Round((y - y0) * slope); };
  int32_t x = at(first);
  for (int32_t y = first; y < last;) {
    const int row = y >> kBits;
    const int32_t next = std::min((row + 1) * kOne, last), next_x = at(next);
    AddInRow(row, std::min(x, next_x), std::max(x, next_x), next - y, rise, layer, sign);
    y = next;
    x = next_x;
  }
}

// A piece of an edge that spans x0 <= x1 and `height` within one row, `rise` for each unit of x:
// the pixels right of it are covered by its height, those that it crosses by their part right of
// it.
template <size_t kLayers>
void Coverage<kLayers>::AddInRow(int row, int32_t x0, int32_t x1, int32_t height, double rise,
                                 size_t layer, int32_t sign) {
  const int32_t edge = width_ * kOne;
  if (x0 >= edge) return;
  Cell* const cells = &cells_[static_cast<size_t>(row) * static_cast<size_t>(width_)];
  uint64_t* const changed = &changed_[static_cast<size_t>(row) * words_];
  const auto change = [&](int32_t x, int32_t by) {
    if (x >= width_) return;
    cells[x].change[layer] += by;
    changed[x / 64] |= uint64_t{1} << (x % 64);
  };
  if (x1 <= 0) {
    change(0, sign * height * 2 * kOne);
    return;
  }
  const auto risen = [&](int32_t x) { return std::min(Round(x * rise), height); };
  if (x0 < 0) {  // the part left of the picture
    const int32_t outside = risen(-x0);
    change(0, sign * outside * 2 * kOne);
    height -= outside;
    x0 = 0;
  }
  if (x1 > edge) {
    height -= risen(x1 - edge);
    x1 = edge;
  }
  const int32_t first = x0 >> kBits, last = std::max((x1 - 1) >> kBits, first);
  int32_t done = 0, left = x0 - first * kOne;  // of the height; in the cell
  for (int32_t cell = first; cell <= last; ++cell) {
    const int32_t right = std::min(x1 - cell * kOne, kOne);
    const int32_t upto = cell == last ? height : risen((cell + 1) * kOne - x0);
    const int32_t part = sign * (upto - done);
    done = upto;
    change(cell, part * (2 * kOne - left - right));
    change(cell + 1, part * (left + right));
    left = 0;
  }
}

template class Coverage<1>;
template class Coverage<8>;

}  // namespace rookery
