// Plots panel: numbers of the episode over its steps.
#ifndef ROOKERY_GUI_PANELS_PLOTS_PANEL_H_
#define ROOKERY_GUI_PANELS_PLOTS_PANEL_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gui/decimate.h"
#include "gui/panel.h"
#include "gui/series.h"

namespace rookery::gui {

// What is dragged when a column of the series is: its name, without an end.
inline constexpr char kColumnPayload[] = "rookery column";

class PlotsPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

  // A plot of its own for a column of the series, unless it has one.
  void Add(const std::string& column);
  void Remove(const std::string& column);  // from every plot
  bool IsPlotted(const std::string& column) const;
  // Each plot's columns.
  const std::vector<std::vector<std::string>>& plots() const { return plots_; }

  // --- for tests
  double low() const { return low_; }  // steps that are seen
  double high() const { return high_; }

 private:
  enum class View { kWhole, kLast, kFree };
  struct ColumnFacts {
    std::string unit, description;
  };
  void Load(Interface* interface);
  void Keep(Interface* interface) const;
  void ReadFacts(Interface* interface);
  void SetLimits(Interface* interface);
  void DrawList();
  void DrawView();
  void DrawPlots(Interface* interface);
  // False: it is empty now.
  bool DrawPlot(Interface* interface, size_t index, float width, float height);
  void DrawUnderMouse(Interface* interface, const std::vector<std::string>& columns);
  int ColumnOf(const std::string& name) const;  // -1: this environment has none of that name
  std::string Label(const std::string& column) const;
  std::pair<double, double> SeenRange(const std::vector<std::string>& columns) const;

  std::vector<std::vector<std::string>> plots_ = {{"reward"}, {"return"}};
  bool loaded_ = false;
  SeriesTable table_;
  std::map<std::string, int> columns_;  // of the table, by name
  std::map<std::string, ColumnFacts> facts_;
  int64_t opened_ = -1;
  View view_ = View::kWhole;
  int last_ = 200;              // steps that kLast shows
  double low_ = 0, high_ = 10;  // steps that are seen, in all plots
  double next_low_ = 0, next_high_ = 10;
  char filter_[64] = "";
  LinePoints points_;  // scratch
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_PLOTS_PANEL_H_
