#include "gui/panels/you_keys.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <utility>

#include "gui/theme.h"

namespace rookery::gui {
namespace {

constexpr double kCalm_s = 1;  // after the end, when steering keys do nothing else
constexpr std::array kDirections = {"up", "down", "left", "right", "fire"};

bool Plays(const Snapshot& now) { return now.mode == Mode::kPlaying || now.mode == Mode::kWaiting; }

}  // namespace

void YouKeys::Start(const EnvSpec& spec) {
  Rest();
  steering_ = KeySteering(spec);
  keys_ = {};
  held_.reset();
  pressed_choice_ = -1;
  slid_ = false;
}

std::string YouKeys::Help(Interface* interface) const {
  if (!steering_.works()) return "You cannot play this by hand: " + steering_.why_not() + ".";
  const Keys& keys = interface->keys();
  return steering_.help() + "\n" + keys.Names("play") + " starts, " + keys.Names("take_back") +
         " pauses.";
}

void YouKeys::Hold(Interface* interface, const std::optional<ArrayMap>& action) {
  if (!action) {
    if (std::exchange(held_, std::nullopt)) interface->simulation().Hold(std::nullopt);
    return;
  }
  if (held_ && held_->BitEqual(*action)) return;
  held_ = action->Clone();
  interface->simulation().Hold(held_);
}

void YouKeys::Rest() {
  plays_ = false;
  if (std::exchange(navigation_off_, false)) {
    ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  }
}

void YouKeys::Leave(Interface* interface) {
  Hold(interface, std::nullopt);
  steering_.Forget();
  Rest();
}

SteeringKeys YouKeys::ReadKeys(Interface* interface) {
  std::array<bool, 5> down = {};
  for (size_t i = 0; i < down.size(); ++i) {
    down[i] = interface->keys().Down(kDirections[i]);
  }
  SteeringKeys keys{down[0], down[1], down[2],
                    down[3], down[4], std::exchange(pressed_choice_, -1)};  // which Draw sets again
  if (steering_.kind() == KeySteering::Kind::kNumbered && !ImGui::GetIO().WantTextInput) {
    for (int digit = 0; digit < 10; ++digit) {
      if (ImGui::IsKeyDown(static_cast<ImGuiKey>(ImGuiKey_0 + digit)) ||
          ImGui::IsKeyDown(static_cast<ImGuiKey>(ImGuiKey_Keypad0 + digit))) {
        keys.choice = digit;
      }
    }
  }
  return keys;
}

void YouKeys::Update(Interface* interface) {
  if (!steering_.works()) return;
  const Snapshot& now = interface->now();
  const bool plays = Plays(now);
  if (plays != plays_) {
    plays_ = plays;
    stopped_s_ = ImGui::GetTime();
    // The arrow keys and Space are for steering then, not for going through widgets.
    ImGuiIO& io = ImGui::GetIO();
    if (plays && (io.ConfigFlags & ImGuiConfigFlags_NavEnableKeyboard) != 0) {
      io.ConfigFlags &= ~ImGuiConfigFlags_NavEnableKeyboard;
      navigation_off_ = true;
    } else if (!plays && std::exchange(navigation_off_, false)) {
      io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    }
    // What started it (Space) is not meant to fire, what steered to its end not to step.
    interface->keys().WaitForRelease();
    if (!plays) {
      // Nothing is held while it stands still, unless it has gone back and what is known is to be
      // repeated. It may stand within a step, whose action is known.
      steering_.Forget();
      keys_ = {};
      if (now.step + 1 >= now.known) Hold(interface, steering_.Act({}, 0));
    }
  }
  if (!plays) {
    // Whoever still steers as it ends does not mean to go back in it.
    if (now.mode == Mode::kEnded && ImGui::GetTime() - stopped_s_ < kCalm_s) {
      interface->keys().SwitchOff("Simulation");
    }
    if (std::exchange(slid_, false)) Hold(interface, steering_.Act({}, 0));
    return;
  }
  Keys& keys = interface->keys();
  keys.SwitchOff("Simulation");
  keys.SwitchOff("Scene");
  if (keys.Pressed("take_back")) interface->simulation().Pause();
  keys_ = ReadKeys(interface);
  Hold(interface, steering_.Act(keys_, static_cast<double>(ImGui::GetIO().DeltaTime)));
}

void YouKeys::DrawKeyCaps() {
  using Kind = KeySteering::Kind;
  const Kind kind = steering_.kind();
  if (kind == Kind::kNumbered) return;
  const bool vertical =
      kind == Kind::kNamed || (kind == Kind::kContinuous && steering_.sliders().size() > 1);
  const bool fire = steering_.fires();
  const float cap = 1.9f * ImGui::GetFontSize(), gap = 0.2f * ImGui::GetFontSize();
  const float rows = vertical ? 2 : 1;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const auto key = [&](float column, float row, float wide, bool down, int direction) {
    const ImVec2 low(corner.x + column * (cap + gap), corner.y + row * (cap + gap));
    const ImVec2 high(low.x + wide * cap + (wide - 1) * gap, low.y + cap);
    const float round = ImGui::GetStyle().FrameRounding;
    draw->AddRectFilled(low, high,
                        ImGui::GetColorU32(down ? ImGuiCol_ButtonActive : ImGuiCol_FrameBg), round);
    draw->AddRect(low, high, ImGui::GetColorU32(ImGuiCol_Border), round);
    const ImU32 ink = ImGui::GetColorU32(down ? ImGuiCol_Text : ImGuiCol_TextDisabled);
    const ImVec2 middle((low.x + high.x) / 2, (low.y + high.y) / 2);
    if (direction < 0) {
      const ImVec2 text = ImGui::CalcTextSize("fire");
      draw->AddText({middle.x - text.x / 2, middle.y - text.y / 2}, ink, "fire");
      return;
    }
    static constexpr float kTurns[4][2] = {{0, -1}, {0, 1}, {-1, 0}, {1, 0}};
    const float ux = kTurns[direction][0], uy = kTurns[direction][1], r = cap * 0.2f;
    draw->AddTriangleFilled({middle.x + ux * r, middle.y + uy * r},
                            {middle.x - ux * r - uy * r, middle.y - uy * r + ux * r},
                            {middle.x - ux * r + uy * r, middle.y - uy * r - ux * r}, ink);
  };
  const float low_row = vertical ? 1 : 0;
  if (vertical) key(1, 0, 1, keys_.up, 0), key(1, 1, 1, keys_.down, 1);
  key(0, low_row, 1, keys_.left, 2);
  key(2, low_row, 1, keys_.right, 3);
  if (fire) key(3.5f, low_row, 3, keys_.fire, -1);
  ImGui::Dummy({(fire ? 6.5f : 3.0f) * (cap + gap), rows * (cap + gap)});
}

void YouKeys::DrawChoices(Interface* interface) {
  pressed_choice_ = -1;
  const bool plays = Plays(interface->now());
  const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
  for (int i = 0; i < steering_.choices(); ++i) {
    std::string label = steering_.ChoiceName(i);
    if (steering_.kind() == KeySteering::Kind::kTwoWay) label += i == 0 ? " left" : " right";
    if (steering_.kind() == KeySteering::Kind::kThreeWay) {
      label += i == 0 ? " left" : i == 1 ? " nothing" : " right";
    }
    const bool lit = plays && i == steering_.choice();
    if (lit) ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetColorU32(ImGuiCol_ButtonActive));
    const bool clicked = ImGui::Button((label + "##choice" + std::to_string(i)).c_str());
    if (lit) ImGui::PopStyleColor();
    if (ImGui::IsItemActive()) pressed_choice_ = i;
    ImGui::SetItemTooltip(plays ? "held while the button is" : "one step of it");
    if (clicked && !plays) {
      const std::optional<ArrayMap> action = steering_.Act({.choice = i}, 0);
      if (action) {
        interface->simulation().Decide(*action);
        interface->simulation().StepForward();
      }
      steering_.Forget();
    }
    if (i + 1 == steering_.choices()) break;
    const float next = ImGui::CalcTextSize(steering_.ChoiceName(i + 1).c_str()).x +
                       4 * ImGui::GetStyle().FramePadding.x;
    if (ImGui::GetItemRectMax().x + ImGui::GetStyle().ItemSpacing.x + next < right) {
      ImGui::SameLine();
    }
  }
}

void YouKeys::DrawSliders(Interface* interface) {
  for (size_t i = 0; i < steering_.sliders().size(); ++i) {
    KeySteering::Slider& slider = steering_.sliders()[i];
    ImGui::PushID(static_cast<int>(i));
    ImGui::SetNextItemWidth(-9 * ImGui::GetFontSize());
    if (ImGui::SliderScalar("##value", ImGuiDataType_Double, &slider.rest, &slider.low,
                            &slider.high, "%.2f")) {
      slid_ = true;
    }
    if (ImGui::IsItemClicked(ImGuiMouseButton_Right)) {
      slider.rest = std::clamp(0.0, slider.low, slider.high);
      slid_ = true;
    }
    ImGui::SetItemTooltip("played where no key is held; right click: back to 0");
    // What is played now.
    const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
    const auto share = static_cast<float>((slider.now - slider.low) / (slider.high - slider.low));
    const float x = low.x + (high.x - low.x) * std::clamp(share, 0.0f, 1.0f);
    const float half = ImGui::GetFontSize() * 0.1f;
    ImGui::GetWindowDrawList()->AddRectFilled({x - half, low.y}, {x + half, high.y},
                                              ImGui::GetColorU32(ImGuiCol_PlotHistogram));
    ImGui::SameLine();
    ImGui::Text("%s", slider.name.c_str());
    if (!slider.unit.empty()) {
      ImGui::SameLine();
      ImGui::TextDisabled("%s", slider.unit.c_str());
    }
    ImGui::PopID();
  }
  if (ImGui::Button("Centre")) {
    steering_.Centre();
    slid_ = true;
  }
  ImGui::SetItemTooltip("all sliders to 0");
  ImGui::SameLine();
  ImGui::BeginDisabled(Plays(interface->now()));
  if (ImGui::Button("One step")) {
    if (const auto action = steering_.Act({}, 0)) {
      interface->simulation().Decide(*action);
      interface->simulation().StepForward();
    }
  }
  ImGui::EndDisabled();
  ImGui::SetItemTooltip("with what the sliders say");
}

void YouKeys::Draw(Interface* interface) {
  if (!steering_.works()) {
    ImGui::TextWrapped("You cannot play this by hand: %s. Choose who plays in the panel Agent.",
                       steering_.why_not().c_str());
    return;
  }
  const Snapshot& now = interface->now();
  ImGui::TextWrapped("%s", steering_.help().c_str());
  const std::string play = interface->keys().Names("play");
  const std::string pause = interface->keys().Names("take_back");
  if (now.mode == Mode::kWaiting) {
    ImGui::TextColored(WarningColor(), "Press a key to begin; %s pauses.", pause.c_str());
  } else if (now.mode == Mode::kPlaying) {
    ImGui::TextDisabled("%s pauses, and gives the other keys back.", pause.c_str());
  } else if (now.mode == Mode::kEnded) {
    ImGui::TextDisabled("The episode is over: %s for another one.",
                        interface->keys().Names("next_seed").c_str());
  } else {
    ImGui::TextDisabled("%s starts; slower with %s.", play.c_str(),
                        interface->keys().Names("slower").c_str());
  }
  ImGui::Spacing();
  DrawKeyCaps();
  if (steering_.kind() == KeySteering::Kind::kContinuous) {
    DrawSliders(interface);
  } else {
    DrawChoices(interface);
  }
}

}  // namespace rookery::gui
