// Private to envs/ant: includes Bullet. What BulletAnt is made of.
#ifndef ROOKERY_ENVS_ANT_BULLET_ANT_IMPL_H_
#define ROOKERY_ENVS_ANT_BULLET_ANT_IMPL_H_

#include <BulletDynamics/Featherstone/btMultiBodyLinkCollider.h>
#include <CommonInterfaces/CommonGUIHelperInterface.h>
#include <Importers/ImportMJCFDemo/BulletMJCFImporter.h>
#include <Utils/b3BulletDefaultFileIO.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "envs/ant/bullet_ant.h"
#include "envs/tabletop/bullet_urdf.h"
#include "envs/tabletop/bullet_world_impl.h"

namespace rookery {

// Bullet's own reader, without visual shapes.
class MjcfImporter final : public BulletMJCFImporter {
 public:
  MjcfImporter(GUIHelperInterface* gui, CommonFileIOInterface* files, int flags)
      : BulletMJCFImporter(gui, nullptr, files, flags) {}
  ~MjcfImporter() override {
    for (int i = getNumAllocatedCollisionShapes() - 1; i >= 0; --i) {
      delete getAllocatedCollisionShape(i);
    }
  }
  int convertLinkVisualShapes(int, const char*, const btTransform&) const override { return -1; }
  void convertLinkVisualShapes2(int, int, const char*, const btTransform&, btCollisionObject*,
                                int) const override {}
};

class BulletAnt::Impl {
 public:
  static constexpr int kSubSteps = 4;  // of the engine in a step
  static constexpr int kMaxPoints = MANIFOLD_CACHE_SIZE;
  // Hip and ankle of each leg among the links.
  static constexpr std::array<int, kJoints> kJointLinks = {1, 3, 6, 8, 11, 13, 16, 18};

  explicit Impl(bool unit_axes);
  ~Impl();

  struct State {
    std::array<btScalar, 3> position, velocity, omega;
    std::array<btScalar, 4> rotation;  // world to base
    std::array<btScalar, kJoints> q, v;
    struct Points {
      int count = 0;
      std::array<btManifoldPoint, kMaxPoints> points;
    };
    std::array<Points, kLinks + 1> contacts;  // of the base, then the links
  };

  void SetState(const State& state);
  // The engine's memory of contacts between a link (-1: the base) and the floor, or nullptr.
  btPersistentManifold* Contacts(int link) const;
  btMultiBodyLinkCollider* Collider(int link) const {
    return link < 0 ? ant_->getBaseCollider() : ant_->getLink(link).m_collider;
  }
  const Scene& GetScene();
  void SetSceneDetail(bool detail) { detail_ = detail; }
  bool Pull(const std::optional<ScenePull>& pull);
  bool MoveBody(int body, const Pose& X_WB);
  void ApplyPull();
  double Mass() const;

  btMultiBody& ant() { return *ant_; }
  btMultiBodyDynamicsWorld& world() { return engine_.world(); }

 private:
  struct Motion {
    Vec3 velocity, angular_velocity;  // of a centre of mass, world
  };
  void MakeScene();
  void AddDetail();
  bool IsPart(int body) const { return body > 0 && body <= std::ssize(scene_links_); }
  int LinkOf(int body) const { return scene_links_[static_cast<size_t>(body - 1)]; }
  int BodyOf(const btCollisionObject* collider) const;
  std::array<Motion, kLinks + 1> Motions() const;  // of the base, then the links
  Pose PoseOf(int link) const { return FromBullet(Collider(link)->getWorldTransform()); }

  BulletWorld engine_;
  DummyGUIHelper gui_;
  b3BulletDefaultFileIO files_;
  MjcfImporter importer_;
  BulletUrdf floor_urdf_;
  std::unique_ptr<btMultiBody> floor_, ant_;
  Scene scene_;
  std::vector<int> scene_links_;  // of the scene's bodies after the floor
  // Of viewers and hands; in no snapshot.
  bool detail_ = false;
  std::optional<ScenePull> pull_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_ANT_BULLET_ANT_IMPL_H_
