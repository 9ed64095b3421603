// Private to gui: what the light sees, with the rasteriser's view and test
// (renderers/shadow_map.h).
#ifndef ROOKERY_GUI_GL_SHADOW_MAP_H_
#define ROOKERY_GUI_GL_SHADOW_MAP_H_

#include <array>

#include "core/scene.h"
#include "gui/gl.h"
#include "gui/gl_meshes.h"

namespace rookery::gui {

class GlShadowMap {
 public:
  GlShadowMap();
  // Does nothing unless `casters_changed` or the light has; changes framebuffer and viewport.
  void Render(const Light& light, const GlBatch& batch, bool casters_changed,
              const GlProgram& depth_only);
  // How a program with SHADOWS looks it up.
  void SetUniforms(const GlProgram& program) const;
  GLuint texture() const { return depth_; }

 private:
  GlTexture depth_;
  GlFramebuffer target_;
  bool drawn_ = false;
  Vec3 direction_, center_;
  std::array<float, 16> texel_from_world_ = {};  // rows
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_GL_SHADOW_MAP_H_
