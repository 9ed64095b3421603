// What the tests of the Ravens tasks have in common.
#ifndef ROOKERY_TESTS_TASKS_RAVENS_KIT_H_
#define ROOKERY_TESTS_TASKS_RAVENS_KIT_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/registry.h"
#include "tasks/ravens/ravens_task.h"

namespace rookery::testing {

constexpr int kAudits = 100;  // resets of each task

// Names of the registered ones, heavy or light: "BlockInsertion", ...
inline std::vector<std::string> RavensTasks(bool heavy) {
  const std::string family = "Ravens/";
  std::vector<std::string> names;
  for (const EnvEntry* entry : ListEnvs()) {
    if (entry->id.rfind(family, 0) != 0 || entry->heavy != heavy) continue;
    names.push_back(entry->id.substr(family.size(), entry->id.rfind("-v") - family.size()));
  }
  return names;
}

struct Made {
  explicit Made(const std::string& id, std::vector<std::string> settings = {"observe=heightmap"})
      : env(MakeEnv(id, settings)), task(dynamic_cast<RavensTask*>(env.get())) {}
  std::unique_ptr<Env> env;
  RavensTask* task;
  StepResult result;

  std::string Urdf(BodyId body) const { return task->world().physics().Urdf(body); }
  Pose PoseOf(BodyId body) const { return task->world().physics().ComPose(body); }
};

inline ArrayMap ActionOf(const Pose& pose0, const Pose& pose1) {
  const auto array = [](const Pose& X) {
    return Array::Of<double>({X.p.x, X.p.y, X.p.z, X.q.x, X.q.y, X.q.z, X.q.w});
  };
  return {{"pose0", array(pose0)}, {"pose1", array(pose1)}};
}

inline bool Pushes(const Made& made) { return made.Urdf(3) == "ur5/spatula/spatula.urdf"; }

// Number of objects of each model, fixed and rigid.
inline std::map<std::string, int> Count(const Made& made) {
  std::map<std::string, int> count;
  for (const auto& object : made.task->world().objects()) {
    ++count[(object.rigid ? "rigid " : "fixed ") + made.Urdf(object.body)];
  }
  return count;
}

inline void ExpectOnTheTable(const Made& made) {
  for (const auto& object : made.task->world().objects()) {
    const Vec3 p = made.PoseOf(object.body).p;
    EXPECT_GE(p.x, 0.25);
    EXPECT_LT(p.x, 0.75);
    EXPECT_GE(p.y, -0.5);
    EXPECT_LT(p.y, 0.5);
    EXPECT_GE(p.z, -0.001);
    EXPECT_LT(p.z, 0.05);
    EXPECT_LT(Norm(made.task->world().physics().Velocity(object.body)), 5e-3);
  }
}

inline bool Same(const Pose& a, const Pose& b) {
  return Norm(a.p - b.p) < 1e-9 && AngleBetween(a.q, b.q) < 1e-7;
}

inline double RewardSum(const RavensTask& task) {
  double sum = 0;
  for (const Goal& goal : task.goals()) sum += goal.max_reward;
  return sum;
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_TASKS_RAVENS_KIT_H_
