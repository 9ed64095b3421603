// Private to gui: lines, arrows, points and pictures over a scene that is drawn.
#ifndef ROOKERY_GUI_GL_OVERLAY_H_
#define ROOKERY_GUI_GL_OVERLAY_H_

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include "core/scene.h"
#include "gui/gl.h"
#include "gui/scene_renderer.h"

namespace rookery::gui {

// A camera as OpenGL wants it.
struct GlView {
  explicit GlView(const Camera& camera);

  Camera camera;
  std::array<float, 16> clip_from_world;  // rows
  std::array<float, 2> depth;             // clip z = depth[0] w + depth[1]; w = depth along z, m
  // Sets clip_from_world and, where the program has them, depth, near and half_size.
  void SetUniforms(const GlProgram& program) const;
};

class GlLines {
 public:
  GlLines();
  // False when they are those that were set before; as in GlDecals.
  bool Set(const std::vector<SceneLine>& lines, const std::vector<ScenePoint>& points);
  bool empty() const { return instances_.empty(); }
  void Draw(const GlView& view) const;  // into what is bound, blending

 private:
  struct Instance {
    float from[3], to[3];
    float color[4];
    float width, arrow;
  };
  GlProgram program_;
  GlVertexArray vertex_array_;
  GlBuffer buffer_;
  std::vector<Instance> instances_, instances_before_;
  GLsizei hidden_ = 0;  // the first ones, which surfaces may hide; the rest is always seen
};

class GlDecals {
 public:
  GlDecals();
  // UserError for a picture that is none.
  bool Set(std::vector<SceneDecal> decals);
  bool empty() const { return decals_.empty(); }
  bool any_projected() const;
  // The flat ones, with depth test; and those that need the scene's depth as a texture, with what
  // is bound having no depth of its own.
  void DrawFlat(const GlView& view);
  void DrawProjected(const GlView& view, GLuint depth_texture);

 private:
  struct Picture {
    Array rgba;  // held, so that its address stays its own
    GlTexture texture;
    bool used = false;
  };
  GLuint TextureOf(const Array& rgba);

  GlProgram flat_, projected_;
  GlVertexArray vertex_array_;
  std::vector<SceneDecal> decals_;
  std::list<Picture> pictures_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_GL_OVERLAY_H_
