#include "gui/table_hand.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace rookery::gui {
namespace {

constexpr char kRgb[] = "heightmap.rgb", kHeight[] = "heightmap.height";

bool IsPose(const ArraySpec* array) {
  return array != nullptr && array->dtype == DType::kFloat64 && array->shape == Shape{7} &&
         array->quaternion == 3 && std::isfinite(array->LowAt(0) + array->HighAt(0)) &&
         std::isfinite(array->LowAt(1) + array->HighAt(1)) && array->HighAt(0) > array->LowAt(0);
}

}  // namespace

bool TableHand::Fits(const EnvSpec& spec) {
  const ArraySpec* rgb = spec.observation.Find(kRgb);
  const ArraySpec* height = spec.observation.Find(kHeight);
  return spec.action.arrays().size() == 2 && IsPose(spec.action.Find("pose0")) &&
         IsPose(spec.action.Find("pose1")) && rgb != nullptr && height != nullptr &&
         rgb->dtype == DType::kUInt8 && height->dtype == DType::kFloat32 &&
         height->shape.size() == 2 && rgb->shape == Shape{height->shape[0], height->shape[1], 3};
}

TableHand::TableHand(const EnvSpec& spec) : actions_(spec.action) {
  ROOKERY_CHECK(Fits(spec));
  const Shape& shape = spec.observation.at(kHeight).shape;
  width_ = static_cast<double>(shape[0]);
  height_ = static_cast<double>(shape[1]);
  const ArraySpec& pose = actions_.at("pose0");
  low_x_ = pose.LowAt(0);
  low_y_ = pose.LowAt(1);
  pixel_m_ = (pose.HighAt(0) - low_x_) / height_;
}

bool TableHand::Contains(const TablePoint& point) const {
  return point.right >= 0 && point.right < width_ && point.down >= 0 && point.down < height_;
}

Vec3 TableHand::World(const TablePoint& point, const ArrayMap& observation) const {
  Vec3 p(low_x_ + point.down * pixel_m_, low_y_ + point.right * pixel_m_, 0);
  const Array* height = observation.Find(kHeight);
  if (height == nullptr || !Contains(point)) return p;
  const auto row = static_cast<int64_t>(point.right), column = static_cast<int64_t>(point.down);
  const int64_t at = row * height->shape()[1] + column;
  p.z = height->AsDouble(at);
  return p;
}

TablePoint TableHand::Picture(const Vec3& p_W) const {
  return {(p_W.y - low_y_) / pixel_m_, (p_W.x - low_x_) / pixel_m_};
}

void TableHand::Clear() {
  pick_.reset();
  place_.reset();
  yaw = lift = roll = pitch = 0;
}

bool TableHand::TakeBack() {
  if (!pick_) return false;
  (place_ ? place_ : pick_).reset();
  return true;
}

ArrayMap TableHand::Action(const ArrayMap& observation) const {
  ROOKERY_CHECK(pick_ && place_);
  const Pose pick(World(*pick_, observation));
  Pose place(World(*place_, observation), QuatFromRpy(roll, pitch, yaw));
  place.p.z += lift;
  ArrayMap action;
  for (const auto& [name, pose] : {std::pair("pose0", pick), std::pair("pose1", place)}) {
    const ArraySpec& spec = actions_.at(name);
    const Quat& q = pose.q;
    Array array = Array::Of<double>({pose.p.x, pose.p.y, pose.p.z, q.x, q.y, q.z, q.w});
    for (int64_t i = 0; i < 3; ++i) {
      double& value = array.As<double>()[static_cast<size_t>(i)];
      value = std::clamp(value, spec.LowAt(i), spec.HighAt(i));
    }
    action.Set(name, std::move(array));
  }
  return action;
}

}  // namespace rookery::gui
