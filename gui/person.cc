#include "gui/person.h"

#include <utility>

namespace rookery::gui {

void Person::Decide(std::optional<ArrayMap> action) {
  const std::lock_guard lock(mutex_);
  decided_ = std::move(action);
}

void Person::Hold(std::optional<ArrayMap> action) {
  const std::lock_guard lock(mutex_);
  held_ = std::move(action);
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
