#include "gui/gl.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include "core/error.h"

namespace rookery::gui {
namespace {

GLuint CompileShader(const std::string& name, GLenum kind, const std::string& defines,
                     const char* body) {
  const std::string head = "#version 330 core\n" + defines;
  const char* const parts[] = {head.c_str(), body};
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, 2, parts, nullptr);
  glCompileShader(shader);
  GLint ok = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
  if (ok == 0) {
    std::vector<char> words(2000);
    glGetShaderInfoLog(shader, static_cast<GLsizei>(words.size()), nullptr, words.data());
    glDeleteShader(shader);
    throw Failure("OpenGL does not take the shader " + name + ": " + words.data());
  }
  return shader;
}

}  // namespace

GlBuffer MakeBuffer() {
  GLuint name = 0;
  glGenBuffers(1, &name);
  return GlBuffer(name);
}

GlVertexArray MakeVertexArray() {
  GLuint name = 0;
  glGenVertexArrays(1, &name);
  return GlVertexArray(name);
}

GlFramebuffer MakeFramebuffer() {
  GLuint name = 0;
  glGenFramebuffers(1, &name);
  return GlFramebuffer(name);
}

GlTexture MakeTexture(GLint internal_format, int width, int height, GLenum format, GLenum type,
                      const void* pixels, GLint filter) {
  GLuint name = 0;
  glGenTextures(1, &name);
  GlTexture texture(name);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexImage2D(GL_TEXTURE_2D, 0, internal_format, width, height, 0, format, type, pixels);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, filter);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, filter);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  return texture;
}

GlRenderbuffer MakeRenderbuffer(GLenum internal_format, int width, int height, int samples) {
  GLuint name = 0;
  glGenRenderbuffers(1, &name);
  GlRenderbuffer buffer(name);
  glBindRenderbuffer(GL_RENDERBUFFER, buffer);
  glRenderbufferStorageMultisample(GL_RENDERBUFFER, samples > 1 ? samples : 0, internal_format,
                                   width, height);
  return buffer;
}

void CheckFramebuffer(const char* what) {
  const GLenum status = glCheckFramebufferStatus(GL_FRAMEBUFFER);
  if (status == GL_FRAMEBUFFER_COMPLETE) return;
  throw Failure("OpenGL cannot draw into " + std::string(what) + " (status " +
                std::to_string(status) + ")");
}

GlProgram::GlProgram(const std::string& name, const std::string& defines, const char* vertex,
                     const char* fragment)
    : program_(glCreateProgram()) {
  for (const GLenum kind : {GL_VERTEX_SHADER, GL_FRAGMENT_SHADER}) {
    const GLuint shader =
        CompileShader(name, kind, defines, kind == GL_VERTEX_SHADER ? vertex : fragment);
    glAttachShader(program_, shader);
    glDeleteShader(shader);  // when the program is
  }
  glLinkProgram(program_);
  GLint ok = 0;
  glGetProgramiv(program_, GL_LINK_STATUS, &ok);
  if (ok != 0) return;
  std::vector<char> words(2000);
  glGetProgramInfoLog(program_, static_cast<GLsizei>(words.size()), nullptr, words.data());
  throw Failure("OpenGL does not link the shader " + name + ": " + words.data());
}

Array ReadFramebuffer(int x, int y, int width, int height) {
  Array image(DType::kUInt8, {height, width, 3});
  if (image.size() == 0) return image;
  const auto row = static_cast<size_t>(width) * 3, rows = static_cast<size_t>(height);
  std::vector<uint8_t> upwards(row * rows);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(x, y, width, height, GL_RGB, GL_UNSIGNED_BYTE, upwards.data());
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  for (size_t i = 0; i < rows; ++i) {
    std::memcpy(image.As<uint8_t>().data() + i * row, upwards.data() + (rows - 1 - i) * row, row);
  }
  return image;
}

GlStateKeeper::GlStateKeeper() {
  for (size_t i = 0; i < std::size(kSwitches); ++i) on_[i] = glIsEnabled(kSwitches[i]);
  glGetBooleanv(GL_COLOR_WRITEMASK, color_mask_);
  glGetBooleanv(GL_DEPTH_WRITEMASK, &depth_mask_);
  glGetIntegerv(GL_CURRENT_PROGRAM, &program_);
  glGetIntegerv(GL_VERTEX_ARRAY_BINDING, &vertex_array_);
  glGetIntegerv(GL_ARRAY_BUFFER_BINDING, &array_buffer_);
  glGetIntegerv(GL_DRAW_FRAMEBUFFER_BINDING, &draw_framebuffer_);
  glGetIntegerv(GL_READ_FRAMEBUFFER_BINDING, &read_framebuffer_);
  glGetIntegerv(GL_RENDERBUFFER_BINDING, &renderbuffer_);
  glGetIntegerv(GL_PIXEL_UNPACK_BUFFER_BINDING, &unpack_buffer_);
  glGetIntegerv(GL_PIXEL_PACK_BUFFER_BINDING, &pack_buffer_);
  glGetIntegerv(GL_ACTIVE_TEXTURE, &active_texture_);
  for (int i = 0; i < kUnits; ++i) {
    glActiveTexture(GL_TEXTURE0 + static_cast<GLenum>(i));
    glGetIntegerv(GL_TEXTURE_BINDING_2D, &textures_[i]);
    glGetIntegerv(GL_SAMPLER_BINDING, &samplers_[i]);
    glBindSampler(static_cast<GLuint>(i), 0);
  }
  glActiveTexture(GL_TEXTURE0);
  glGetIntegerv(GL_VIEWPORT, viewport_);
  glGetIntegerv(GL_SCISSOR_BOX, scissor_);
  glGetIntegerv(GL_BLEND_SRC_RGB, &blend_[0]);
  glGetIntegerv(GL_BLEND_DST_RGB, &blend_[1]);
  glGetIntegerv(GL_BLEND_SRC_ALPHA, &blend_[2]);
  glGetIntegerv(GL_BLEND_DST_ALPHA, &blend_[3]);
  glGetIntegerv(GL_BLEND_EQUATION_RGB, &blend_equation_[0]);
  glGetIntegerv(GL_BLEND_EQUATION_ALPHA, &blend_equation_[1]);
  glGetIntegerv(GL_DEPTH_FUNC, &depth_func_);
  glGetIntegerv(GL_CULL_FACE_MODE, &cull_face_);
  glGetIntegerv(GL_FRONT_FACE, &front_face_);
  glGetIntegerv(GL_POLYGON_MODE, polygon_mode_);
  glGetIntegerv(GL_UNPACK_ALIGNMENT, &unpack_alignment_);
  glGetIntegerv(GL_PACK_ALIGNMENT, &pack_alignment_);
  glGetIntegerv(GL_UNPACK_ROW_LENGTH, &unpack_row_length_);
  glGetIntegerv(GL_PACK_ROW_LENGTH, &pack_row_length_);
  glGetFloatv(GL_COLOR_CLEAR_VALUE, clear_color_);
  glGetFloatv(GL_DEPTH_CLEAR_VALUE, &clear_depth_);
  glGetFloatv(GL_POLYGON_OFFSET_FACTOR, &polygon_offset_[0]);
  glGetFloatv(GL_POLYGON_OFFSET_UNITS, &polygon_offset_[1]);

  // What everything here starts from.
  for (const GLenum name : kSwitches) glDisable(name);
  glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDepthMask(GL_TRUE);
  glDepthFunc(GL_LEQUAL);
  glCullFace(GL_BACK);
  glFrontFace(GL_CCW);
  glPolygonMode(GL_FRONT_AND_BACK, GL_FILL);
  glBlendEquation(GL_FUNC_ADD);
  glClearDepth(1);
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, 0);
  glBindBuffer(GL_PIXEL_PACK_BUFFER, 0);
  for (const GLenum name : {GL_UNPACK_ALIGNMENT, GL_PACK_ALIGNMENT}) glPixelStorei(name, 1);
  for (const GLenum name : {GL_UNPACK_ROW_LENGTH, GL_PACK_ROW_LENGTH}) glPixelStorei(name, 0);
}

GlStateKeeper::~GlStateKeeper() {
  const auto name = [](GLint value) { return static_cast<GLuint>(value); };
  for (size_t i = 0; i < std::size(kSwitches); ++i) {
    (on_[i] != 0 ? glEnable : glDisable)(kSwitches[i]);
  }
  glColorMask(color_mask_[0], color_mask_[1], color_mask_[2], color_mask_[3]);
  glDepthMask(depth_mask_);
  glUseProgram(name(program_));
  glBindVertexArray(name(vertex_array_));
  glBindBuffer(GL_ARRAY_BUFFER, name(array_buffer_));
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, name(draw_framebuffer_));
  glBindFramebuffer(GL_READ_FRAMEBUFFER, name(read_framebuffer_));
  glBindRenderbuffer(GL_RENDERBUFFER, name(renderbuffer_));
  glBindBuffer(GL_PIXEL_UNPACK_BUFFER, name(unpack_buffer_));
  glBindBuffer(GL_PIXEL_PACK_BUFFER, name(pack_buffer_));
  for (int i = 0; i < kUnits; ++i) {
    glActiveTexture(GL_TEXTURE0 + static_cast<GLenum>(i));
    glBindTexture(GL_TEXTURE_2D, name(textures_[i]));
    glBindSampler(static_cast<GLuint>(i), name(samplers_[i]));
  }
  glActiveTexture(name(active_texture_));
  glViewport(viewport_[0], viewport_[1], viewport_[2], viewport_[3]);
  glScissor(scissor_[0], scissor_[1], scissor_[2], scissor_[3]);
  glBlendFuncSeparate(name(blend_[0]), name(blend_[1]), name(blend_[2]), name(blend_[3]));
  glBlendEquationSeparate(name(blend_equation_[0]), name(blend_equation_[1]));
  glDepthFunc(name(depth_func_));
  glCullFace(name(cull_face_));
  glFrontFace(name(front_face_));
  glPolygonMode(GL_FRONT_AND_BACK, name(polygon_mode_[0]));
  glPixelStorei(GL_UNPACK_ALIGNMENT, unpack_alignment_);
  glPixelStorei(GL_PACK_ALIGNMENT, pack_alignment_);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, unpack_row_length_);
  glPixelStorei(GL_PACK_ROW_LENGTH, pack_row_length_);
  glClearColor(clear_color_[0], clear_color_[1], clear_color_[2], clear_color_[3]);
  glClearDepth(static_cast<double>(clear_depth_));
  glPolygonOffset(polygon_offset_[0], polygon_offset_[1]);
}

}  // namespace rookery::gui
