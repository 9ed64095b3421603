// Private to gui: OpenGL 3.3's functions, which libOpenGL exports, and its objects as C++ objects.
#ifndef ROOKERY_GUI_GL_H_
#define ROOKERY_GUI_GL_H_

#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <GL/glext.h>

#include <string>
#include <utility>

#include "core/array.h"

namespace rookery::gui {

// The name of an OpenGL object; kDelete ends the object with it.
template <void (*kDelete)(GLuint)>
class GlName {
 public:
  GlName() = default;
  explicit GlName(GLuint name) : name_(name) {}
  ~GlName() {
    if (name_ != 0) kDelete(name_);
  }
  GlName(GlName&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
  GlName& operator=(GlName&& other) noexcept {
    std::swap(name_, other.name_);
    return *this;
  }
  operator GLuint() const { return name_; }

 private:
  GLuint name_ = 0;
};

namespace internal {
inline void DeleteBuffer(GLuint name) { glDeleteBuffers(1, &name); }
inline void DeleteTexture(GLuint name) { glDeleteTextures(1, &name); }
inline void DeleteVertexArray(GLuint name) { glDeleteVertexArrays(1, &name); }
inline void DeleteFramebuffer(GLuint name) { glDeleteFramebuffers(1, &name); }
inline void DeleteRenderbuffer(GLuint name) { glDeleteRenderbuffers(1, &name); }
inline void DeleteProgram(GLuint name) { glDeleteProgram(name); }
}  // namespace internal

using GlBuffer = GlName<internal::DeleteBuffer>;
using GlTexture = GlName<internal::DeleteTexture>;
using GlVertexArray = GlName<internal::DeleteVertexArray>;
using GlFramebuffer = GlName<internal::DeleteFramebuffer>;
using GlRenderbuffer = GlName<internal::DeleteRenderbuffer>;
using GlProgramName = GlName<internal::DeleteProgram>;

GlBuffer MakeBuffer();
GlVertexArray MakeVertexArray();
GlFramebuffer MakeFramebuffer();
// Without mipmaps, `filter` (GL_NEAREST or GL_LINEAR) within and its edge repeated outside; left
// bound to GL_TEXTURE_2D.
GlTexture MakeTexture(GLint internal_format, int width, int height, GLenum format, GLenum type,
                      const void* pixels, GLint filter);
GlRenderbuffer MakeRenderbuffer(GLenum internal_format, int width, int height, int samples);
// Failure unless what is bound to GL_FRAMEBUFFER can be drawn into.
void CheckFramebuffer(const char* what);

// A vertex and a fragment shader, both after "#version 330 core" and `defines`. Failure with the
// driver's words when it does not take them.
class GlProgram {
 public:
  GlProgram(const std::string& name, const std::string& defines, const char* vertex,
            const char* fragment);
  void Use() const { glUseProgram(program_); }
  GLint Uniform(const char* name) const { return glGetUniformLocation(program_, name); }

 private:
  GlProgramName program_;
};

// A part of the framebuffer that is bound for reading, as (height, width, 3) uint8 with the upper
// row first; (x, y) is its lower left corner. Its pixels are packed as OpenGL does at first.
Array ReadFramebuffer(int x, int y, int width, int height);

// Remembers the state that the renderer changes and puts it back.
class GlStateKeeper {
 public:
  GlStateKeeper();
  ~GlStateKeeper();
  GlStateKeeper(const GlStateKeeper&) = delete;
  GlStateKeeper& operator=(const GlStateKeeper&) = delete;

 private:
  static constexpr GLenum kSwitches[] = {
      GL_BLEND,        GL_CULL_FACE,           GL_DEPTH_TEST,  GL_SCISSOR_TEST,
      GL_STENCIL_TEST, GL_POLYGON_OFFSET_FILL, GL_MULTISAMPLE, GL_FRAMEBUFFER_SRGB};
  static constexpr int kUnits = 2;  // texture units that are used
  GLboolean on_[std::size(kSwitches)], color_mask_[4], depth_mask_;
  GLint program_, vertex_array_, array_buffer_, draw_framebuffer_, read_framebuffer_, renderbuffer_;
  GLint active_texture_, textures_[kUnits], samplers_[kUnits], unpack_buffer_, pack_buffer_;
  GLint viewport_[4], scissor_[4], blend_[4], blend_equation_[2], depth_func_, cull_face_;
  GLint front_face_, polygon_mode_[2], unpack_alignment_, pack_alignment_, unpack_row_length_;
  GLint pack_row_length_;
  GLfloat clear_color_[4], clear_depth_, polygon_offset_[2];
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_GL_H_
