// TabletopWorld: the Ravens table with a UR5 arm, its gripper and objects, in simulated time only.
// Frames: W world (arm's base at the origin, table in front, +x), E end effector (see ur5.h).
//
// The arm is kinematic: its joints are where they are told to be after each physics step, as they
// are in the reference, whose position servos remove the whole error in one step. What of it can
// touch something (the wrist's disc) pushes and is never pushed; the suction head is a body of its
// own that yields at 50 N.
#ifndef ROOKERY_ENVS_TABLETOP_TABLETOP_WORLD_H_
#define ROOKERY_ENVS_TABLETOP_TABLETOP_WORLD_H_

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/scene.h"
#include "envs/tabletop/gripper.h"
#include "envs/tabletop/physics_world.h"
#include "envs/tabletop/ur5.h"

namespace rookery {

enum class GripperKind { kSuction, kSpatula };

inline constexpr double kGroundHeight = -0.001;  // m, of the table's surface
// Low corner inclusive, high exclusive, m.
inline constexpr Vec3 kWorkspaceLow{0.25, -0.5, 0};
inline constexpr Vec3 kWorkspaceHigh{0.75, 0.5, 0.28};

class TabletopWorld {
 public:
  struct Object {
    BodyId body = -1;
    bool rigid = false;  // can be lifted, and must come to rest; else fixed to the table
  };

  // `hz`: physics steps per simulated second, > 0.
  TabletopWorld(GripperKind gripper, int hz);
  ~TabletopWorld();
  TabletopWorld(const TabletopWorld&) = delete;
  TabletopWorld& operator=(const TabletopWorld&) = delete;

  int hz() const { return hz_; }
  PhysicsWorld& physics() { return physics_; }
  const PhysicsWorld& physics() const { return physics_; }
  Gripper& gripper() { return *gripper_; }
  const Gripper& gripper() const { return *gripper_; }

  // An empty table, the arm at home. Bodies: 0 ground, 1 table top, 2 arm, 3 gripper base,
  // 4 suction head (suction only); objects count on from there.
  void Reset();

  BodyId AddFixed(const std::string& urdf, const Pose& X_WB,
                  const std::vector<std::pair<std::string, double>>& replacements = {});
  BodyId AddRigid(const std::string& urdf, const Pose& X_WB,
                  const std::vector<std::pair<std::string, double>>& replacements = {});
  // Lets go of it, if it is held.
  void RemoveBody(BodyId body);
  void SetColor(BodyId body, const std::array<float, 3>& rgb);
  const std::vector<Object>& objects() const { return objects_; }  // in order of loading
  bool IsRigid(BodyId body) const;

  const Ur5Joints& joints() const { return joints_; }
  // Straight in joint space, `speed` rad (Euclidean) per physics step, until every joint is within
  // 0.01 rad: no physics step at all when that is so already. False: the step budget of
  // 2 |distance| / speed + 480 was used up.
  bool MoveJoints(const Ur5Joints& target, double speed);
  bool MoveTo(const Pose& X_WE, double speed);
  // In the posture that the arm has, for short motions; MoveTo prefers that of home.
  bool MoveOnTo(const Pose& X_WE, double speed);
  // Steps until every rigid body is slower than 5 mm/s. False: not within 10 s of simulated time.
  bool Settle();
  void Wait(int64_t steps);
  int64_t steps() const { return steps_; }  // physics steps since Reset
  double time_s() const { return static_cast<double>(steps_) / hz_; }

  // Makes the future depend on the saved state alone: forgets the engine's contact caches.
  void ForgetCaches() { physics_.ForgetCaches(); }

  // What there is to see, with poses of now; cameras and workspace included. Body ids of the
  // scene are those of the physics world. Valid until the next non-const call.
  const Scene& UpdatedScene();
  // With velocities, contacts and frames: the end effector's, and goals as given here.
  void SetSceneDetail(bool detail) { detail_ = detail; }
  bool scene_detail() const { return detail_; }
  void SetGoalFrames(std::vector<SceneFrame> frames) { goal_frames_ = std::move(frames); }
  // As Env has them; only rigid objects can be pulled and moved. What is moved is no longer held.
  bool Pull(const std::optional<ScenePull>& pull);
  bool MoveBody(BodyId body, const Pose& X_WB);
  // Called after every physics step (viewers, videos); empty = nobody watches.
  void SetStepObserver(std::function<void()> observer) { observer_ = std::move(observer); }

  void Save(ByteWriter* out) const;
  // Strong guarantee; what is left to read after it is an error. Afterwards as if ForgetCaches
  // had been called.
  void Load(ByteReader* in);

 private:
  struct ArmVisual {
    size_t link = 0;  // of kUr5Links
    Visual visual;    // in the link's frame
  };
  void StepWith(const Ur5Joints& joints);
  void AddDetail();
  BodyId Add(const std::string& urdf, const Pose& X_WB, bool rigid,
             const std::vector<std::pair<std::string, double>>& replacements);

  int hz_;
  PhysicsWorld physics_;
  std::unique_ptr<Gripper> gripper_;
  Ur5Joints joints_ = kUr5Home;
  std::vector<Object> objects_;
  int64_t steps_ = 0;
  std::function<void()> observer_;
  Scene scene_;
  bool scene_stale_ = true;
  std::vector<ArmVisual> arm_visuals_;
  // Of viewers and hands; in no snapshot.
  bool detail_ = false;
  std::vector<SceneFrame> goal_frames_;
  std::optional<ScenePull> pull_;
  std::vector<Contact> contacts_;  // scratch
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_TABLETOP_WORLD_H_
