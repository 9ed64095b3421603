// The curves of a training run.
#ifndef ROOKERY_GUI_TRAINING_PLOTS_H_
#define ROOKERY_GUI_TRAINING_PLOTS_H_

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
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

class TrainingPlots {
 public:
  // Fills the room there is. `asked_steps` ends the axis of steps of a run that goes on.
  void Draw(const std::shared_ptr<const report::MetricsTable>& table, double asked_steps);
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
  };
  void Prepare();
  void DrawTools();
  void DrawGroup(const Group& group, float width, float height);

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
