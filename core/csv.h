// Lines of comma-separated values without quotes: what rookery writes as metrics.csv.
#ifndef ROOKERY_CORE_CSV_H_
#define ROOKERY_CORE_CSV_H_

#include <string_view>
#include <vector>

namespace rookery {

// At least one cell; views into `line`.
inline std::vector<std::string_view> SplitCells(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const size_t comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace rookery

#endif  // ROOKERY_CORE_CSV_H_
