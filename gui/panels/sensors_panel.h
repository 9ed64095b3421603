// Sensors panel: what the agent sees, and what else there is to see: colours, depths, bodies,
// heightmaps, screens.
#ifndef ROOKERY_GUI_PANELS_SENSORS_PANEL_H_
#define ROOKERY_GUI_PANELS_SENSORS_PANEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gui/camera_views.h"
#include "gui/image_view.h"
#include "gui/panel.h"
#include "gui/sensors.h"
#include "gui/snapshot.h"

namespace rookery::gui {

class SensorsPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;
  void DrawWindows(Interface* interface) override;

  // --- for tests
  struct Pane {
    Sensor sensor;
    ImageView view;
    bool shown = false;
    bool window = false;  // one of its own; else in the panel
    int64_t age = 0;      // of the stacked frame that is shown; 0 = newest
    bool automatic = true;
    Array measured;  // whose numbers the scale follows
    std::string error;
  };
  const std::vector<std::unique_ptr<Pane>>& panes() const { return panes_; }
  const Pane* Find(const std::string& id) const;

 private:
  void Rebuild(Interface* interface);
  void Keep(Interface* interface) const;
  void DrawChooser(Interface* interface);
  void DrawGrid(Interface* interface, const std::vector<Pane*>& panes);
  void DrawPane(Interface* interface, Pane* pane, float width, float height);
  void DrawMenu(Interface* interface, Pane* pane);
  // An empty array when there is none yet.
  Array ImageOf(const Snapshot& now, const Pane& pane) const;

  std::vector<std::unique_ptr<Pane>> panes_;
  int64_t opened_ = -1;
  std::vector<std::string> scene_cameras_;  // of the scene that the panes were made for
  bool screen_ = false;
  std::vector<std::string> wanted_;  // cameras whose pictures were asked for in this frame
  CameraViews views_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_SENSORS_PANEL_H_
