// Private to envs: includes Bullet. One parsed URDF, from which any number of equal
// bodies is made; collision shapes are shared between them.
#ifndef ROOKERY_ENVS_TABLETOP_BULLET_URDF_H_
#define ROOKERY_ENVS_TABLETOP_BULLET_URDF_H_

#include <BulletDynamics/Featherstone/btMultiBody.h>
#include <BulletDynamics/Featherstone/btMultiBodyDynamicsWorld.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/pose.h"
#include "core/scene.h"
#include "envs/tabletop/physics_world.h"

namespace rookery {

inline btVector3 ToBullet(const Vec3& v) { return {v.x, v.y, v.z}; }
inline btQuaternion ToBullet(const Quat& q) { return {q.x, q.y, q.z, q.w}; }
inline btTransform ToBullet(const Pose& X) { return btTransform(ToBullet(X.q), ToBullet(X.p)); }
inline Vec3 FromBullet(const btVector3& v) { return {v.x(), v.y(), v.z()}; }
inline Quat FromBullet(const btQuaternion& q) { return {q.x(), q.y(), q.z(), q.w()}; }
inline Pose FromBullet(const btTransform& X) {
  return {FromBullet(X.getOrigin()), FromBullet(X.getRotation())};
}

class BulletUrdf {
 public:
  struct Link {
    std::string name;
    Pose X_LC;                  // centre of mass in the link's frame
    bool com_is_origin = true;  // X_LC is the identity
  };
  struct VisualShape {
    int link = kBaseLink;
    Visual visual;    // X_BV is in the link's frame
    Vec3 dimensions;  // box extents, (length, radius, 0), mesh scale
  };

  // UserError when the file cannot be read or is no URDF.
  BulletUrdf(const std::string& path, const UrdfOptions& options);
  ~BulletUrdf();
  BulletUrdf(const BulletUrdf&) = delete;
  BulletUrdf& operator=(const BulletUrdf&) = delete;

  // Adds a body, its colliders and its joint limits to `world`, which owns none of them.
  btMultiBody* Instantiate(btMultiBodyDynamicsWorld* world, const Pose& X_WB);

  const Link& base() const { return base_; }
  // In Bullet's order.
  const std::vector<Link>& links() const { return links_; }
  const Link& link(int index) const {
    return index == kBaseLink ? base_ : links_[static_cast<size_t>(index)];
  }
  const std::vector<VisualShape>& visuals() const { return visuals_; }

 private:
  class Importer;
  void ReadLinks();
  void ReadVisuals(const std::string& path);

  std::unique_ptr<Importer> importer_;
  Link base_;
  std::vector<Link> links_;
  std::vector<int> urdf_index_;  // of each of links_
  std::vector<VisualShape> visuals_;
};

}  // namespace rookery

#endif  // ROOKERY_ENVS_TABLETOP_BULLET_URDF_H_
