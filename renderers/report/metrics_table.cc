#include "renderers/report/metrics_table.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/atomic_file.h"
#include "core/csv.h"
#include "core/error.h"
#include "renderers/report/plot.h"

namespace rookery::report {
const std::vector<double>* MetricsTable::Find(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return nullptr;
  return &columns[static_cast<size_t>(found - names.begin())];
}

MetricsTable ReadMetrics(const std::string& path) {
  const std::string text = ReadFile(path);
  MetricsTable table;
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const std::vector<std::string_view> cells = SplitCells(line);
    if (table.names.empty()) {
      table.names.assign(cells.begin(), cells.end());
      table.columns.resize(cells.size());
      continue;
    }
    const std::string where = path + ", line " + std::to_string(number) + ": ";
    if (cells.size() > table.names.size()) {
      throw UserError(where + std::to_string(cells.size()) + " cells, expected at most " +
                      std::to_string(table.names.size()));
    }
    // Columns that came later are missing in early rows.
    for (size_t c = 0; c < table.names.size(); ++c) {
      double value = kUnknown;
      if (c < cells.size() && !cells[c].empty()) {
        const char* last = cells[c].data() + cells[c].size();
        const auto parsed = std::from_chars(cells[c].data(), last, value);
        if (parsed.ec != std::errc() || parsed.ptr != last) {
          throw UserError(where + table.names[c] + " = '" + std::string(cells[c]) +
                          "' is not a number");
        }
      }
      table.columns[c].push_back(value);
    }
  }
  return table;
}

}  // namespace rookery::report
