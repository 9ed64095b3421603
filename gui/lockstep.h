// A second simulation that follows a first one step by step: same environment, settings and seed,
// another agent.
#ifndef ROOKERY_GUI_LOCKSTEP_H_
#define ROOKERY_GUI_LOCKSTEP_H_

#include <cstdint>
#include <memory>
#include <string>

#include "gui/series.h"
#include "gui/simulation.h"

namespace rookery::gui {

// Where two episodes differ first, in what Series knows of them.
struct FirstDifference {
  int64_t step = -1;  // -1: nowhere up to `compared`
  std::string name;   // "action.action"
  float first = 0, second = 0;
  int64_t compared = -1;  // steps that both have been at
};

// For the window's thread; nothing waits.
class Lockstep {
 public:
  explicit Lockstep(const SimulationOptions& options = {.history_bytes = 64LL << 20});

  // The agent's part of `cast` counts: name, settings, seed, checkpoint.
  void Choose(const Cast& cast);
  bool chosen() const { return chosen_; }
  const Cast& cast() const { return rival_; }

  // Every frame: asks the second for what brings it to where the first is.
  void Follow(const Simulation& first, const Snapshot& now);
  void Rest();  // nobody looks

  Simulation& simulation() { return simulation_; }
  const FirstDifference& difference() const { return difference_; }

 private:
  void Compare(const Simulation& first);

  Simulation simulation_;
  Cast rival_, opened_;  // who is to play; what was asked to be opened
  bool chosen_ = false;
  bool held_ = false;  // in the middle of a step, because the first one is
  uint64_t seed_ = 0;
  ArrayMap reset_options_;
  double speed_ = 1;
  SeriesTable first_, second_;
  int64_t first_generation_ = -1, second_generation_ = -1;
  FirstDifference difference_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_LOCKSTEP_H_
