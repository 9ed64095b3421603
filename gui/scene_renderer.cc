#include "gui/scene_renderer.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/error.h"
#include "gui/gl.h"
#include "gui/gl_meshes.h"
#include "gui/gl_overlay.h"
#include "gui/gl_shaders.h"
#include "gui/gl_shadow_map.h"
#include "gui/scene_marks.h"

namespace rookery::gui {
namespace {

constexpr std::array<float, 4> kSelected = {1.0f, 0.72f, 0.18f, 1};
constexpr int kMostPixels = 16384;  // of an image's side

void CheckCamera(const Camera& camera) {
  const Vec3& p = camera.X_WC.p;
  const bool good = camera.width >= 1 && camera.height >= 1 && camera.width <= kMostPixels &&
                    camera.height <= kMostPixels && camera.fx > 0 && camera.fy > 0 &&
                    std::isfinite(camera.fx + camera.fy + camera.cx + camera.cy) &&
                    camera.near_m > 0 && camera.near_m < camera.far_m &&
                    std::isfinite(camera.far_m) && std::isfinite(p.x + p.y + p.z) &&
                    std::abs(Norm(camera.X_WC.q) - 1) < 1e-3;
  if (good) return;
  throw UserError("camera '" + camera.name + "' of " + std::to_string(camera.width) + " x " +
                  std::to_string(camera.height) + " pixels, fx = " + std::to_string(camera.fx) +
                  ", fy = " + std::to_string(camera.fy) + ", depth " +
                  std::to_string(camera.near_m) + " to " + std::to_string(camera.far_m) +
                  " m: expected 1 to " + std::to_string(kMostPixels) +
                  " pixels each way, focal lengths above 0, 0 < near_m < far_m and a rigid pose");
}

bool Same(const Camera& a, const Camera& b) {
  return a.width == b.width && a.height == b.height && a.fx == b.fx && a.fy == b.fy &&
         a.cx == b.cx && a.cy == b.cy && a.near_m == b.near_m && a.far_m == b.far_m &&
         a.X_WC == b.X_WC;
}

bool Same(const Light& a, const Light& b) {
  return a.direction == b.direction && a.shadows == b.shadows && a.center == b.center;
}

GlProgram BodyProgram(const std::string& defines) {
  return GlProgram("bodies", defines + kLightFunction, kBodyVertex, kBodyFragment);
}

}  // namespace

class SceneRenderer::Impl {
 public:
  Impl() : vertex_array_(MakeVertexArray()) {
    outline_.Use();
    glUniform1i(outline_.Uniform("mask"), 0);
    glGetIntegerv(GL_MAX_SAMPLES, &most_samples_);
    probe_color_ = MakeRenderbuffer(GL_RGBA8, 1, 1, 1);
    probe_depth_ = MakeRenderbuffer(GL_DEPTH_COMPONENT32F, 1, 1, 1);
    probe_ = MakeFramebuffer();
    glBindFramebuffer(GL_FRAMEBUFFER, probe_);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, probe_color_);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, probe_depth_);
    CheckFramebuffer("a single pixel");
  }

  void Render(const Scene& scene, const Camera& camera, const SceneStyle& style) {
    std::vector<SceneDecal> decals = std::exchange(decals_, {});
    SceneMarks marks = std::exchange(marks_, {});
    CheckCamera(camera);
    const Vec3 light = Normalized(scene.light.direction);
    if (!std::isfinite(light.x + light.y + light.z)) {
      throw UserError("the light's direction has no length");
    }
    AddSceneMarks(scene, camera, style, &marks);
    const GlStateKeeper keeper;
    // Should something be thrown on the way, the next Render draws anew.
    const bool complete = std::exchange(complete_, false);
    meshes_.ForgetUnused();
    bool changed = batch_.Set(scene, style.segmentation, &meshes_);
    changed |= lines_.Set(marks.lines, marks.points);
    changed |= decals_drawn_.Set(std::move(decals));
    if (complete && !changed && Same(camera, view_.camera) && Same(scene.light, light_) &&
        style == style_) {
      complete_ = true;
      return;
    }
    view_ = GlView(camera);
    light_ = scene.light;
    style_ = style;
    probed_ = false;

    const bool shadows =
        style.shadows && scene.light.shadows && !style.wireframe && !style.segmentation;
    shadow_stale_ |= batch_.casters_changed();
    if (shadows) {
      shadow_.Render(scene.light, batch_, shadow_stale_, depth_only_);
      shadow_stale_ = false;
    }
    Resize(camera.width, camera.height);
    DrawBodies(shadows, light);
    if (!decals_drawn_.empty()) DrawDecals();
    if (style.selected >= 0) DrawOutline(style.selected);
    glBindFramebuffer(GL_FRAMEBUFFER, target_);
    lines_.Draw(view_);
    complete_ = true;
  }

  // Draws again what pixel (x, y) alone shows, with ids for colours.
  void Probe(int x, int y) {
    if (probed_ && probe_x_ == x && probe_y_ == y) return;
    const GlStateKeeper keeper;
    glBindFramebuffer(GL_FRAMEBUFFER, probe_);
    glViewport(-x, y + 1 - view_.camera.height, view_.camera.width, view_.camera.height);
    glClearColor(0, 0, 0, 0);
    glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
    glEnable(GL_DEPTH_TEST);
    glEnable(GL_CULL_FACE);
    ids_.Use();
    view_.SetUniforms(ids_);
    batch_.DrawAll();
    unsigned char pixel[4] = {};
    glReadPixels(0, 0, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, pixel);
    float depth = 1;
    glReadPixels(0, 0, 1, 1, GL_DEPTH_COMPONENT, GL_FLOAT, &depth);
    probe_body_ = static_cast<int>(pixel[0]) - 1;
    const double clip = 2 * static_cast<double>(depth) - 1;
    const Camera& camera = view_.camera;
    const double n = camera.near_m, f = camera.far_m;
    const double z = 2 * f * n / (f + n - clip * (f - n));
    probe_point_ =
        camera.X_WC * Vec3((x - camera.cx) / camera.fx * z, (y - camera.cy) / camera.fy * z, z);
    probed_ = true;
    probe_x_ = x;
    probe_y_ = y;
  }

  // -1 outside the picture, or before there is one.
  int BodyAt(int x, int y) {
    if (!complete_ || x < 0 || y < 0 || x >= view_.camera.width || y >= view_.camera.height) {
      return -1;
    }
    Probe(x, y);
    return probe_body_;
  }
  const Vec3& probe_point() const { return probe_point_; }

  void CopyTo(int x, int y) const {
    if (target_ == 0) return;
    GLint before = 0;
    glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &before);
    const bool scissor = glIsEnabled(GL_SCISSOR_TEST) != 0;
    glDisable(GL_SCISSOR_TEST);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, color_target_);
    glBlitFramebuffer(0, 0, width_, height_, x, y, x + width_, y + height_, GL_COLOR_BUFFER_BIT,
                      GL_NEAREST);
    glBindFramebuffer(GL_READ_FRAMEBUFFER, static_cast<GLuint>(before));
    if (scissor) glEnable(GL_SCISSOR_TEST);
  }

  Array Pixels() const {
    if (target_ == 0) return Array(DType::kUInt8, {0, 0, 3});
    const GlStateKeeper keeper;
    glBindFramebuffer(GL_FRAMEBUFFER, target_);
    return ReadFramebuffer(0, 0, width_, height_);
  }

  std::vector<SceneDecal> decals_;  // to be drawn
  SceneMarks marks_;
  GLuint texture() const { return color_; }
  size_t meshes() const { return meshes_.size(); }

 private:
  void Resize(int width, int height) {
    if (width == width_ && height == height_) return;
    width_ = height_ = samples_ = 0;  // should anything throw
    color_ = MakeTexture(GL_RGBA8, width, height, GL_RGBA, GL_UNSIGNED_BYTE, nullptr, GL_NEAREST);
    depth_ = MakeTexture(GL_DEPTH_COMPONENT24, width, height, GL_DEPTH_COMPONENT, GL_UNSIGNED_INT,
                         nullptr, GL_NEAREST);
    mask_ = {};
    target_ = MakeFramebuffer();
    glBindFramebuffer(GL_FRAMEBUFFER, target_);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, color_, 0);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, depth_, 0);
    CheckFramebuffer("a texture");
    color_target_ = MakeFramebuffer();
    glBindFramebuffer(GL_FRAMEBUFFER, color_target_);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, color_, 0);
    CheckFramebuffer("a texture without depth");
    width_ = width;
    height_ = height;
  }

  // Kept while single samples are drawn too: what stands still gets more, again and again.
  void PrepareSamples(int samples) {
    if (samples == samples_) return;
    samples_ = 0;
    sampled_color_ = MakeRenderbuffer(GL_RGBA8, width_, height_, samples);
    sampled_depth_ = MakeRenderbuffer(GL_DEPTH_COMPONENT24, width_, height_, samples);
    sampled_ = MakeFramebuffer();
    glBindFramebuffer(GL_FRAMEBUFFER, sampled_);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER,
                              sampled_color_);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_RENDERBUFFER, sampled_depth_);
    CheckFramebuffer("a picture with several samples");
    samples_ = samples;
  }

  void DrawBodies(bool shadows, const Vec3& light) {
    const int samples = std::clamp(style_.samples, 1, most_samples_);
    const bool sampled = samples > 1;
    if (sampled) PrepareSamples(samples);
    glBindFramebuffer(GL_FRAMEBUFFER, sampled ? sampled_ : target_);
    glViewport(0, 0, width_, height_);
    const auto& background = style_.background;
    glClearColor(background[0], background[1], background[2], 1);
    glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
    if (sampled) glEnable(GL_MULTISAMPLE);
    glEnable(GL_DEPTH_TEST);
    glEnable(GL_CULL_FACE);
    if (style_.wireframe) {  // only edges that no surface hides
      depth_only_.Use();
      view_.SetUniforms(depth_only_);
      glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
      glEnable(GL_POLYGON_OFFSET_FILL);
      glPolygonOffset(1, 2);
      batch_.DrawAll();
      glDisable(GL_POLYGON_OFFSET_FILL);
      glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
      glPolygonMode(GL_FRONT_AND_BACK, GL_LINE);
    }
    glActiveTexture(GL_TEXTURE0);
    if (shadows) glBindTexture(GL_TEXTURE_2D, shadow_.texture());
    for (const bool checker : {false, true}) {
      for (const bool flat : {false, true}) DrawBodiesOf(shadows, checker, flat, light);
    }
    glPolygonMode(GL_FRONT_AND_BACK, GL_FILL);
    glDisable(GL_CULL_FACE);
    glDisable(GL_DEPTH_TEST);
    glDisable(GL_MULTISAMPLE);
    if (!sampled) return;
    glBindFramebuffer(GL_READ_FRAMEBUFFER, sampled_);
    glBindFramebuffer(GL_DRAW_FRAMEBUFFER, target_);
    glBlitFramebuffer(0, 0, width_, height_, 0, 0, width_, height_,
                      GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT, GL_NEAREST);
  }

  void DrawBodiesOf(bool shadows, bool checker, bool flat, const Vec3& light) {
    const auto of_these = [&](const GlGroup& group) {
      return group.has_tiles() == checker && group.mesh->flat == flat;
    };
    if (std::none_of(batch_.groups().begin(), batch_.groups().end(), of_these)) return;
    const bool wires = style_.wireframe;
    std::optional<GlProgram>& program =
        bodies_[(shadows ? 1u : 0u) + (checker ? 2u : 0u) + (flat ? 4u : 0u) + (wires ? 8u : 0u)];
    if (!program) {
      program.emplace(BodyProgram(
          std::string(shadows ? "#define SHADOWS\n" : "") + (checker ? "#define CHECKER\n" : "") +
          (flat ? "#define FLAT\n" : "") + (wires ? "#define WIRES\n" : "")));
    }
    program->Use();
    view_.SetUniforms(*program);
    glUniform3f(program->Uniform("light"), static_cast<float>(light.x), static_cast<float>(light.y),
                static_cast<float>(light.z));
    if (shadows) shadow_.SetUniforms(*program);
    if (wires) glUniform3fv(program->Uniform("background"), 1, style_.background.data());
    const GLint tile_x = program->Uniform("tile_x"), tile_y = program->Uniform("tile_y");
    const GLint odd = program->Uniform("odd_color");
    batch_.Draw([&](const GlGroup& group) {
      if (!of_these(group)) return false;
      if (checker) {
        glUniform4fv(tile_x, 1, group.tile[0].data());
        glUniform4fv(tile_y, 1, group.tile[1].data());
        glUniform3fv(odd, 1, group.odd_rgb.data());
      }
      return true;
    });
  }

  void DrawDecals() {
    glBindFramebuffer(GL_FRAMEBUFFER, target_);
    decals_drawn_.DrawFlat(view_);
    if (!decals_drawn_.any_projected()) return;
    glBindFramebuffer(GL_FRAMEBUFFER, color_target_);
    decals_drawn_.DrawProjected(view_, depth_);
  }

  // Sets the scissor around what may show the body, with room for its outline.
  bool ScissorAround(int body) {
    Vec3 low, high;
    if (!batch_.BoundsOf(body, &low, &high)) return false;
    constexpr double kRoom_px = 4;
    double left = width_, right = 0, bottom = height_, top = 0;
    bool before = false, behind = false;  // the camera
    for (int corner = 0; corner < 8; ++corner) {
      const double p[] = {(corner & 1) != 0 ? high.x : low.x, (corner & 2) != 0 ? high.y : low.y,
                          (corner & 4) != 0 ? high.z : low.z, 1};
      double clip[4] = {};
      for (size_t i = 0; i < 4; ++i) {
        for (size_t k = 0; k < 4; ++k) {
          clip[i] += static_cast<double>(view_.clip_from_world[4 * i + k]) * p[k];
        }
      }
      if (clip[3] < view_.camera.near_m) {
        behind = true;
        continue;
      }
      before = true;
      const double x = (clip[0] / clip[3] + 1) / 2 * width_;
      const double y = (clip[1] / clip[3] + 1) / 2 * height_;
      left = std::min(left, x), right = std::max(right, x);
      bottom = std::min(bottom, y), top = std::max(top, y);
    }
    if (!before) return false;
    if (behind) left = bottom = 0, right = width_, top = height_;
    const auto whole = [](double value, int most) {
      return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(most)));
    };
    const int x0 = whole(left - kRoom_px, width_), x1 = whole(right + kRoom_px + 1, width_);
    const int y0 = whole(bottom - kRoom_px, height_), y1 = whole(top + kRoom_px + 1, height_);
    if (x0 >= x1 || y0 >= y1) return false;
    glScissor(x0, y0, x1 - x0, y1 - y0);
    glEnable(GL_SCISSOR_TEST);
    return true;
  }

  // Around the whole body, also where something hides it.
  void DrawOutline(int body) {
    if (!ScissorAround(body)) return;
    if (mask_ == 0) {
      mask_ = MakeTexture(GL_R8, width_, height_, GL_RED, GL_UNSIGNED_BYTE, nullptr, GL_LINEAR);
      mask_target_ = MakeFramebuffer();
      glBindFramebuffer(GL_FRAMEBUFFER, mask_target_);
      glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, mask_, 0);
      CheckFramebuffer("a mask");
    }
    glBindFramebuffer(GL_FRAMEBUFFER, mask_target_);
    glClearColor(0, 0, 0, 0);
    glClear(GL_COLOR_BUFFER_BIT);
    glDisable(GL_DEPTH_TEST);
    mask_only_.Use();
    view_.SetUniforms(mask_only_);
    batch_.DrawBody(body);
    glBindFramebuffer(GL_FRAMEBUFFER, color_target_);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, mask_);
    outline_.Use();
    glUniform4fv(outline_.Uniform("color"), 1, kSelected.data());
    glUniform2f(outline_.Uniform("pixel_size"), 1.0f / static_cast<float>(width_),
                1.0f / static_cast<float>(height_));
    glBindVertexArray(vertex_array_);
    glEnable(GL_BLEND);
    glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    glDisable(GL_BLEND);
    glDisable(GL_SCISSOR_TEST);
  }

  std::array<std::optional<GlProgram>, 16> bodies_;  // bits: shadows, checkerboard, flat, wires
  GlProgram depth_only_ = BodyProgram("#define DEPTH\n"), ids_ = BodyProgram("#define ID\n"),
            mask_only_ = BodyProgram("#define MASK\n"),
            outline_ = GlProgram("outline", "", kOutlineVertex, kOutlineFragment);
  GlVertexArray vertex_array_;  // without attributes
  GlMeshes meshes_;
  GlBatch batch_;
  GlShadowMap shadow_;
  GlLines lines_;
  GlDecals decals_drawn_;
  int width_ = 0, height_ = 0, samples_ = 0;
  GLint most_samples_ = 1;
  GlTexture color_, depth_, mask_;
  GlFramebuffer target_, color_target_, mask_target_, sampled_, probe_;
  GlRenderbuffer sampled_color_, sampled_depth_, probe_color_, probe_depth_;
  // What was drawn last.
  bool complete_ = false, shadow_stale_ = true;
  GlView view_{Camera()};
  Light light_;
  SceneStyle style_;
  // The pixel that was asked for last.
  bool probed_ = false;
  int probe_x_ = 0, probe_y_ = 0, probe_body_ = -1;
  Vec3 probe_point_;
};

SceneRenderer::SceneRenderer() {
  GLint major = 0, minor = 0;
  glGetIntegerv(GL_MAJOR_VERSION, &major);
  glGetIntegerv(GL_MINOR_VERSION, &minor);
  if (major * 10 + minor < 33) {
    throw Failure("the scene needs OpenGL 3.3, and this is " + std::to_string(major) + "." +
                  std::to_string(minor));
  }
  const GlStateKeeper keeper;
  impl_ = std::make_unique<Impl>();
}
SceneRenderer::~SceneRenderer() = default;

void SceneRenderer::Add(SceneDecal decal) { impl_->decals_.push_back(std::move(decal)); }
void SceneRenderer::Add(const SceneLine& line) { impl_->marks_.lines.push_back(line); }
void SceneRenderer::Add(const ScenePoint& point) { impl_->marks_.points.push_back(point); }

void SceneRenderer::Render(const Scene& scene, const Camera& camera, const SceneStyle& style) {
  impl_->Render(scene, camera, style);
}

unsigned SceneRenderer::texture() const { return impl_->texture(); }
int SceneRenderer::BodyAt(int x, int y) const { return impl_->BodyAt(x, y); }
std::optional<Vec3> SceneRenderer::PointAt(int x, int y) const {
  if (impl_->BodyAt(x, y) < 0) return std::nullopt;
  return impl_->probe_point();
}
void SceneRenderer::CopyTo(int x, int y) const { impl_->CopyTo(x, y); }
Array SceneRenderer::Pixels() const { return impl_->Pixels(); }
int SceneRenderer::meshes() const { return static_cast<int>(impl_->meshes()); }

}  // namespace rookery::gui
