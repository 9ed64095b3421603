// Long series for few pixels: the least and the greatest of each piece, so that no peak is lost.
#ifndef ROOKERY_GUI_DECIMATE_H_
#define ROOKERY_GUI_DECIMATE_H_

#include <cstdint>
#include <span>
#include <vector>

namespace rookery::gui {

struct LinePoints {
  std::vector<double> x, y;
};

// Points of a line through values[i] at x = first + i, of x in [low, high] and one more on both
// sides. At most about four for each of the `pixels`. Where values are NaN the line has a gap. The
// pieces begin at the same steps wherever `low` is, so that a line that scrolls does not flicker.
void Decimate(std::span<const float> values, int64_t first, double low, double high, int pixels,
              LinePoints* out);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_DECIMATE_H_
