#include "gui/series.h"

#include <algorithm>
#include <limits>

namespace rookery::gui {

void Series::Start(const EnvSpec& spec) {
  const std::lock_guard lock(mutex_);
  sources_.clear();
  const int64_t generation = table_.generation + 1;
  table_ = {};
  table_.generation = generation;
  table_.names = {"reward", "return"};
  const auto add = [&](int group, const char* prefix, const Spec& arrays) {
    for (const ArraySpec& array : arrays.arrays()) {
      const int64_t size = NumElements(array.shape);
      if (size > kMaxElements) continue;
      for (int64_t i = 0; i < size; ++i) {
        std::string name = prefix + array.name;
        if (i < static_cast<int64_t>(array.elements.size())) {
          name += "." + array.elements[static_cast<size_t>(i)];
        } else if (size > 1) {
          name += "." + std::to_string(i);
        }
        table_.names.push_back(name);
        sources_.push_back({group, array.name, i});
      }
    }
  };
  add(0, "observation.", spec.observation);
  add(1, "action.", spec.action);
  add(2, "info.", spec.info);
  table_.columns.resize(table_.names.size());
}

void Series::Add(int64_t step, const StepResult& result, const ArrayMap& action, double score) {
  const std::lock_guard lock(mutex_);
  auto rows = static_cast<int64_t>(table_.columns[0].size());
  if (rows > 0 && step < table_.first + rows) {  // gone back
    rows = std::max<int64_t>(0, step - table_.first);
    for (auto& column : table_.columns) column.resize(static_cast<size_t>(rows));
    ++table_.generation;
  }
  if (rows == 0) table_.first = step;
  if (static_cast<size_t>(rows) >= kMaxRows) {
    for (auto& column : table_.columns) {
      column.erase(column.begin(), column.begin() + static_cast<int64_t>(kMaxRows / 2));
    }
    table_.first += static_cast<int64_t>(kMaxRows / 2);
    ++table_.generation;
  }
  table_.columns[0].push_back(static_cast<float>(result.reward));
  table_.columns[1].push_back(static_cast<float>(score));
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    const ArrayMap& arrays =
        source.group == 0 ? result.observation : (source.group == 1 ? action : result.info);
    const Array* array = arrays.Find(source.array);
    const bool there = array != nullptr && source.index < array->size();
    table_.columns[i + 2].push_back(there ? static_cast<float>(array->AsDouble(source.index))
                                          : std::numeric_limits<float>::quiet_NaN());
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
