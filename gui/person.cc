#include "gui/person.h"

#include <utility>

namespace rookery::gui {

void Person::Start(const Spec& actions) {
  const std::lock_guard lock(mutex_);
  actions_ = actions;
  decided_.reset();
  held_.reset();
}

bool Person::Fits(const std::optional<ArrayMap>& action) const {
  if (!action || actions_.arrays().empty()) return true;
  if (action->size() != actions_.arrays().size()) return false;
  for (const ArraySpec& spec : actions_.arrays()) {
    const Array* array = action->Find(spec.name);
    if (array == nullptr || array->dtype() != spec.dtype || array->shape() != spec.shape) {
      return false;
    }
  }
  return true;
}

void Person::Decide(std::optional<ArrayMap> action) {
  const std::lock_guard lock(mutex_);
  if (Fits(action)) decided_ = std::move(action);
}

bool Person::Hold(std::optional<ArrayMap> action) {
  const std::lock_guard lock(mutex_);
  const bool first = !held_;
  if (Fits(action)) held_ = std::move(action);
  return first;
}

bool Person::Ready() const {
  const std::lock_guard lock(mutex_);
  return decided_ || held_;
}

bool Person::Act(const ArrayMap&, const ActContext&, ArrayMap* action) {
  const std::lock_guard lock(mutex_);
  if (decided_) {
    *action = std::move(*decided_);
    decided_.reset();
  } else if (held_) {
    *action = held_->Clone();
  } else {
    return false;
  }
  return true;
}

}  // namespace rookery::gui
