#include "gui/gl_shadow_map.h"

#include <cmath>

namespace rookery::gui {
namespace {

constexpr int kWidth = 640, kHeight = 480;
constexpr double kFocal_px = 450, kDistance_m = 2, kNear_m = 0.01, kFar_m = 10, kBias = 0.05;

}  // namespace

GlShadowMap::GlShadowMap()
    : depth_(MakeTexture(GL_DEPTH_COMPONENT32F, kWidth, kHeight, GL_DEPTH_COMPONENT, GL_FLOAT,
                         nullptr, GL_NEAREST)),
      target_(MakeFramebuffer()) {
  glBindFramebuffer(GL_FRAMEBUFFER, target_);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, depth_, 0);
  glDrawBuffer(GL_NONE);
  glReadBuffer(GL_NONE);
  CheckFramebuffer("a shadow map");
}

void GlShadowMap::Render(const Light& light, const GlBatch& batch, bool casters_changed,
                         const GlProgram& depth_only) {
  if (drawn_ && !casters_changed && direction_ == light.direction && center_ == light.center) {
    return;
  }
  direction_ = light.direction;
  center_ = light.center;
  const Vec3 towards = Normalized(light.direction);
  const Vec3 forward = -towards, eye = light.center + towards * kDistance_m;
  const Vec3 up = std::abs(forward.z) < 0.9999 ? Vec3(0, 0, 1) : Vec3(0, 1, 0);
  const Vec3 side = Normalized(Cross(forward, up)), top = Cross(side, forward);
  std::array<float, 16> clip;
  for (size_t k = 0; k < 4; ++k) {
    const auto row = [&](const Vec3& axis) {
      return k < 3 ? axis[static_cast<int>(k)] : -Dot(axis, eye);
    };
    const double z = row(forward);
    const double u = kFocal_px * row(side) + kWidth / 2 * z;
    const double v = kFocal_px * row(top) + kHeight / 2 * z;
    // A texel holds what is seen exactly at its whole number, which OpenGL has at its middle. The
    // depth that is stored is 1 - near / depth: there is no far end.
    clip[k] = static_cast<float>((2 * u + z) / kWidth - z);
    clip[4 + k] = static_cast<float>((2 * v + z) / kHeight - z);
    clip[8 + k] = static_cast<float>(z - (k == 3 ? 2 * kNear_m : 0));
    clip[12 + k] = static_cast<float>(z);
    texel_from_world_[k] = static_cast<float>(u / kWidth);
    texel_from_world_[4 + k] = static_cast<float>(v / kHeight);
    texel_from_world_[12 + k] = static_cast<float>(z);
  }
  glBindFramebuffer(GL_FRAMEBUFFER, target_);
  glViewport(0, 0, kWidth, kHeight);
  glClear(GL_DEPTH_BUFFER_BIT);
  // What the light does not see is lit: the map's edge, which repeats outside of it, stays far.
  glScissor(1, 1, kWidth - 2, kHeight - 2);
  glEnable(GL_SCISSOR_TEST);
  glEnable(GL_DEPTH_TEST);
  depth_only.Use();
  glUniformMatrix4fv(depth_only.Uniform("clip_from_world"), 1, GL_TRUE, clip.data());
  batch.DrawCasters();
  glDisable(GL_DEPTH_TEST);
  glDisable(GL_SCISSOR_TEST);
  drawn_ = true;
}

void GlShadowMap::SetUniforms(const GlProgram& program) const {
  glUniform1i(program.Uniform("shadow_map"), 0);
  glUniformMatrix4fv(program.Uniform("shadow_from_world"), 1, GL_TRUE, texel_from_world_.data());
  // "Lit" is a depth_seen - b > ((a + 1) depth - b) / 2 - bias, as in the rasteriser.
  const double a = (kFar_m + kNear_m) / (kFar_m - kNear_m);
  const double b = 2 * kFar_m * kNear_m / (kFar_m - kNear_m);
  glUniform2f(program.Uniform("shadow_test"), static_cast<float>((a + 1) / (2 * a) / kNear_m),
              static_cast<float>((kBias - b / 2) / a / kNear_m));
}

}  // namespace rookery::gui
