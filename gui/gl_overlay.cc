#include "gui/gl_overlay.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include "core/error.h"
#include "gui/gl_shaders.h"

namespace rookery::gui {
namespace {

void SetVec3(GLint place, const Vec3& v) {
  glUniform3f(place, static_cast<float>(v.x), static_cast<float>(v.y), static_cast<float>(v.z));
}

void CheckPicture(const Array& rgba) {
  const Shape& shape = rgba.shape();
  if (rgba.dtype() == DType::kUInt8 && shape.size() == 3 && shape[0] > 0 && shape[1] > 0 &&
      shape[2] == 4) {
    return;
  }
  throw UserError(std::string("a decal's picture is ") + DTypeName(rgba.dtype()) + " " +
                  ShapeText(shape) + "; expected uint8 (height, width, 4)");
}

}  // namespace

GlView::GlView(const Camera& view_camera) : camera(view_camera) {
  const Pose X_CW = camera.X_WC.Inverse();
  const std::array<double, 9> r = RotationMatrix(X_CW.q);
  const double n = camera.near_m, f = camera.far_m;
  depth = {static_cast<float>((f + n) / (f - n)), static_cast<float>(-2 * f * n / (f - n))};
  for (size_t k = 0; k < 4; ++k) {
    const int i = static_cast<int>(k);
    const double x = k < 3 ? r[k] : X_CW.p[0], y = k < 3 ? r[3 + k] : X_CW.p[1];
    const double z = k < 3 ? r[6 + k] : X_CW.p[2];
    // Our pixel centres are at whole numbers, OpenGL's half a pixel further.
    const double u = camera.fx * x + (camera.cx + 0.5) * z;
    const double v = camera.fy * y + (camera.cy + 0.5) * z;
    const auto at = static_cast<size_t>(i);
    clip_from_world[at] = static_cast<float>(2 * u / camera.width - z);
    clip_from_world[4 + at] = static_cast<float>(z - 2 * v / camera.height);
    clip_from_world[8 + at] =
        static_cast<float>((f + n) / (f - n) * z - (k == 3 ? 2 * f * n / (f - n) : 0));
    clip_from_world[12 + at] = static_cast<float>(z);
  }
}

void GlView::SetUniforms(const GlProgram& program) const {
  glUniformMatrix4fv(program.Uniform("clip_from_world"), 1, GL_TRUE, clip_from_world.data());
  const auto set2 = [&program](const char* name, float a, float b) {
    const GLint place = program.Uniform(name);
    if (place >= 0) glUniform2f(place, a, b);
  };
  set2("depth", depth[0], depth[1]);
  set2("half_size", 0.5f * static_cast<float>(camera.width),
       0.5f * static_cast<float>(camera.height));
  const GLint near = program.Uniform("near");
  if (near >= 0) glUniform1f(near, static_cast<float>(camera.near_m));
}

GlLines::GlLines()
    : program_("lines", "", kLineVertex, kLineFragment),
      vertex_array_(MakeVertexArray()),
      buffer_(MakeBuffer()) {
  glBindVertexArray(vertex_array_);
  for (GLuint place = 0; place < 4; ++place) {
    glEnableVertexAttribArray(place);
    glVertexAttribDivisor(place, 1);
  }
}

bool GlLines::Set(const std::vector<SceneLine>& lines, const std::vector<ScenePoint>& points) {
  std::swap(instances_, instances_before_);
  instances_.clear();
  const GLsizei hidden_before = hidden_;
  hidden_ = 0;
  const auto add = [this](const Vec3& from, const Vec3& to, const std::array<float, 4>& color,
                          float width, bool arrow) {
    Instance out;
    for (int i = 0; i < 3; ++i) {
      out.from[i] = static_cast<float>(from[i]);
      out.to[i] = static_cast<float>(to[i]);
    }
    std::copy(color.begin(), color.end(), out.color);
    out.width = width;
    out.arrow = arrow ? 1.0f : 0.0f;
    instances_.push_back(out);
  };
  for (const bool always : {false, true}) {
    for (const SceneLine& line : lines) {
      if (line.always == always) add(line.from, line.to, line.color, line.width_px, line.arrow);
    }
    for (const ScenePoint& point : points) {
      if (point.always == always) {
        add(point.position, point.position, point.color, point.size_px, false);
      }
    }
    if (!always) hidden_ = static_cast<GLsizei>(instances_.size());
  }
  if (hidden_ == hidden_before && instances_.size() == instances_before_.size() &&
      (instances_.empty() || std::memcmp(instances_.data(), instances_before_.data(),
                                         instances_.size() * sizeof(Instance)) == 0)) {
    return false;
  }
  glBindBuffer(GL_ARRAY_BUFFER, buffer_);
  glBufferData(GL_ARRAY_BUFFER, static_cast<GLsizeiptr>(instances_.size() * sizeof(Instance)),
               instances_.data(), GL_STREAM_DRAW);
  return true;
}

void GlLines::Draw(const GlView& view) const {
  if (instances_.empty()) return;
  program_.Use();
  view.SetUniforms(program_);
  glBindVertexArray(vertex_array_);
  glBindBuffer(GL_ARRAY_BUFFER, buffer_);
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glDepthMask(GL_FALSE);
  const auto draw = [](size_t first, GLsizei count) {
    const auto attribute = [first](GLuint place, GLint size, size_t offset) {
      glVertexAttribPointer(place, size, GL_FLOAT, GL_FALSE, sizeof(Instance),
                            reinterpret_cast<const void*>(first * sizeof(Instance) + offset));
    };
    attribute(0, 3, offsetof(Instance, from));
    attribute(1, 3, offsetof(Instance, to));
    attribute(2, 4, offsetof(Instance, color));
    attribute(3, 2, offsetof(Instance, width));
    if (count > 0) glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, count);
  };
  glEnable(GL_DEPTH_TEST);
  draw(0, hidden_);
  glDisable(GL_DEPTH_TEST);
  draw(static_cast<size_t>(hidden_), static_cast<GLsizei>(instances_.size()) - hidden_);
  glDepthMask(GL_TRUE);
  glDisable(GL_BLEND);
}

GlDecals::GlDecals()
    : flat_("decals", "", kDecalVertex, kDecalFragment),
      projected_("projected decals", "#define PROJECTED\n", kDecalVertex, kDecalFragment),
      vertex_array_(MakeVertexArray()) {
  projected_.Use();
  glUniform1i(projected_.Uniform("picture"), 0);
  glUniform1i(projected_.Uniform("scene_depth"), 1);
}

bool GlDecals::Set(std::vector<SceneDecal> decals) {
  for (const SceneDecal& decal : decals) CheckPicture(decal.rgba);
  const bool same = std::equal(decals.begin(), decals.end(), decals_.begin(), decals_.end(),
                               [](const SceneDecal& a, const SceneDecal& b) {
                                 return a.rgba.data() == b.rgba.data() &&
                                        a.rgba.shape() == b.rgba.shape() && a.origin == b.origin &&
                                        a.right == b.right && a.down == b.down &&
                                        a.height_m == b.height_m;
                               });
  if (same) return false;
  decals_ = std::move(decals);
  for (Picture& picture : pictures_) picture.used = false;
  for (const SceneDecal& decal : decals_) TextureOf(decal.rgba);
  std::erase_if(pictures_, [](const Picture& picture) { return !picture.used; });
  return true;
}

bool GlDecals::any_projected() const {
  return std::any_of(decals_.begin(), decals_.end(),
                     [](const SceneDecal& decal) { return decal.height_m > 0; });
}

GLuint GlDecals::TextureOf(const Array& rgba) {
  for (Picture& picture : pictures_) {
    if (picture.rgba.data() != rgba.data() || picture.rgba.shape() != rgba.shape()) continue;
    picture.used = true;
    return picture.texture;
  }
  Picture& picture = pictures_.emplace_back();
  picture.rgba = rgba;
  picture.used = true;
  picture.texture =
      MakeTexture(GL_RGBA8, static_cast<int>(rgba.shape()[1]), static_cast<int>(rgba.shape()[0]),
                  GL_RGBA, GL_UNSIGNED_BYTE, rgba.data(), GL_LINEAR);
  return picture.texture;
}

void GlDecals::DrawFlat(const GlView& view) {
  flat_.Use();
  view.SetUniforms(flat_);
  glBindVertexArray(vertex_array_);
  glEnable(GL_DEPTH_TEST);
  glDepthMask(GL_FALSE);
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glActiveTexture(GL_TEXTURE0);
  for (const SceneDecal& decal : decals_) {
    if (decal.height_m > 0) continue;
    SetVec3(flat_.Uniform("origin"), decal.origin);
    SetVec3(flat_.Uniform("right"), decal.right);
    SetVec3(flat_.Uniform("down"), decal.down);
    glBindTexture(GL_TEXTURE_2D, TextureOf(decal.rgba));
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
  }
  glDepthMask(GL_TRUE);
  glDisable(GL_BLEND);
}

void GlDecals::DrawProjected(const GlView& view, GLuint depth_texture) {
  projected_.Use();
  view.SetUniforms(projected_);
  glBindVertexArray(vertex_array_);
  glEnable(GL_BLEND);
  glBlendFuncSeparate(GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glEnable(GL_CULL_FACE);  // the far sides of the box cover each pixel once, from inside too
  glCullFace(GL_FRONT);
  glFrontFace(GL_CCW);
  glActiveTexture(GL_TEXTURE1);
  glBindTexture(GL_TEXTURE_2D, depth_texture);
  glActiveTexture(GL_TEXTURE0);
  const Camera& camera = view.camera;
  const std::array<double, 9> r = RotationMatrix(camera.X_WC.q);
  for (const SceneDecal& decal : decals_) {
    const Vec3 across = Cross(decal.right, decal.down);
    if (!(decal.height_m > 0) || !(Norm(across) > 0)) continue;
    // A little of what lies under the picture belongs to it too, for the depths are rounded.
    constexpr double kBelow_m = 0.004;
    const Vec3 unit = Normalized(across);
    const Vec3 origin = decal.origin - unit * kBelow_m;
    const Vec3 up = unit * (decal.height_m + kBelow_m);
    // Rows of the inverse of (right, down, up): parts of the box.
    const double volume = Dot(across, up);
    const Vec3 rows[3] = {Cross(decal.down, up) * (1 / volume),
                          Cross(up, decal.right) * (1 / volume), across * (1 / volume)};
    Vec3 part_x, part_y, part_1, part_w;
    for (int i = 0; i < 3; ++i) {
      // World = R * (depth * ((x - cx) / fx, (y - cy) / fy, 1)) + p, with x and y of our pixels.
      const auto along = [&](size_t axis) {
        return Dot(rows[i], Vec3(r[axis], r[3 + axis], r[6 + axis]));
      };
      const double x = along(0) / camera.fx, y = along(1) / camera.fy;
      part_x[i] = x;
      part_y[i] = -y;
      part_1[i] = along(2) - (camera.cx + 0.5) * x + (camera.height - 0.5 - camera.cy) * y;
      part_w[i] = Dot(rows[i], camera.X_WC.p - origin);
    }
    SetVec3(projected_.Uniform("part_x"), part_x);
    SetVec3(projected_.Uniform("part_y"), part_y);
    SetVec3(projected_.Uniform("part_1"), part_1);
    SetVec3(projected_.Uniform("part_w"), part_w);
    SetVec3(projected_.Uniform("origin"), origin);
    SetVec3(projected_.Uniform("right"), decal.right);
    SetVec3(projected_.Uniform("down"), decal.down);
    SetVec3(projected_.Uniform("up"), up);
    glBindTexture(GL_TEXTURE_2D, TextureOf(decal.rgba));
    glDrawArrays(GL_TRIANGLES, 0, 36);
  }
  glDisable(GL_CULL_FACE);
  glCullFace(GL_BACK);
  glDisable(GL_BLEND);
}

}  // namespace rookery::gui
