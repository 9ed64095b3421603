#include "agents/pick_place/explanation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/agent.h"
#include "core/error.h"
#include "core/overlay.h"

namespace rookery::pick_place {
namespace {

// Along rows or columns of a (rows, columns) map.
std::vector<float> Blurred(const std::vector<float>& map, int rows, int columns, double sigma,
                           bool along_rows) {
  const int radius = static_cast<int>(std::ceil(4 * sigma));
  std::vector<double> weights;
  double total = 0;
  for (int d = -radius; d <= radius; ++d) {
    weights.push_back(std::exp(-0.5 * d * d / (sigma * sigma)));
    total += weights.back();
  }
  const int n = along_rows ? columns : rows;
  std::vector<float> out(map.size());
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      double sum = 0;
      for (int d = -radius; d <= radius; ++d) {
        int at = (along_rows ? column : row) + d;
        at = at < 0 ? -1 - at : (at >= n ? 2 * n - 1 - at : at);  // reflected
        const int i = along_rows ? row * columns + at : at * columns + column;
        sum += weights[static_cast<size_t>(d + radius)] *
               static_cast<double>(map[static_cast<size_t>(i)]);
      }
      out[static_cast<size_t>(row * columns + column)] = static_cast<float>(sum / total);
    }
  }
  return out;
}

Array HeatMap(const Tensor& map, int factor) {
  const int64_t rows = map.size(0), columns = map.size(1);
  Array out(DType::kFloat32, {rows * factor, columns * factor});
  const float* from = map.data_ptr<float>();
  const auto to = out.As<float>();
  for (int64_t r = 0; r < rows * factor; ++r) {
    for (int64_t c = 0; c < columns * factor; ++c) {
      to[static_cast<size_t>(r * columns * factor + c)] =
          from[r / factor * columns + c / factor] / static_cast<float>(factor * factor);
    }
  }
  return out;
}

}  // namespace

PickDecision DecidePick(const Tensor& probabilities, double sigma) {
  ROOKERY_CHECK(probabilities.is_contiguous());
  const int rows = static_cast<int>(probabilities.size(0));
  const int columns = static_cast<int>(probabilities.size(1));
  PickDecision decision;
  decision.map = probabilities.clone();
  float* data = decision.map.data_ptr<float>();
  const int64_t n = decision.map.numel();
  if (sigma > 0) {
    const std::vector<float> blurred =
        Blurred(Blurred({data, data + n}, rows, columns, sigma, true), rows, columns, sigma, false);
    std::copy(blurred.begin(), blurred.end(), data);
  }
  const int best = static_cast<int>(std::max_element(data, data + n) - data);
  if (!std::isfinite(data[best])) throw Failure("the pick network's output is not finite");
  decision.cell = {best / columns, best % columns, 0};
  return decision;
}

PlaceDecision DecidePlace(const Tensor& probabilities) {
  PlaceDecision decision;
  const int64_t rotations = probabilities.size(0), columns = probabilities.size(2);
  const Tensor flat = probabilities.reshape({rotations, -1});
  decision.map = probabilities.amax(0).contiguous();
  decision.angles = flat.amax(1).contiguous();
  const float* data = decision.map.data_ptr<float>();
  const int64_t pixel = std::max_element(data, data + decision.map.numel()) - data;
  if (!std::isfinite(data[pixel])) throw Failure("the place networks' output is not finite");
  const Tensor here = flat.select(1, pixel).contiguous();
  const float* scores = here.data_ptr<float>();
  decision.cell = {static_cast<int>(pixel / columns), static_cast<int>(pixel % columns),
                   static_cast<int>(std::max_element(scores, scores + rotations) - scores)};
  return decision;
}

void Explain(const PickDecision& pick, const PlaceDecision& place, double yaw, int factor,
             ArrayMap* out) {
  const auto pixel = [&](const Cell& cell) {
    // The heightmap pixel whose lower corner is nearest the middle of the working pixel.
    const int64_t middle = factor / 2;
    return Array::Of<int64_t>({cell.row * factor + middle, cell.column * factor + middle});
  };
  out->Set(std::string(kExplainHeatmap) + "pick", HeatMap(pick.map, factor));
  out->Set(std::string(kExplainHeatmap) + "place", HeatMap(place.map, factor));
  // Bin i means a yaw of -2 pi i / n, the picture's angles go up.
  const int64_t n = place.angles.numel();
  Array angles(DType::kFloat32, {n});
  for (int64_t i = 0; i < n; ++i) {
    angles.As<float>()[static_cast<size_t>(i)] = place.angles.data_ptr<float>()[(n - i) % n];
  }
  out->Set(std::string(kExplainAngle) + "place", angles);
  out->Set(std::string(kExplainPixel) + "pick", pixel(pick.cell));
  out->Set(std::string(kExplainPixel) + "place", pixel(place.cell));
  out->Set(std::string(kExplainYaw) + "place", Array::Scalar(yaw));
}

}  // namespace rookery::pick_place
