#include "gui/decimate.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rookery::gui {
namespace {

int64_t FloorTo(int64_t step, int64_t piece) {
  const int64_t rest = step % piece;
  return step - (rest < 0 ? rest + piece : rest);
}

}  // namespace

void Decimate(std::span<const float> values, int64_t first, double low, double high, int pixels,
              LinePoints* out) {
  out->x.clear();
  out->y.clear();
  const auto count = static_cast<int64_t>(values.size());
  if (count == 0 || !(low <= high)) return;
  // Steps within the series, so that far-off limits are no trouble.
  const double begin = static_cast<double>(first), end = static_cast<double>(first + count);
  int64_t from = static_cast<int64_t>(std::floor(std::clamp(low, begin, end))) - 1;
  int64_t to = static_cast<int64_t>(std::ceil(std::clamp(high, begin, end))) + 1;
  int64_t piece = 1;
  while ((to - from) / piece > 2 * std::max(1, pixels)) piece *= 2;
  from = std::max(first, FloorTo(from, piece));
  to = std::min(first + count - 1, FloorTo(to, piece) + piece - 1);
  const auto add = [&](int64_t step) {
    out->x.push_back(static_cast<double>(step));
    out->y.push_back(static_cast<double>(values[static_cast<size_t>(step - first)]));
  };
  if (piece == 1) {
    for (int64_t step = from; step <= to; ++step) add(step);
    return;
  }
  for (int64_t start = from; start <= to;) {
    const int64_t next = std::min(to + 1, FloorTo(start, piece) + piece);
    int64_t least = -1, greatest = -1;
    float lowest = std::numeric_limits<float>::infinity(), highest = -lowest;
    for (int64_t step = start; step < next; ++step) {
      const float value = values[static_cast<size_t>(step - first)];
      if (value < lowest) lowest = value, least = step;
      if (value > highest) highest = value, greatest = step;
    }
    if (least < 0 || greatest < 0) {
      add(start);  // only NaN
    } else {
      add(std::min(least, greatest));
      if (least != greatest) add(std::max(least, greatest));
    }
    start = next;
  }
}

}  // namespace rookery::gui
