// metrics.csv of a run, read back for plots.
#ifndef ROOKERY_RENDERERS_REPORT_METRICS_TABLE_H_
#define ROOKERY_RENDERERS_REPORT_METRICS_TABLE_H_

#include <string>
#include <vector>

namespace rookery::report {

// Columns in the order of the file; cells that are empty or missing are NaN.
struct MetricsTable {
  std::vector<std::string> names;            // "step", "loss/attention", ...
  std::vector<std::vector<double>> columns;  // one per name, all of one length
  const std::vector<double>* Find(const std::string& name) const;  // nullptr when absent
};

// UserError names the file and line.
MetricsTable ReadMetrics(const std::string& path);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_METRICS_TABLE_H_
