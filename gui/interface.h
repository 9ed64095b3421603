// Interface: everything drawn into the window - menu, panels, messages - and what keys do.
#ifndef ROOKERY_GUI_INTERFACE_H_
#define ROOKERY_GUI_INTERFACE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gui/panel.h"
#include "gui/simulation.h"
#include "gui/user_settings.h"
#include "gui/window.h"

namespace rookery::gui {

struct InterfaceOptions {
  std::string settings_path = {};  // of the user; "" = nothing is kept
  std::string program = {};        // to start trainings with; "" = it cannot
  SimulationOptions simulation = {};
};

class Interface {
 public:
  // The window must outlive it.
  Interface(Window* window, const InterfaceOptions& options);
  ~Interface();  // keeps the settings
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;

  // One frame, from BeginFrame to before EndFrame of the window.
  void Draw();

  // --- for panels
  Window& window() { return *window_; }
  Simulation& simulation() { return *simulation_; }
  const Snapshot& now() const { return *now_; }  // of this frame
  std::shared_ptr<const Snapshot> now_shared() const { return now_; }
  UserSettings& settings() { return settings_; }
  Keys& keys() { return settings_.keys; }
  const std::string& program() const { return program_; }
  float scale() const;  // pixels for what would be one at 100 %
  // A line that shows for some seconds; `trouble` in red, until it is clicked away.
  void Say(const std::string& text, bool trouble = false);
  void Open(const Cast& cast, uint64_t seed);
  // Plays from here on; says so where that leaves a recording.
  void LetPlay(const Cast& cast);
  void Show(const std::string& title);  // a panel, in front
  bool IsShown(const std::string& title) const;
  // The panel of a class, for those that work together.
  template <typename PanelClass>
  PanelClass* Find() const {
    for (const Pane& pane : panes_) {
      if (auto* found = dynamic_cast<PanelClass*>(pane.panel.get())) return found;
    }
    return nullptr;
  }
  // Writes pictures/viewer_*.png of the next frame that is shown; says where.
  void Screenshot() { wants_screenshot_ = true; }

 private:
  struct Pane {
    PanelFacts facts;
    std::unique_ptr<Panel> panel;
  };
  struct Message {
    std::string text;
    bool trouble = false;
    double until_s = 0;
  };
  void DoKeys();
  void DrawMenu();
  void DrawControls();
  void DrawTimeline(float width);
  void DrawDock();
  void BuildLayout(unsigned dock);
  void DrawPanes();
  void DrawMessages();
  void DrawHelp();
  void SayUnbound(const std::string& text);  // what the action does that lost its key
  void DrawAbout();
  void ChangeSpeed(double factor);
  void PlayOrPause();
  void Remember();  // what is open, and now and then all settings, for the next start

  Window* window_;
  std::string program_, settings_path_;
  UserSettings settings_;
  std::unique_ptr<Simulation> simulation_;
  std::shared_ptr<const Snapshot> now_;
  std::vector<Pane> panes_;
  std::vector<Message> messages_;
  std::string binding_;  // action whose key is asked for
  size_t binding_which_ = 0;
  std::string last_message_;
  std::string front_;   // panel to bring to the front
  int front_wait_ = 0;  // frames until then: a menu that closes gives the focus back first
  bool help_ = false, about_ = false, reset_layout_ = false, wants_screenshot_ = false;
  bool asked_ = false;  // help or about was open in the last frame
  bool go_on_ = false;
  Theme applied_theme_ = Theme::kDark;
  double applied_scale_ = 0;
  int64_t sought_ = -1;  // step the timeline is dragged to
  Cast remembered_;      // of the settings
  std::string kept_;     // settings as they are on disk
  double kept_s_ = 0;    // when they were compared last
  double news_s_ = 0;    // when the snapshot last was another
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_INTERFACE_H_
