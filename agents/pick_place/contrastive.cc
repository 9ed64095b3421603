#include "agents/pick_place/contrastive.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace rookery::pick_place {

double ContrastiveLoss(int rows, int numbers, const float* descriptors, float* gradient) {
  ROOKERY_CHECK_GE(rows, 2);
  std::fill_n(gradient, rows * numbers, 0.0F);
  double loss = 0;
  for (int row = 1; row < rows; ++row) {
    const float* other = descriptors + row * numbers;
    double square = 0;
    for (int i = 0; i < numbers; ++i) {
      const double off = static_cast<double>(descriptors[i] - other[i]);
      square += off * off;
    }
    double factor = 2;  // the gradient is this times the difference
    if (row == 1) {
      loss += square;
    } else {
      const double distance = std::sqrt(square), lack = std::max(0.0, 1 - distance);
      loss += lack * lack / (rows - 2);
      // Equal descriptors have no direction to part in.
      factor = distance > 0 ? -2 * lack / distance / (rows - 2) : 0;
    }
    for (int i = 0; i < numbers; ++i) {
      const auto g = static_cast<float>(factor * static_cast<double>(descriptors[i] - other[i]));
      gradient[i] += g;
      gradient[row * numbers + i] -= g;
    }
  }
  return loss;
}

}  // namespace rookery::pick_place
