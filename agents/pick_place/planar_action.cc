#include "agents/pick_place/planar_action.h"

#include <algorithm>
#include <string>

#include "core/overlay.h"

namespace rookery::pick_place {

Pose PlanarPose(const double* numbers) {
  constexpr double kHeight = 0.02;
  return Pose::FromXyYaw(numbers[0], numbers[1], kHeight, -kYawScale * numbers[2]);
}

void SetPose(const Spec& actions, const char* name, const Pose& pose, ArrayMap* action) {
  const ArraySpec& spec = actions.at(name);
  const Quat& q = pose.q;
  Array out = Array::Of<double>({pose.p.x, pose.p.y, pose.p.z, q.x, q.y, q.z, q.w});
  for (int64_t i = 0; i < 3; ++i) {
    double& v = out.As<double>()[static_cast<size_t>(i)];
    v = std::clamp(v, spec.LowAt(i), spec.HighAt(i));
  }
  action->Set(name, out);
}

void ExplainPoses(const ArrayMap& action, ArrayMap* explanation) {
  explanation->Set(std::string(kExplainPose) + "pick", action.at("pose0").Clone());
  explanation->Set(std::string(kExplainPose) + "place", action.at("pose1").Clone());
}

}  // namespace rookery::pick_place
