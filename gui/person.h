// Person: whoever sits at the viewer, as an Agent. The window's thread says what to do, the
// simulation's worker asks.
#ifndef ROOKERY_GUI_PERSON_H_
#define ROOKERY_GUI_PERSON_H_

#include <mutex>
#include <optional>

#include "core/agent.h"
#include "core/spec.h"

namespace rookery::gui {

class Person final : public Agent {
 public:
  // Of an environment that was opened: what was said for another counts no more, and what does not
  // fit its actions is not taken.
  void Start(const Spec& actions);
  // One action, for environments that wait for it (click pick and place). Replaces one that was
  // not taken yet; none takes it back.
  void Decide(std::optional<ArrayMap> action);
  // The action of every step from now on, for environments that do not wait (keys held down);
  // none ends it. True when there was none before.
  bool Hold(std::optional<ArrayMap> action);
  // Does Act have an answer?
  bool Ready() const;

  bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) override;
  std::string Sentence() const override { return "by hand"; }

 private:
  bool Fits(const std::optional<ArrayMap>& action) const;

  mutable std::mutex mutex_;
  Spec actions_;
  std::optional<ArrayMap> decided_, held_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PERSON_H_
