#include "tests/gui/steered_viewer.h"

#define GL_GLEXT_PROTOTYPES
#include <GL/gl.h>
#include <gtest/gtest.h>
#include <imgui.h>
#include <imgui_te_context.h>
#include <imgui_te_engine.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "renderers/image_io.h"
#include "tests/gui/display.h"

namespace rookery::testing {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

SteeredViewer::SteeredViewer(const SteeredOptions& options) : options_(options) {
  StartDisplay();
  if (options_.settings_path.empty()) options_.settings_path = folder_.path() + "/viewer.json";
  Start();
}

SteeredViewer::~SteeredViewer() { Stop(); }

void SteeredViewer::Start() {
  window_ = std::make_unique<gui::Window>(gui::WindowOptions{
      .width = options_.width, .height = options_.height, .hidden = true, .scale = 1});
  interface_ = std::make_unique<gui::Interface>(
      window_.get(),
      gui::InterfaceOptions{.settings_path = options_.settings_path, .program = options_.program});
  engine_ = ImGuiTestEngine_CreateContext();
  ImGuiTestEngineIO& io = ImGuiTestEngine_GetIO(engine_);
  io.ConfigVerboseLevel = ImGuiTestVerboseLevel_Error;
  io.ConfigVerboseLevelOnError = ImGuiTestVerboseLevel_Warning;
  io.ConfigSavedSettings = false;
  io.ConfigRunSpeed = ImGuiTestRunSpeed_Fast;
  io.ConfigMouseDrawCursor = false;
  io.ConfigRestoreFocusAfterTests = false;
  io.ConfigWatchdogWarning = io.ConfigWatchdogKillTest = 1e9f;
  io.ConfigLogToFunc = [](ImGuiTestEngine*, ImGuiTestContext*, ImGuiTestVerboseLevel level,
                          const char* text, void*) {
    if (level == ImGuiTestVerboseLevel_Error) ADD_FAILURE() << text;
  };
  ImGuiTestEngine_Start(engine_, ImGui::GetCurrentContext());
  Frames(3);
}

void SteeredViewer::Stop() {
  ImGuiTestEngine_Stop(engine_);
  interface_.reset();
  window_.reset();
  ImGuiTestEngine_DestroyContext(engine_);
  engine_ = nullptr;
}

void SteeredViewer::Restart() {
  Stop();
  Start();
}

void SteeredViewer::Frame() {
  window_->BeginFrame();
  interface_->Draw();
  window_->EndFrame();
  ImGuiTestEngine_PostSwap(engine_);
  const unsigned error = glGetError();
  EXPECT_EQ(error, static_cast<unsigned>(GL_NO_ERROR)) << "OpenGL error";
}

void SteeredViewer::Frames(int count) {
  for (int i = 0; i < count; ++i) Frame();
}

bool SteeredViewer::Until(const std::function<bool()>& condition, double timeout_s) {
  const double end_s = Now() + timeout_s;
  while (!condition()) {
    if (Now() > end_s) return false;
    Frame();
  }
  return true;
}

bool SteeredViewer::UntilIdle(double timeout_s) {
  const bool idle = Until([&] { return simulation().Idle(); }, timeout_s);
  Frames(2);
  return idle;
}

void SteeredViewer::Open(const gui::Cast& cast, uint64_t seed) {
  interface_->Open(cast, seed);
  ASSERT_TRUE(UntilIdle());
  ASSERT_NE(now().spec, nullptr) << now().message;
  ASSERT_EQ(now().cast.env, cast.env) << now().message;
}

void SteeredViewer::Steer(const std::function<void(ImGuiTestContext*)>& hands, double timeout_s) {
  ImGuiTest* test = ImGuiTestEngine_RegisterTest(engine_, "rookery", "hands", __FILE__, __LINE__);
  test->TestFunc = [&](ImGuiTestContext* context) { hands(context); };
  ImGuiTestEngine_QueueTest(engine_, test);
  const bool done = Until([&] { return ImGuiTestEngine_IsTestQueueEmpty(engine_); }, timeout_s);
  if (!done) {
    ImGuiTestEngine_AbortCurrentTest(engine_);
    Until([&] { return ImGuiTestEngine_IsTestQueueEmpty(engine_); }, 10);
  }
  EXPECT_TRUE(done) << "not done after " << timeout_s << " s";
  EXPECT_EQ(test->Output.Status, ImGuiTestStatus_Success);
  ImGuiTestEngine_UnregisterTest(engine_, test);
}

Array SteeredViewer::Picture(const std::string& name) {
  Frames(2);
  Array pixels = window_->Pixels();
  if (const char* folder = std::getenv("ROOKERY_SCREENSHOTS")) {
    std::filesystem::create_directories(folder);
    WritePng(std::string(folder) + "/" + name + ".png", pixels);
  }
  return pixels;
}

}  // namespace rookery::testing
