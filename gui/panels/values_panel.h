// Values panel: the numbers of this step, with their names, bounds and units.
#ifndef ROOKERY_GUI_PANELS_VALUES_PANEL_H_
#define ROOKERY_GUI_PANELS_VALUES_PANEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/env_spec.h"
#include "gui/panel.h"
#include "gui/snapshot.h"

namespace rookery::gui {

// The text of a value: names of choices, true or false, numbers.
std::string ValueText(const ArraySpec& spec, double value);

class ValuesPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

 private:
  enum class Group { kStep, kObservation, kAction, kInfo };
  struct Values {
    Group group = Group::kStep;
    ArraySpec spec;
    bool large = false;  // in Sensors, or too large to list
    bool open = true;    // its elements are seen
  };
  struct Row {
    size_t values = 0;
    int64_t element = -1;  // -1: the array as such
    bool heading = false;  // of a group, which begins with these values
  };
  void Rebuild(const EnvSpec& spec);
  std::vector<Row> VisibleRows() const;
  void DrawRow(Interface* interface, const Row& row);
  void DrawElement(Interface* interface, const Values& values, int64_t element);
  // Null when there is none, as of actions after a reset.
  const Array* Find(const Snapshot& now, const Values& values) const;

  std::shared_ptr<const EnvSpec> spec_;  // of the values below
  std::vector<Values> values_;
  ArrayMap step_;  // reward, return, ...
  int64_t snapshot_ = -1;
  char filter_[64] = "";
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_VALUES_PANEL_H_
