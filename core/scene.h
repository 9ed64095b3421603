// Scene: what an environment shows, as data that any renderer or viewer draws.
#ifndef ROOKERY_CORE_SCENE_H_
#define ROOKERY_CORE_SCENE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/pose.h"

namespace rookery {

// Triangles, counter-clockwise seen from outside. Shared between bodies and never changed.
struct Mesh {
  std::vector<float> vertices;    // x, y, z per vertex, m
  std::vector<float> normals;     // per vertex, unit length, same count as vertices
  std::vector<uint32_t> indices;  // three per triangle
};

struct Material {
  std::array<float, 3> rgb = {0.7f, 0.7f, 0.7f};  // linear, [0, 1]
  // A two-colour checkerboard in the body's xy-plane (for ground planes); 0 = plain.
  float checker_tile_m = 0;
  std::array<float, 3> checker_rgb = {1, 1, 1};
  bool casts_shadow = true;
};

struct Visual {
  std::shared_ptr<const Mesh> mesh;
  Pose X_BV;  // of the mesh in its body
  std::array<float, 3> scale = {1, 1, 1};
  Material material;
};

struct SceneBody {
  int id = 0;  // value in segmentation images, [0, 254]; 255 is background
  std::string name;
  Pose X_WB;
  std::vector<Visual> visuals;
  bool movable = false;             // a hand can pull or place it (Env::Pull, Env::MoveBody)
  Vec3 velocity, angular_velocity;  // m/s of its origin, rad/s, world; with detail only
};

// Pinhole camera in OpenCV's model: x right, y down, z forward; pixel centres at integers.
struct Camera {
  std::string name;
  int width = 640, height = 480;     // px
  double fx = 450, fy = 450;         // px
  double cx = 320, cy = 240;         // px
  double near_m = 0.01, far_m = 10;  // range of depth that is seen
  Pose X_WC;
};

struct Light {
  Vec3 direction = {-50, 30, 100};  // towards the light, any length
  bool shadows = true;
  Vec3 center;  // m, world; shadows are seen around it
};

// Where two bodies touch.
struct SceneContact {
  int body_a = 0, body_b = 0;  // ids; -1 = not drawn
  Vec3 position;               // m, world
  Vec3 force;                  // N, on body_b, world
};

// A coordinate frame worth seeing: end effector, goal.
struct SceneFrame {
  std::string name;
  Pose X_WF;
};

// A hand that holds a body: a damped spring from `p_B` (m, in the body) to `target` (m, world).
struct ScenePull {
  int body = 0;
  Vec3 p_B, target;
};

struct Scene {
  std::vector<SceneBody> bodies;
  std::vector<Camera> cameras;
  std::vector<SceneContact> contacts;  // these and frames with detail only (Env::SetSceneDetail)
  std::vector<SceneFrame> frames;
  Light light;
  // Axis-aligned workspace, m; all zero when the scene has none.
  Vec3 workspace_low, workspace_high;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_SCENE_H_
