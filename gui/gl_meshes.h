// Private to gui: meshes on the graphics card, and the visuals of a scene sorted so that each mesh
// is drawn once for all bodies that have it.
#ifndef ROOKERY_GUI_GL_MESHES_H_
#define ROOKERY_GUI_GL_MESHES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/scene.h"
#include "gui/gl.h"

namespace rookery::gui {

struct GlMesh {
  std::weak_ptr<const Mesh> of;
  GlVertexArray vertex_array;
  GlBuffer vertices, indices;
  GLsizei count = 0;  // of indices
  GLenum index_type = GL_UNSIGNED_INT;
  std::array<float, 3> center = {};
  float radius = 0;     // around it, m, before the visual's scale
  uint64_t serial = 0;  // in order of upload; addresses come again
  bool flat = false;    // each triangle has one normal
};

// Uploads each mesh once and keeps it as long as somebody holds it.
class GlMeshes {
 public:
  // UserError for a mesh that is none, with the body's name.
  const GlMesh* Get(const std::shared_ptr<const Mesh>& mesh, const SceneBody& body);
  void ForgetUnused();
  size_t size() const { return meshes_.size(); }

 private:
  std::unordered_map<const Mesh*, GlMesh> meshes_;
  uint64_t uploads_ = 0;
};

// What the shaders read of each visual.
struct GlInstance {
  float rows[3][4];  // from mesh to world
  float unscale[3];  // 1 / scale^2
  float rgb[3];
  float id;
};

// A mesh and its places: `count` instances from `first`, of which the first `casters` throw
// shadows.
struct GlGroup {
  const GlMesh* mesh = nullptr;
  uint64_t serial = 0;  // the mesh's
  bool mirrored = false;
  int first = 0, count = 0, casters = 0;
  // A checkerboard, when tile[0] is not all zero: tiles = rows * world point.
  std::array<std::array<float, 4>, 2> tile = {};
  std::array<float, 3> odd_rgb = {};

  bool has_tiles() const { return tile[0] != std::array<float, 4>{}; }
  bool operator==(const GlGroup&) const = default;
};

class GlBatch {
 public:
  // False when everything is where it was, and nothing needs to be drawn anew. With `segmentation`
  // bodies have colours of their own.
  bool Set(const Scene& scene, bool segmentation, GlMeshes* meshes);
  // Did this Set move a shadow?
  bool casters_changed() const { return casters_changed_; }
  // Draws group by group with the program that is used; those for which `prepare` is true.
  template <typename Prepare>
  void Draw(const Prepare& prepare) const {
    for (const GlGroup& group : groups_) {
      if (prepare(group)) DrawGroup(group, group.first, group.count);
    }
  }
  void DrawAll() const {
    Draw([](const GlGroup&) { return true; });
  }
  void DrawCasters() const {
    for (const GlGroup& group : groups_) {
      if (group.casters > 0) DrawGroup(group, group.first, group.casters);
    }
  }
  void DrawBody(int id) const;
  // Box around a body, world; false when it is not there.
  bool BoundsOf(int id, Vec3* low, Vec3* high) const;
  const std::vector<GlGroup>& groups() const { return groups_; }

 private:
  struct Entry {
    GlGroup group;  // alone
    GlInstance instance;
    bool caster = false;
    float size = 0;  // m
  };
  void DrawGroup(const GlGroup& group, int first, int count) const;

  std::vector<Entry> entries_;
  std::vector<GlInstance> instances_, instances_before_;
  std::vector<GlGroup> groups_, groups_before_;
  bool casters_changed_ = true;
  GlBuffer buffer_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_GL_MESHES_H_
