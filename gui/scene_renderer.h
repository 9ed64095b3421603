// OpenGL 3.3 renderer of a Scene, for the viewer's window: the same shading as the CPU rasteriser
// (renderers/rasterizer.h), plus what only a viewer shows. It is no source of observations.
#ifndef ROOKERY_GUI_SCENE_RENDERER_H_
#define ROOKERY_GUI_SCENE_RENDERER_H_

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "core/array.h"
#include "core/pose.h"
#include "core/scene.h"

namespace rookery::gui {

// A picture that lies in the world: its upper left corner at `origin`, its rows along `down`, its
// columns along `right` (m, whole picture). Drawn slightly above what it lies on.
struct SceneDecal {
  Array rgba;  // (H, W, 4) uint8; nobody writes to it any more
  Vec3 origin, right, down;
  // Above 0: laid on everything up to this high above the picture, which is along right x down.
  double height_m = 0;
};

struct SceneLine {
  Vec3 from = {}, to = {};
  std::array<float, 4> color = {1, 1, 1, 1};
  float width_px = 2;
  bool always = true;  // also where something is in front of it
  bool arrow = false;  // with a head at `to`
};

struct ScenePoint {
  Vec3 position;
  std::array<float, 4> color = {1, 1, 1, 1};
  float size_px = 6;
  bool always = true;  // as above
};

struct SceneStyle {
  bool shadows = true;
  bool wireframe = false;
  bool segmentation = false;  // each body in a colour of its own
  bool contacts = false;      // points, and forces as arrows
  bool frames = false;        // of bodies that move and of Scene::frames
  bool frusta = false;        // of the scene's cameras
  bool workspace = false;     // its bounds
  double newtons_per_m = 50;  // of the arrows
  int selected = -1;          // id of the body that is outlined
  int samples = 1;            // of anti-aliasing: 1 (none), 2, 4 ...; at most what OpenGL has
  std::array<float, 3> background = {0.13f, 0.14f, 0.16f};

  bool operator==(const SceneStyle&) const = default;
};

// Belongs to one thread, where its OpenGL context is current, from construction to destruction. It
// leaves OpenGL's state as it found it.
class SceneRenderer {
 public:
  SceneRenderer();  // Failure when OpenGL 3.3 cannot do what it needs
  ~SceneRenderer();
  SceneRenderer(const SceneRenderer&) = delete;
  SceneRenderer& operator=(const SceneRenderer&) = delete;

  // Drawn with the next Render, and gone after it.
  void Add(SceneDecal decal);
  void Add(const SceneLine& line);
  void Add(const ScenePoint& point);

  // Draws into a texture of its own, camera.width x camera.height; does nothing when the last one
  // shows the same. Meshes are uploaded once. UserError for a camera or a mesh that is none.
  void Render(const Scene& scene, const Camera& camera, const SceneStyle& style);
  // Of the last Render; its first row is the lowest, as OpenGL has it. 0 before.
  unsigned texture() const;
  // Copies it into what OpenGL draws into, its lower left corner to pixel (x, y) there, y upwards:
  // cheaper than drawing with the texture where there is no graphics card.
  void CopyTo(int x, int y) const;
  // What the last Render shows at pixel (x, y), y downwards: the body's id, -1 for none, and where
  // it is, m, world.
  int BodyAt(int x, int y) const;
  std::optional<Vec3> PointAt(int x, int y) const;
  // (height, width, 3) uint8, rows downwards.
  Array Pixels() const;
  // How many meshes are on the graphics card; those that nobody holds leave it with a Render.
  int meshes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_SCENE_RENDERER_H_
