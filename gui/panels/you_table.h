// Private to gui: the You panel's half for tables: a person clicks where to pick and where to
// place.
#ifndef ROOKERY_GUI_PANELS_YOU_TABLE_H_
#define ROOKERY_GUI_PANELS_YOU_TABLE_H_

#include <imgui.h>

#include <memory>
#include <string>

#include "gui/interface.h"
#include "gui/picture_texture.h"
#include "gui/table_hand.h"

namespace rookery::gui {

class YouTable {
 public:
  void Start(const Snapshot& now);
  // Each frame in which the person plays.
  void Update(Interface* interface);
  void Draw(Interface* interface);
  // How to play.
  std::string Help() const;
  const TableHand& hand() const { return hand_; }

 private:
  // Is there a scene to act in, and no action on its way?
  bool Ready(const Snapshot& now) const;
  void Send(Interface* interface);
  void MakePictures(const Snapshot& now);
  void DrawPicture(Interface* interface);
  void DrawMarks(Interface* interface, ImVec2 corner, float zoom, const TablePoint* cursor);
  void DrawButtons(Interface* interface);
  void DrawTilt();
  void DrawGoal(const Snapshot& now);

  TableHand hand_;
  bool pushes_ = false;  // a spatula, which turns by itself
  bool hovered_ = false;
  bool at_once_ = false;
  bool heights_ = false;
  PictureTexture picture_, goal_;
  std::shared_ptr<const StepResult> pictured_;  // what they show
  std::shared_ptr<const StepResult> seen_;      // what the points are for
  std::shared_ptr<const StepResult> sent_;      // what the action that was sent is for
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_YOU_TABLE_H_
