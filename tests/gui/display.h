// A display for tests of the viewer: the one there is, or a virtual one of this process's own.
#ifndef ROOKERY_TESTS_GUI_DISPLAY_H_
#define ROOKERY_TESTS_GUI_DISPLAY_H_

struct GLFWwindow;

namespace rookery::testing {

// Makes sure that DISPLAY names a display, on which OpenGL draws in software; starts Xvfb for this
// process when there is none, which ends with it however it ends. Failure when there is no Xvfb.
void StartDisplay();

// A window of an OpenGL 3.3 core context, never shown, whose context is current on this thread.
class HiddenWindow {
 public:
  HiddenWindow(int width, int height);
  ~HiddenWindow();
  HiddenWindow(const HiddenWindow&) = delete;
  HiddenWindow& operator=(const HiddenWindow&) = delete;

  GLFWwindow* window() const { return window_; }

 private:
  GLFWwindow* window_ = nullptr;
};

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_GUI_DISPLAY_H_
