// Table hand: a person's pick and place (or push) on a table that is seen from above, put together
// from points of its picture. Found from the specs alone. No drawing.
//
// The picture is that of reports (renderers/report/figures.h): y to the right, x downwards; a point
// is in units of heightmap pixels, which the picture has as many of.
#ifndef ROOKERY_GUI_TABLE_HAND_H_
#define ROOKERY_GUI_TABLE_HAND_H_

#include <optional>

#include "core/env_spec.h"
#include "core/pose.h"

namespace rookery::gui {

struct TablePoint {
  double right = 0, down = 0;  // pixels of the picture
};

class TableHand {
 public:
  // Does an environment take such actions: poses pose0 and pose1 over a heightmap?
  static bool Fits(const EnvSpec& spec);

  TableHand() = default;
  explicit TableHand(const EnvSpec& spec);

  double width() const { return width_; }    // of the picture, pixels
  double height() const { return height_; }  // likewise
  double pixel_m() const { return pixel_m_; }
  bool Contains(const TablePoint& point) const;
  // On the table: x and y in metres, z as the heightmap of this observation has it.
  Vec3 World(const TablePoint& point, const ArrayMap& observation) const;
  TablePoint Picture(const Vec3& p_W) const;

  void Clear();
  void PutPick(const TablePoint& point) { pick_ = point; }
  void PutPlace(const TablePoint& point) { place_ = point; }
  // Takes the last of them back; false when there is none.
  bool TakeBack();
  const std::optional<TablePoint>& pick() const { return pick_; }
  const std::optional<TablePoint>& place() const { return place_; }

  // Of the place, against the pick: rad, counter-clockwise from above.
  double yaw = 0;
  // Beyond the plane: of the place. Height over what lies there, m; tilt, rad.
  double lift = 0, roll = 0, pitch = 0;

  // Once there are both. Positions within the bounds of the spec.
  ArrayMap Action(const ArrayMap& observation) const;

 private:
  Spec actions_;
  double low_x_ = 0, low_y_ = 0, pixel_m_ = 1, width_ = 0, height_ = 0;
  std::optional<TablePoint> pick_, place_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_TABLE_HAND_H_
