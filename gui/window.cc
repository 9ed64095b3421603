#include "gui/window.h"

#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <implot.h>

#include <algorithm>
#include <cmath>

#include "gui/fonts.h"
#include "gui/gl.h"

namespace rookery::gui {
namespace {

std::string& LastGlfwError() {
  static auto* text = new std::string;
  return *text;
}

std::string Because() { return LastGlfwError().empty() ? "" : " (" + LastGlfwError() + ")"; }

}  // namespace

Window::Window(const WindowOptions& options) : title_(options.title) {
  LastGlfwError().clear();
  glfwSetErrorCallback([](int, const char* text) { LastGlfwError() = text; });
  if (!glfwInit()) throw NoDisplay("there is no display to open a window on" + Because());
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_VISIBLE, options.hidden ? GLFW_FALSE : GLFW_TRUE);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, options.scale > 0 ? GLFW_FALSE : GLFW_TRUE);
  window_ = glfwCreateWindow(options.width, options.height, title_.c_str(), nullptr, nullptr);
  if (window_ == nullptr) {
    const std::string because = Because();
    glfwTerminate();
    throw NoDisplay("the display has no OpenGL 3.3" + because);
  }
  glfwMakeContextCurrent(window_);
  glfwSwapInterval(options.hidden ? 0 : 1);
  float x = 1, y = 1;
  if (options.scale <= 0) glfwGetWindowContentScale(window_, &x, &y);
  scale_ = options.scale > 0 ? options.scale : std::max(1.0f, x);

  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImPlot::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  // Arrows and Space belong to the simulation, so ImGui's own navigation by keys stays off.
  io.ConfigFlags |= ImGuiConfigFlags_DockingEnable;
  io.ConfigWindowsMoveFromTitleBarOnly = true;
  io.IniFilename = nullptr;  // the interface keeps the layout
  LoadFonts();
  ImGui_ImplGlfw_InitForOpenGL(window_, true);
  ImGui_ImplOpenGL3_Init("#version 330 core");
}

Window::~Window() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImPlot::DestroyContext();
  ImGui::DestroyContext();
  glfwDestroyWindow(window_);
  glfwTerminate();
}

void Window::BeginFrame() {
  glfwPollEvents();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
}

void Window::EndFrame() {
  ImGui::Render();
  int width = 0, height = 0;
  glfwGetFramebufferSize(window_, &width, &height);
  // Into a buffer of our own, because what a window shows cannot be read back reliably.
  if (width != buffer_width_ || height != buffer_height_) {
    buffer_width_ = width;
    buffer_height_ = height;
    if (buffer_ == 0) {
      glGenFramebuffers(1, &buffer_);
      glGenRenderbuffers(1, &color_);
    }
    glBindRenderbuffer(GL_RENDERBUFFER, color_);
    glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, std::max(1, width), std::max(1, height));
    glBindFramebuffer(GL_FRAMEBUFFER, buffer_);
    glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, color_);
  }
  glBindFramebuffer(GL_FRAMEBUFFER, buffer_);
  glViewport(0, 0, width, height);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, 0);
  glBlitFramebuffer(0, 0, width, height, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_NEAREST);
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glfwSwapBuffers(window_);
}

bool Window::ShouldClose() const { return glfwWindowShouldClose(window_) != 0; }

void Window::Close() { glfwSetWindowShouldClose(window_, GLFW_TRUE); }

void Window::SetTitle(const std::string& title) {
  if (title == title_) return;
  title_ = title;
  glfwSetWindowTitle(window_, title_.c_str());
}

void Window::SetFullScreen(bool full_screen) {
  if (full_screen == full_screen_) return;
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  const GLFWvidmode* mode = monitor != nullptr ? glfwGetVideoMode(monitor) : nullptr;
  if (mode == nullptr) return;
  full_screen_ = full_screen;
  if (full_screen) {
    glfwGetWindowPos(window_, &x_, &y_);
    glfwGetWindowSize(window_, &width_, &height_);
    glfwSetWindowMonitor(window_, monitor, 0, 0, mode->width, mode->height, mode->refreshRate);
  } else {
    glfwSetWindowMonitor(window_, nullptr, x_, y_, width_, height_, 0);
  }
}

std::string Window::renderer() const {
  const GLubyte* name = glGetString(GL_RENDERER);
  return name != nullptr ? reinterpret_cast<const char*>(name) : "";
}

Array Window::Pixels() const {
  glBindFramebuffer(GL_READ_FRAMEBUFFER, buffer_);
  Array image = ReadFramebuffer(0, 0, buffer_width_, buffer_height_);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, 0);
  return image;
}

}  // namespace rookery::gui
