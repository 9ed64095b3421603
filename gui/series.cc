#include "gui/series.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace rookery::gui {

std::string ColumnName(const std::string& group, const ArraySpec& array, int64_t element) {
  std::string name = group + "." + array.name;
  if (element < static_cast<int64_t>(array.elements.size())) {
    name += "." + array.elements[static_cast<size_t>(element)];
  } else if (NumElements(array.shape) > 1) {
    name += "." + std::to_string(element);
  }
  return name;
}

std::string UnitOf(const ArraySpec& array, int64_t element) {
  const int64_t first = array.quaternion;
  if (first >= 0 && element >= first && element < first + 4) return "";
  if (element < static_cast<int64_t>(array.elements.size())) {
    const std::string& name = array.elements[static_cast<size_t>(element)];
    for (const char* of_quaternion : {"qx", "qy", "qz", "qw"}) {
      if (name == of_quaternion) return "";
    }
  }
  return array.unit;
}

void Series::Start(const EnvSpec& spec) {
  const std::lock_guard lock(mutex_);
  sources_.clear();
  const int64_t generation = table_.generation + 1;
  table_ = {};
  table_.generation = generation;
  table_.names = {"reward", "return"};
  const auto add = [&](int group, const char* name, const Spec& arrays) {
    for (const ArraySpec& array : arrays.arrays()) {
      const int64_t size = NumElements(array.shape);
      if (size > kMaxElements) continue;
      for (int64_t i = 0; i < size; ++i) {
        table_.names.push_back(ColumnName(name, array, i));
        sources_.push_back({group, array.name, i});
      }
    }
  };
  add(0, "observation", spec.observation);
  add(1, "action", spec.action);
  add(2, "info", spec.info);
  table_.columns.resize(table_.names.size());
}

void Series::Truncate(int64_t rows) {
  if (rows >= static_cast<int64_t>(table_.columns[0].size())) return;
  for (auto& column : table_.columns) column.resize(static_cast<size_t>(rows));
  ++table_.generation;
}

void Series::Forget(int64_t last) {
  const std::lock_guard lock(mutex_);
  if (table_.columns.empty()) return;
  Truncate(std::max<int64_t>(0, last + 1 - table_.first));
}

void Series::Add(int64_t step, const StepResult& result, const ArrayMap& action, double score) {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const std::lock_guard lock(mutex_);
  row_ = {static_cast<float>(result.reward), static_cast<float>(score)};
  for (const Source& source : sources_) {
    const ArrayMap& arrays =
        source.group == 0 ? result.observation : (source.group == 1 ? action : result.info);
    const Array* array = arrays.Find(source.array);
    const bool there = array != nullptr && source.index < array->size();
    row_.push_back(there ? static_cast<float>(array->AsDouble(source.index)) : kNone);
  }
  auto rows = static_cast<int64_t>(table_.columns[0].size());
  if (rows > 0 && step < table_.first) return;  // so far back is forgotten
  if (rows > 0 && step < table_.first + rows) {
    const auto at = static_cast<size_t>(step - table_.first);
    bool same = true;
    for (size_t i = 0; i < row_.size(); ++i) {
      same = same && std::memcmp(&table_.columns[i][at], &row_[i], sizeof(float)) == 0;
    }
    if (same) return;  // the same again: what comes after it stays true
    Truncate(static_cast<int64_t>(at));
    rows = static_cast<int64_t>(at);
  }
  if (rows == 0 || step > table_.first + rows + static_cast<int64_t>(kMaxRows)) {
    Truncate(0);
    rows = 0;
    table_.first = step;
  }
  if (static_cast<size_t>(rows) >= kMaxRows) {
    for (auto& column : table_.columns) {
      column.erase(column.begin(), column.begin() + static_cast<int64_t>(kMaxRows / 2));
    }
    rows -= static_cast<int64_t>(kMaxRows / 2);
    table_.first += static_cast<int64_t>(kMaxRows / 2);
    ++table_.generation;
  }
  for (size_t i = 0; i < row_.size(); ++i) {
    table_.columns[i].resize(static_cast<size_t>(step - table_.first), kNone);  // steps left out
    table_.columns[i].push_back(row_[i]);
  }
}

std::vector<std::string> Series::Names() const {
  const std::lock_guard lock(mutex_);
  return table_.names;
}

int64_t Series::generation() const {
  const std::lock_guard lock(mutex_);
  return table_.generation;
}

void Series::Update(SeriesTable* copy) const {
  const std::lock_guard lock(mutex_);
  if (copy->generation != table_.generation) {
    *copy = table_;
    return;
  }
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    auto& to = copy->columns[i];
    const auto& from = table_.columns[i];
    to.insert(to.end(), from.begin() + static_cast<int64_t>(to.size()), from.end());
  }
}

}  // namespace rookery::gui
