#include "envs/mujoco/mujoco_scene.h"

#include <mujoco/mujoco.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "renderers/mesh.h"

namespace rookery {
namespace {

constexpr int kWidth = 640, kHeight = 480;      // px, of every camera
constexpr double kNear_m = 0.05, kFar_m = 100;  // of every camera

Vec3 ToVec3(const mjtNum* v) { return {v[0], v[1], v[2]}; }
// MuJoCo's order is w, x, y, z.
Quat ToQuat(const mjtNum* q) { return Normalized(Quat{q[1], q[2], q[3], q[0]}); }

std::string NameOf(const mjModel& model, mjtObj type, int id, const std::string& fallback) {
  const char* name = mj_id2name(&model, type, id);
  return name != nullptr && *name != '\0' ? name : fallback;
}

Visual VisualOf(const mjModel& model, int geom) {
  const mjtNum* size = model.geom_size + 3 * geom;
  Visual visual;
  switch (model.geom_type[geom]) {
    case mjGEOM_PLANE:
      if (!(size[0] > 0 && size[1] > 0)) throw Failure("an unbounded plane cannot be drawn");
      visual.mesh = PlaneMesh(2 * size[0], 2 * size[1]);
      visual.material.casts_shadow = false;
      break;
    case mjGEOM_SPHERE:
      visual.mesh = SphereMesh(size[0], 32);
      break;
    case mjGEOM_CAPSULE:
      visual.mesh = CapsuleMesh(size[0], 2 * size[1]);
      break;
    case mjGEOM_CYLINDER:
      visual.mesh = CylinderMesh(size[0], 2 * size[1]);
      break;
    case mjGEOM_BOX:
      visual.mesh = BoxMesh(Vec3(2 * size[0], 2 * size[1], 2 * size[2]));
      break;
    case mjGEOM_ELLIPSOID:
      visual.mesh = SphereMesh(1, 32);
      for (size_t i = 0; i < 3; ++i) visual.scale[i] = static_cast<float>(size[i]);
      break;
    default:
      throw Failure("geom " + NameOf(model, mjOBJ_GEOM, geom, std::to_string(geom)) +
                    " has a shape that cannot be drawn");
  }
  visual.X_BV = {ToVec3(model.geom_pos + 3 * geom), ToQuat(model.geom_quat + 4 * geom)};

  const int mat = model.geom_matid[geom];
  const float* rgba = mat >= 0 ? model.mat_rgba + 4 * mat : model.geom_rgba + 4 * geom;
  const int texture = mat >= 0 ? model.mat_texid[mjNTEXROLE * mat + mjTEXROLE_RGB] : -1;
  for (size_t c = 0; c < 3; ++c) visual.material.rgb[c] = rgba[c];
  if (texture >= 0 && model.geom_type[geom] == mjGEOM_PLANE && model.tex_nchannel[texture] >= 3) {
    // The first pixel, and the one in the middle of the first row: a builtin checker's two colours.
    const mjtByte* first = model.tex_data + model.tex_adr[texture];
    const mjtByte* other = first + model.tex_nchannel[texture] * (model.tex_width[texture] / 2);
    for (size_t c = 0; c < 3; ++c) {
      visual.material.rgb[c] = rgba[c] * static_cast<float>(first[c]) / 255.0f;
      visual.material.checker_rgb[c] = rgba[c] * static_cast<float>(other[c]) / 255.0f;
    }
    visual.material.checker_tile_m =
        static_cast<float>(2 * size[0]) / (2 * model.mat_texrepeat[2 * mat]);
  }
  return visual;
}

}  // namespace

MujocoScene::MujocoScene(std::shared_ptr<const mjModel> model)
    : model_(std::move(model)), drawn_(mj_makeData(model_.get()), mj_deleteData) {
  const mjModel& m = *model_;
  for (int body = 0; body < m.nbody; ++body) {
    if (m.body_geomnum[body] == 0) continue;
    if (body > 254) throw Failure("a model of more than 255 bodies cannot be drawn");
    SceneBody& out = scene_.bodies.emplace_back();
    out.id = body;
    out.name = NameOf(m, mjOBJ_BODY, body, "body " + std::to_string(body));
    out.movable = m.body_weldid[body] != 0;
    for (int i = 0; i < m.body_geomnum[body]; ++i) {
      out.visuals.push_back(VisualOf(m, m.body_geomadr[body] + i));
    }
    bodies_.push_back(body);
  }
  for (int i = 0; i < m.ncam; ++i) {
    Camera& camera = scene_.cameras.emplace_back();
    camera.name = NameOf(m, mjOBJ_CAMERA, i, "camera " + std::to_string(i));
    camera.width = kWidth;
    camera.height = kHeight;
    camera.fx = camera.fy = kHeight / 2.0 / std::tan(m.cam_fovy[i] * kPi / 360);
    camera.cx = (kWidth - 1) / 2.0;
    camera.cy = (kHeight - 1) / 2.0;
    camera.near_m = kNear_m;
    camera.far_m = kFar_m;
  }
  if (m.nlight > 0) scene_.light.direction = -ToVec3(m.light_dir);
}

MujocoScene::~MujocoScene() = default;

bool MujocoScene::IsMovable(int body) const {
  const auto found = std::find(bodies_.begin(), bodies_.end(), body);
  return found != bodies_.end() &&
         scene_.bodies[static_cast<size_t>(found - bodies_.begin())].movable;
}

void MujocoScene::AddDetail(const mjData& data) {
  const mjModel& m = *model_;
  mjData* d = drawn_.get();
  mju_copy(d->qvel, data.qvel, static_cast<int>(m.nv));
  mj_comVel(&m, d);
  for (SceneBody& body : scene_.bodies) {
    mjtNum velocity[6];
    mj_objectVelocity(&m, d, mjOBJ_XBODY, body.id, velocity, /*flg_local=*/0);
    body.angular_velocity = ToVec3(velocity);
    body.velocity = ToVec3(velocity + 3);
  }
  for (int i = 0; i < data.ncon; ++i) {
    const mjContact& contact = data.contact[i];
    if (contact.exclude != 0 || contact.efc_address < 0) continue;  // without force
    mjtNum local[6];
    mj_contactForce(&m, &data, i, local);
    // The contact's frame has its axes in rows; the force is that of the first geom on the second.
    const Vec3 force = ToVec3(contact.frame) * local[0] + ToVec3(contact.frame + 3) * local[1] +
                       ToVec3(contact.frame + 6) * local[2];
    scene_.contacts.push_back({m.geom_bodyid[contact.geom[0]], m.geom_bodyid[contact.geom[1]],
                               ToVec3(contact.pos), force});
  }
}

const Scene& MujocoScene::At(const mjData& data, bool detail) {
  const mjModel& m = *model_;
  mjData* d = drawn_.get();
  mju_copy(d->qpos, data.qpos, static_cast<int>(m.nq));
  mju_copy(d->mocap_pos, data.mocap_pos, static_cast<int>(3 * m.nmocap));
  mju_copy(d->mocap_quat, data.mocap_quat, static_cast<int>(4 * m.nmocap));
  mj_kinematics(&m, d);
  mj_comPos(&m, d);
  mj_camlight(&m, d);
  for (size_t i = 0; i < bodies_.size(); ++i) {
    scene_.bodies[i].X_WB = {ToVec3(d->xpos + 3 * bodies_[i]), ToQuat(d->xquat + 4 * bodies_[i])};
  }
  for (size_t i = 0; i < scene_.cameras.size(); ++i) {
    // MuJoCo's cameras look along -z, with y up.
    std::array<double, 9> r;
    for (size_t k = 0; k < 9; ++k) r[k] = d->cam_xmat[9 * i + k] * (k % 3 == 0 ? 1 : -1);
    scene_.cameras[i].X_WC = {ToVec3(d->cam_xpos + 3 * i), QuatFromMatrix(r)};
  }
  // Shadows where the first camera looks.
  if (m.ncam > 0) {
    const mjtNum* p = d->xpos + 3 * m.cam_bodyid[0];
    scene_.light.center = {p[0], p[1], 0};
  }
  scene_.contacts.clear();
  if (detail) {
    AddDetail(data);
  } else {
    for (SceneBody& body : scene_.bodies) body.velocity = body.angular_velocity = {};
  }
  return scene_;
}

}  // namespace rookery
