// Window: a GLFW window with an OpenGL 3.3 context and the ImGui and ImPlot contexts that draw into
// it. One at a time, on the main thread.
#ifndef ROOKERY_GUI_WINDOW_H_
#define ROOKERY_GUI_WINDOW_H_

#include <string>

#include "core/array.h"
#include "core/error.h"

struct GLFWwindow;

namespace rookery::gui {

// There is no display, or none with OpenGL 3.3.
class NoDisplay : public Failure {
 public:
  using Failure::Failure;
};

struct WindowOptions {
  std::string title = "rookery";
  int width = 1280, height = 800;  // in units of the display's scale
  bool hidden = false;             // for tests
  double scale = 0;                // of everything drawn; 0 = the display's
};

class Window {
 public:
  // Throws NoDisplay, with one line.
  explicit Window(const WindowOptions& options);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // ImGui's calls come between these two. EndFrame shows the frame and waits for the display.
  void BeginFrame();
  void EndFrame();

  bool ShouldClose() const;
  void Close();
  void SetTitle(const std::string& title);
  void SetFullScreen(bool full_screen);
  bool full_screen() const { return full_screen_; }
  double scale() const { return scale_; }
  std::string renderer() const;  // OpenGL's name of it
  // What was shown last: (H, W, 3) uint8.
  Array Pixels() const;
  GLFWwindow* handle() const { return window_; }

 private:
  GLFWwindow* window_ = nullptr;
  std::string title_;
  double scale_ = 1;
  bool full_screen_ = false;
  int x_ = 0, y_ = 0, width_ = 0, height_ = 0;  // before full screen
  unsigned buffer_ = 0, color_ = 0;             // OpenGL's names of what is drawn into
  int buffer_width_ = 0, buffer_height_ = 0;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_WINDOW_H_
