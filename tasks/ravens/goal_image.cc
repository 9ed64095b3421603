#include "tasks/ravens/goal_image.h"

#include <map>
#include <vector>

namespace rookery {
namespace {

constexpr BodyId kTableTop = 1;  // the ground is 0

}  // namespace

Scene GoalScene(TabletopWorld* world, const std::deque<Goal>& goals) {
  // Targets are for centres of mass; those of objects that have targets are their origins.
  std::map<BodyId, Pose> X_WB;
  for (const Goal& goal : goals) {
    std::vector<bool> taken(goal.targets.size(), false);
    for (size_t i = 0; i < goal.objects.size(); ++i) {
      for (size_t j = 0; j < goal.targets.size(); ++j) {
        if (taken[j] || !goal.Allowed(i, j)) continue;
        X_WB[goal.objects[i].body] = goal.targets[j];
        taken[j] = !goal.replace;
        break;
      }
    }
  }
  for (const TabletopWorld::Object& object : world->objects()) {
    if (!object.rigid) X_WB.emplace(object.body, world->physics().BodyPose(object.body));
  }
  Scene scene = world->UpdatedScene();
  std::erase_if(scene.bodies, [&](const SceneBody& body) {
    return body.id > kTableTop && X_WB.count(body.id) == 0;
  });
  for (SceneBody& body : scene.bodies) {
    if (body.id > kTableTop) body.X_WB = X_WB.at(body.id);
  }
  return scene;
}

}  // namespace rookery
