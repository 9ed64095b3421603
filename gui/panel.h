// Panel: one pane of the viewer. One panel = one file in gui/panels/ that registers itself:
//
//   ROOKERY_REGISTER_PANEL(TaskPanel, {.title = "Task", .help = "what is played, and its settings",
//                                      .place = Place::kLeft, .order = 10});
//
// Everything a panel does happens on the window's thread; what it shows comes from the Snapshot of
// the frame, what it asks for goes to the Simulation.
#ifndef ROOKERY_GUI_PANEL_H_
#define ROOKERY_GUI_PANEL_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rookery::gui {

class Interface;

enum class Place { kCenter, kLeft, kRight, kRightBelow, kBottom };  // in the standard layout

struct PanelFacts {
  std::string title;
  std::string help;  // one line: what it is for
  Place place = Place::kRight;
  int order = 0;        // among those of its place, and in the menu
  bool open = true;     // at first
  bool padding = true;  // around its contents
};

class Panel {
 public:
  virtual ~Panel() = default;
  // The contents; not called while it is closed or hidden behind another.
  virtual void Draw(Interface* interface) = 0;
  // A word for the toolbar while something goes on that is easily forgotten; "" = nothing.
  virtual std::string Status() const { return ""; }
  // Every frame, before anything is drawn: keys, work that goes on.
  virtual void Update(Interface* /*interface*/) {}
  // Every frame, after all panels: windows of its own beside the panel, which may be closed.
  virtual void DrawWindows(Interface* /*interface*/) {}
};

struct PanelEntry {
  PanelFacts facts;
  std::function<std::unique_ptr<Panel>()> make;
};

std::vector<PanelEntry>& PanelEntries();
bool RegisterPanel(PanelEntry entry);

#define ROOKERY_REGISTER_PANEL(PanelClass, ...)                                        \
  [[maybe_unused]] const bool kRegistered##PanelClass = ::rookery::gui::RegisterPanel( \
      {::rookery::gui::PanelFacts __VA_ARGS__, [] { return std::make_unique<PanelClass>(); }})

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANEL_H_
