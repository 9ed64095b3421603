// The curves of a training run.
#ifndef ROOKERY_GUI_TRAINING_PLOTS_H_
#define ROOKERY_GUI_TRAINING_PLOTS_H_

#include <array>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "renderers/report/metrics_table.h"

namespace rookery::gui {

// An exponential moving average that ignores gaps and begins without a bias towards 0; `smoothing`
// in [0, 1): the weight of what was.
std::vector<double> Smoothed(const std::vector<double>& values, double smoothing);

// At most two points (the least and the largest) for each of `columns` parts of [low, high], so
// that a long curve is drawn as fast as a short one and looks the same. x rises; gaps (NaN) are
// left out. One point on either side of the range is kept.
struct CurvePoints {
  std::vector<double> x, y;
};
CurvePoints Decimated(const std::vector<double>& x, const std::vector<double>& y, double low,
                      double high, int columns);

// What an axis shows of values in [low, high]: a margin, and enough around a constant.
std::pair<double, double> AxisRange(double low, double high);
// At most `most` (>= 2) round numbers in [low, high], multiples of `least_step` when it is above 0.
std::vector<double> RoundTicks(double low, double high, int most, double least_step = 0);
// How many labels have room along an axis of so many pixels.
int MostTicks(float pixels, bool vertical);

class TrainingPlots {
 public:
  // Fills the room there is.
  void Draw(const std::shared_ptr<const report::MetricsTable>& table);
  // The same looks the next time.
  nlohmann::json ToJson() const;
  void FromJson(const nlohmann::json& json);

 private:
  struct Curve {
    std::string name;
    size_t column = 0;
    std::vector<double> x, y, smooth;  // without gaps
    double low = 0, high = 1;          // of most of it
  };
  struct Group {
    std::string name;  // what is before the "/" of its metrics
    std::vector<Curve> curves;
    std::array<double, 4> view = {0, 1, 0, 1};  // x and y of the last frame
  };
  void Prepare();
  void DrawTools();
  void DrawNames(const Group& group, float width);
  void DrawGroup(Group* drawn, float width, float height);

  std::shared_ptr<const report::MetricsTable> table_;
  std::vector<Group> groups_;
  std::map<std::string, bool> hidden_;
  float smoothing_ = 0.6f;
  double prepared_smoothing_ = -1;
  bool log_ = false, follow_ = true;
  double last_step_ = 1;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_TRAINING_PLOTS_H_
