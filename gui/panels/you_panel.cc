// You panel: the person as an agent - mouse on a table, keys, buttons and sliders elsewhere.
#include <imgui.h>

#include <string>

#include "gui/interface.h"
#include "gui/panel.h"
#include "gui/panels/you_keys.h"
#include "gui/panels/you_table.h"

namespace rookery::gui {
namespace {

class YouPanel final : public Panel {
 public:
  void Update(Interface* interface) override;
  void Draw(Interface* interface) override;

 private:
  void Begin(Interface* interface);

  int64_t opened_ = 0;
  std::string env_;  // that is open
  bool was_person_ = false, table_ = false;
  YouTable by_mouse_;
  YouKeys by_keys_;
};

void YouPanel::Update(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.spec == nullptr) return;
  bool told = false;  // how to play this
  if (now.opened != opened_) {
    told = was_person_ && env_ == now.cast.env;
    env_ = now.cast.env;
    if (was_person_ && !table_) by_keys_.Start({});  // what was held for the last counts no more
    opened_ = now.opened;
    was_person_ = false;
    table_ = TableHand::Fits(*now.spec);
    if (table_) {
      by_mouse_.Start(now);
    } else {
      by_keys_.Start(*now.spec);
    }
  }
  const bool person = now.cast.agent == kPersonName && !now.replay;
  if (person && !was_person_ && !told) Begin(interface);
  if (!person && was_person_ && !table_) by_keys_.Leave(interface);
  was_person_ = person;
  if (!person) return;
  if (table_) {
    by_mouse_.Update(interface);
  } else {
    by_keys_.Update(interface);
  }
}

// The person begins to play.
void YouPanel::Begin(Interface* interface) {
  std::string help = table_ ? by_mouse_.Help() : by_keys_.Help(interface);
  const double best = table_ ? 1 : by_keys_.steering().best_speed();
  if (best < 1 && interface->simulation().speed() == 1) {
    interface->simulation().SetSpeed(best);
    help += " It goes slowly for now; " + interface->keys().Names("faster") + " is faster.";
  }
  interface->Say(help);
  interface->Show("You");
}

void YouPanel::Draw(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.spec == nullptr) {
    ImGui::TextWrapped("Open a task in the panel Task; then you can play it here yourself.");
    return;
  }
  if (!was_person_) {
    ImGui::TextWrapped(now.replay ? "A recording of %s is played." : "%s plays.",
                       now.cast.agent.c_str());
    const bool works = table_ || by_keys_.steering().works();
    ImGui::BeginDisabled(!works);
    if (ImGui::Button("Play yourself")) interface->LetPlay(PlayedBy(now.cast, kPersonName));
    ImGui::EndDisabled();
    ImGui::SetItemTooltip("you act from here on (%s)",
                          interface->keys().Names("take_over").c_str());
    const std::string help = table_ ? by_mouse_.Help() : by_keys_.Help(interface);
    ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled));
    ImGui::TextWrapped("%s", help.c_str());
    ImGui::PopStyleColor();
    return;
  }
  if (table_) {
    by_mouse_.Draw(interface);
  } else {
    by_keys_.Draw(interface);
  }
}

ROOKERY_REGISTER_PANEL(YouPanel, {.title = "You",
                                  .help = "play yourself, by mouse or keyboard",
                                  .place = Place::kRightBelow,
                                  .order = 10});

}  // namespace
}  // namespace rookery::gui
