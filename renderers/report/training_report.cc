#include "renderers/report/training_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/evaluate.h"
#include "core/run_folder.h"
#include "renderers/report/markup.h"

namespace rookery::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kStep[] = "step", kValidation[] = "validation/score";
constexpr size_t kShortRun = 24;  // values; fewer are drawn one by one

Json Number(double v) { return std::isfinite(v) ? Json(v) : Json(nullptr); }

struct ValidationPoint {
  double step = 0, score = 0;
  Interval interval;  // 95 %
};

std::vector<ValidationPoint> ValidationPoints(const TrainingFacts& facts) {
  std::vector<ValidationPoint> out;
  const std::vector<double>* steps = facts.metrics.Find(kStep);
  const std::vector<double>* scores = facts.metrics.Find(kValidation);
  if (steps == nullptr || scores == nullptr) return out;
  const double low = facts.return_low, range = facts.return_high - facts.return_low;
  for (size_t i = 0; i < scores->size(); ++i) {
    ValidationPoint point{(*steps)[i], (*scores)[i], {}};
    if (!std::isfinite(point.score)) continue;
    if (facts.validation_episodes > 0 && std::isfinite(range) && range > 0) {
      const double part = std::clamp((point.score - low) / range, 0.0, 1.0);
      const auto [a, b] = WilsonInterval95(part, facts.validation_episodes);
      point.interval = {low + a * range, low + b * range};
    }
    out.push_back(point);
  }
  return out;
}

bool IsUnit(const TrainingFacts& facts) { return facts.return_low == 0 && facts.return_high == 1; }

// Of sorted values, between the nearest two.
double QuantileOf(const std::vector<double>& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const auto i = static_cast<size_t>(at);
  const size_t j = std::min(i + 1, sorted.size() - 1);
  return sorted[i] + (sorted[j] - sorted[i]) * (at - static_cast<double>(i));
}

// Mean, 10th and 90th percentile of the finite values of a window around each.
void SetRolling(const std::vector<double>& x, const std::vector<double>& y, Series* out) {
  const size_t half = std::max<size_t>(2, y.size() / 40);
  out->x = x;
  for (size_t i = 0; i < y.size(); ++i) {
    std::vector<double> window;
    const size_t begin = i < half ? 0 : i - half, end = std::min(y.size(), i + half + 1);
    double sum = 0;
    for (size_t k = begin; k < end; ++k) {
      if (!std::isfinite(y[k])) continue;
      window.push_back(y[k]);
      sum += y[k];
    }
    const bool any = !window.empty();
    std::sort(window.begin(), window.end());
    out->y.push_back(any ? sum / static_cast<double>(window.size()) : kUnknown);
    out->low.push_back(any ? QuantileOf(window, 0.1) : kUnknown);
    out->high.push_back(any ? QuantileOf(window, 0.9) : kUnknown);
  }
}

LinePlot MetricPlot(const std::string& name, const std::vector<double>& steps,
                    const std::vector<double>& values) {
  std::vector<double> x, y;  // rows in which the metric was written
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    x.push_back(steps[i]);
    y.push_back(values[i]);
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
  }
  LinePlot plot;
  plot.title = name;
  plot.x_label = "update";
  // Losses fall over orders of magnitude.
  plot.log_y = name.starts_with("loss") && low > 0 && high > 30 * low;
  Series series;
  series.name = name;
  series.points = y.size() < kShortRun;
  if (series.points) {
    series.x = std::move(x);
    series.y = std::move(y);
  } else {
    SetRolling(x, y, &series);
  }
  plot.series.push_back(std::move(series));
  return plot;
}

LinePlot ValidationPlot(const TrainingFacts& facts, const std::vector<ValidationPoint>& points) {
  LinePlot plot;
  plot.title = "Validation score";
  plot.x_label = "update";
  if (IsUnit(facts)) {
    plot.y_range = {0, 1.02};  // room for points at the very top
    plot.y_style = {100, 0, "\u00A0%"};
  }
  Series series;
  series.name = "mean score";
  series.points = true;
  for (const ValidationPoint& point : points) {
    series.x.push_back(point.step);
    series.y.push_back(point.score);
    if (!point.interval.known()) continue;  // all have one, or none
    series.low.push_back(point.interval.low);
    series.high.push_back(point.interval.high);
  }
  plot.series.push_back(std::move(series));
  if (std::isfinite(facts.result.best_score)) {
    plot.marks.push_back({static_cast<double>(facts.result.best_step), "best"});
  }
  if (facts.validation_episodes > 0) {
    plot.caption = std::to_string(facts.validation_episodes) +
                   " episodes each, on seeds of their own; the band is the 95 % interval.";
  }
  return plot;
}

Table ValidationTable(const TrainingFacts& facts, const std::vector<ValidationPoint>& points) {
  const NumberStyle style = IsUnit(facts) ? kPercent : kScore;
  const bool intervals = facts.validation_episodes > 0;
  Table table;
  table.columns = {{"update"}, {"validation score", style, IsUnit(facts) ? 1.0 : 0.0}};
  if (intervals) {
    table.columns.push_back({"low", style});
    table.columns.push_back({"high", style});
  }
  table.columns.push_back({"checkpoint"});
  for (const ValidationPoint& point : points) {
    const auto step = static_cast<int64_t>(std::llround(point.step));
    Row row;
    row.cells.emplace_back(step);
    row.cells.emplace_back(point.score);
    if (intervals) {
      row.cells.emplace_back(point.interval.low);
      row.cells.emplace_back(point.interval.high);
    }
    row.cells.emplace_back(step == facts.result.best_step ? "best" : "");
    table.rows.push_back(std::move(row));
  }
  return table;
}

Headline MakeHeadline(const std::string& label, double value, const NumberStyle& style) {
  Headline out;
  out.label = label;
  out.value = value;
  out.style = style;
  return out;
}

}  // namespace

std::vector<LinePlot> MetricPlots(const MetricsTable& metrics) {
  std::vector<LinePlot> losses, others;
  const std::vector<double>* steps = metrics.Find(kStep);
  if (steps == nullptr) return losses;
  for (size_t c = 0; c < metrics.names.size(); ++c) {
    const std::vector<double>& values = metrics.columns[c];
    const std::string& name = metrics.names[c];
    ROOKERY_CHECK_EQ(values.size(), steps->size());
    if (name == kStep || name == kValidation) continue;
    double first = kUnknown;
    bool changes = false;
    for (const double v : values) {
      if (std::isnan(first)) first = v;
      changes |= !std::isnan(v) && v != first;
    }
    if (!changes) continue;
    (name.starts_with("loss") ? losses : others).push_back(MetricPlot(name, *steps, values));
  }
  losses.insert(losses.end(), others.begin(), others.end());
  return losses;
}

std::string TrainingJson(const TrainingFacts& facts) {
  const TrainResult& r = facts.result;
  Json validation = Json::array(), last = Json::object();
  for (const ValidationPoint& point : ValidationPoints(facts)) {
    const Interval& i = point.interval;
    validation.push_back({{"step", static_cast<int64_t>(std::llround(point.step))},
                          {"score", point.score},
                          {"interval_95", i.known() ? Json::array({Number(i.low), Number(i.high)})
                                                    : Json(nullptr)}});
  }
  for (const auto& [name, value] : r.last_metrics) last[CleanUtf8(name)] = Number(value);
  Json out = {{"env", CleanUtf8(facts.env)}, {"agent", CleanUtf8(facts.agent)}};
  out["steps"] = r.steps;
  out["interrupted"] = r.interrupted;
  out["seconds"] = Number(r.seconds);
  out["parameters"] = facts.parameters;
  out["best_step"] = r.best_step;
  out["best_score"] = Number(r.best_score);
  out["best_checkpoint"] = CleanUtf8(r.best_checkpoint);
  out["last_checkpoint"] = CleanUtf8(r.last_checkpoint);
  out["metrics"] = std::move(last);
  out["validation"] = std::move(validation);
  return out.dump();
}

Section TrainingSection(const TrainingFacts& facts) {
  Section section;
  section.title = "Training";
  section.lead = std::to_string(facts.result.steps) + " updates in " +
                 NumberText(facts.result.seconds, kSeconds) + ".";
  if (facts.asked_steps > facts.result.steps) {
    section.blocks.push_back(Text{"Stopped early: " + std::to_string(facts.result.steps) + " of " +
                                      std::to_string(facts.asked_steps) +
                                      " updates. The same command goes on.",
                                  Tone::kNote});
  }
  const std::vector<ValidationPoint> points = ValidationPoints(facts);
  if (!points.empty()) {
    Card card;
    card.visuals.emplace_back(ValidationPlot(facts, points));
    section.blocks.push_back(Gallery{"", {std::move(card)}});
    section.blocks.push_back(ValidationTable(facts, points));
  }
  Gallery curves;
  curves.columns = 2;
  bool rolling = false;
  for (LinePlot& plot : MetricPlots(facts.metrics)) {
    rolling |= !plot.series[0].points;
    Card card;
    card.visuals.emplace_back(std::move(plot));
    curves.cards.push_back(std::move(card));
  }
  if (curves.cards.empty()) {
    section.blocks.push_back(Text{"No metric was written."});
    return section;
  }
  section.blocks.push_back(std::move(curves));
  if (rolling) {
    section.blocks.push_back(
        Text{"Lines are means over a twentieth of the run; bands reach from the 10th to the 90th "
             "percentile of the same updates."});
  }
  return section;
}

Report TrainingReport(const TrainingFacts& facts) {
  const TrainResult& r = facts.result;
  Report report;
  report.kind = "Training";
  report.title = facts.agent;
  report.subtitle = "on " + facts.env;
  if (std::isfinite(r.best_score)) {
    Headline best =
        MakeHeadline("best validation score", r.best_score, IsUnit(facts) ? kPercent : kScore);
    for (const ValidationPoint& point : ValidationPoints(facts)) {
      if (static_cast<int64_t>(std::llround(point.step)) == r.best_step) {
        best.interval_95 = point.interval;
      }
    }
    best.range = {facts.return_low, facts.return_high};
    best.note = "after update " + std::to_string(r.best_step);
    report.headlines.push_back(best);
  }
  report.headlines.push_back(MakeHeadline("updates", static_cast<double>(r.steps), kCount));
  report.headlines.push_back(MakeHeadline("wall time", r.seconds, kSeconds));
  if (facts.parameters > 0) {
    const bool many = facts.parameters >= 100000;
    report.headlines.push_back(MakeHeadline("parameters", static_cast<double>(facts.parameters),
                                            many ? NumberStyle{1e-6, 2, "\u00A0M"} : kCount));
  }
  report.sections.push_back(TrainingSection(facts));

  Section how;
  how.title = "How this was made";
  how.blocks.push_back(Command{"Command", facts.command});
  Facts list;
  if (!r.best_checkpoint.empty()) list.facts.push_back({"best checkpoint", r.best_checkpoint});
  if (r.last_checkpoint != r.best_checkpoint) {
    list.facts.push_back({"last checkpoint", r.last_checkpoint});
  }
  if (!facts.data.empty()) list.facts.push_back({"demonstrations", facts.data});
  list.facts.push_back({"seed", std::to_string(facts.seed)});
  if (!facts.settings.empty()) list.facts.push_back({"settings", facts.settings});
  for (const auto& [engine, version] : EngineVersions()) list.facts.push_back({engine, version});
  how.blocks.push_back(std::move(list));
  report.sections.push_back(std::move(how));
  report.json = TrainingJson(facts);
  return report;
}

}  // namespace rookery::report
