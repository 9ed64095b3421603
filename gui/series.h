// Series: the numbers of an episode, one row a step, written by the simulation's worker and read
// by plots. Thread-safe.
#ifndef ROOKERY_GUI_SERIES_H_
#define ROOKERY_GUI_SERIES_H_

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "core/env.h"

namespace rookery::gui {

struct SeriesTable {
  int64_t generation = 0;                   // changes when rows that were read are no longer true
  int64_t first = 0;                        // step of the first row
  std::vector<std::string> names;           // "reward", "return", "observation.state.x", ...
  std::vector<std::vector<float>> columns;  // one for each name, all of one length
};

// The column of an element: "observation.state.x"; `group` is "observation", "action" or "info".
std::string ColumnName(const std::string& group, const ArraySpec& array, int64_t element);

// Its unit; the elements of a quaternion have none.
std::string UnitOf(const ArraySpec& array, int64_t element);

class Series {
 public:
  // Arrays of at most this many elements become columns; larger ones are images.
  static constexpr int64_t kMaxElements = 64;
  static constexpr size_t kMaxRows = 100'000;  // then the older half is forgotten

  // Forgets everything; the columns are those of the spec.
  void Start(const EnvSpec& spec);
  // Step `step` gave this. Where it is not what was there, later steps are forgotten. `action` is
  // empty after a reset.
  void Add(int64_t step, const StepResult& result, const ArrayMap& action, double score);
  // Steps after `last` are no longer true.
  void Forget(int64_t last);

  std::vector<std::string> Names() const;
  int64_t generation() const;
  // Brings a copy up to date, copying only what is new.
  void Update(SeriesTable* copy) const;

 private:
  void Truncate(int64_t rows);

  mutable std::mutex mutex_;
  SeriesTable table_;
  // Where the columns come from.
  struct Source {
    int group = 0;  // 0 observation, 1 action, 2 info
    std::string array;
    int64_t index = 0;
  };
  std::vector<Source> sources_;  // after reward and return
  std::vector<float> row_;       // scratch
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SERIES_H_
