// The viewer under a virtual display, with ImGui's Test Engine at mouse and keyboard.
#ifndef ROOKERY_TESTS_GUI_STEERED_VIEWER_H_
#define ROOKERY_TESTS_GUI_STEERED_VIEWER_H_

#include <functional>
#include <memory>
#include <string>

#include "gui/interface.h"
#include "gui/window.h"
#include "tests/temp_folder.h"

struct ImGuiTestContext;
struct ImGuiTestEngine;

namespace rookery::testing {

struct SteeredOptions {
  int width = 1280, height = 800;
  std::string settings_path = {};  // "" = a file in a folder of its own
  std::string program = {};
};

// One at a time. Every frame is checked for OpenGL errors.
class SteeredViewer {
 public:
  explicit SteeredViewer(const SteeredOptions& options = {});
  ~SteeredViewer();

  gui::Window& window() { return *window_; }
  gui::Interface& interface() { return *interface_; }
  gui::Simulation& simulation() { return interface_->simulation(); }
  const gui::Snapshot& now() { return interface_->now(); }
  const std::string& folder() const { return folder_.path(); }

  // Opens it, and draws until it is there and at rest; the test fails when it does not open.
  void Open(const gui::Cast& cast, uint64_t seed = 1);
  void Frames(int count);
  // Draws frames until it is so; false after `timeout_s`.
  bool Until(const std::function<bool()>& condition, double timeout_s = 30);
  bool UntilIdle(double timeout_s = 60);
  // Lets `hands` use mouse and keyboard; whatever the Test Engine cannot do fails the test.
  void Steer(const std::function<void(ImGuiTestContext*)>& hands, double timeout_s = 120);
  // Writes <name>.png into the folder ROOKERY_SCREENSHOTS, when it is set. Returns the picture.
  Array Picture(const std::string& name);
  // Tears the interface down and starts it again, as another start of the program.
  void Restart();

 private:
  void Frame();
  void Start();
  void Stop();

  TempFolder folder_;
  SteeredOptions options_;
  std::unique_ptr<gui::Window> window_;
  std::unique_ptr<gui::Interface> interface_;
  ImGuiTestEngine* engine_ = nullptr;
};

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_GUI_STEERED_VIEWER_H_
