// A person's cat: random mouse and keys for a while, over several worlds.
#include <gtest/gtest.h>
#include <imgui.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "core/registry.h"
#include "tests/gui/steered_viewer.h"

namespace rookery::gui {
namespace {

// Where the viewer may write what it likes.
class InFolder {
 public:
  explicit InFolder(const std::string& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~InFolder() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

class Cat {
 public:
  explicit Cat(uint32_t seed) : random_(seed) {}

  void Paw() {
    ImGuiIO& io = ImGui::GetIO();
    const int what = Draw(0, 99);
    if (what < 45) {
      io.AddMousePosEvent(Part() * io.DisplaySize.x, Part() * io.DisplaySize.y);
    } else if (what < 70) {
      const int button = Draw(0, 9) < 8 ? 0 : 1;
      down_[button] = !down_[button];
      io.AddMouseButtonEvent(button, down_[button]);
    } else if (what < 80) {
      io.AddMouseWheelEvent(0, static_cast<float>(Draw(-3, 3)));
    } else if (what < 84) {
      ctrl_ = !ctrl_;
      io.AddKeyEvent(ImGuiMod_Ctrl, ctrl_);
    } else if (what < 97) {
      const auto key = static_cast<ImGuiKey>(Draw(ImGuiKey_Tab, ImGuiKey_GamepadStart - 1));
      if (key == ImGuiKey_Q && ctrl_) return;  // that would be the end
      io.AddKeyEvent(key, true);
      io.AddKeyEvent(key, false);
    } else {
      io.AddInputCharacter(static_cast<unsigned>(Draw(32, 126)));
    }
  }
  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

 private:
  float Part() { return static_cast<float>(Draw(0, 1000)) / 1000; }

  std::mt19937 random_;
  bool down_[2] = {}, ctrl_ = false;
};

TEST(RandomInput, DoesNoHarm) {
  const char* seconds = std::getenv("ROOKERY_RANDOM_INPUT_S");
  const double budget_s = seconds != nullptr ? std::atof(seconds) : 20;
  testing::SteeredViewer viewer;
  const InFolder folder(viewer.folder());
  const std::string worlds[] = {"Ravens/PlaceRedInGreen-v0", "CartPole-v1", "Ant-v5",
                                "CarRacing-v3", "Broken-v0"};
  Cat cat(20261129);
  size_t world = 0;
  bool known[5];
  for (size_t i = 0; i < 5; ++i) {
    known[i] = false;
    for (const EnvEntry* entry : ListEnvs()) known[i] |= entry->id == worlds[i];
  }
  const double start_s = ImGui::GetTime();
  double opened_s = -1e9;
  while (ImGui::GetTime() - start_s < budget_s) {
    if (ImGui::GetTime() - opened_s > budget_s / 10) {
      opened_s = ImGui::GetTime();
      do {
        world = (world + 1) % 5;
      } while (!known[world]);
      const bool oracle = FindEnv(worlds[world]).oracle_success > 0;
      viewer.interface().Open({.env = worlds[world], .agent = oracle ? "oracle" : "random"}, 1);
      viewer.simulation().Play();
    }
    for (int i = cat.Draw(0, 3); i > 0; --i) cat.Paw();
    viewer.Frames(1);
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
  viewer.Picture("after_the_cat");
  // It still works.
  viewer.simulation().SetSpeed(0);
  viewer.simulation().SetGoOn(false);
  viewer.Open({.env = "CartPole-v1", .agent = "random"});
  viewer.simulation().Play();
  EXPECT_TRUE(viewer.Until([&] { return viewer.now().mode == Mode::kEnded; }));
}

}  // namespace
}  // namespace rookery::gui
