#include "gui/panels/compare_panel.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "core/registry.h"
#include "gui/interface.h"
#include "gui/theme.h"

namespace rookery::gui {
namespace {

constexpr char kTitle[] = "Compare";

// "transporter, runs/red" or "oracle".
std::string Name(const Cast& cast) {
  if (cast.checkpoint.empty()) return cast.agent;
  const std::filesystem::path path(cast.checkpoint);
  const std::string file = path.filename().string();
  return cast.agent.empty() ? file : cast.agent + ", " + file;
}

// The next item follows on this line where `width` more are left, else it begins the next.
void BesideIfRoom(float width) {
  const float right = ImGui::GetCursorScreenPos().x + ImGui::GetContentRegionAvail().x;
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  if (ImGui::GetItemRectMax().x + gap + width <= right) ImGui::SameLine();
}

ImTextureRef Ref(unsigned texture) { return ImTextureRef(static_cast<ImTextureID>(texture)); }

}  // namespace

void ComparePanel::Choose(const Cast& cast) {
  if (lockstep_ == nullptr) lockstep_ = std::make_unique<Lockstep>();
  lockstep_->Choose(cast);
  other_ = lockstep_->simulation().Now();
}

void ComparePanel::Update(Interface* interface) {
  if (searching_.valid() &&
      searching_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    runs_ = searching_.get();
  }
  if (lockstep_ == nullptr) return;
  if (!interface->IsShown(kTitle)) {
    lockstep_->Rest();
    return;
  }
  const Snapshot& now = interface->now();
  lockstep_->Follow(interface->simulation(), now);
  other_ = lockstep_->simulation().Now();
  if (now.scene != nullptr && now.opened != fitted_) {
    fitted_ = now.opened;
    center_ = now.scene->light.center;
    camera_.Fit(*now.scene);
    // As the Scene panel does.
    const bool workspace = !(now.scene->workspace_low == now.scene->workspace_high);
    if (!workspace && !now.scene->cameras.empty()) {
      camera_.Follow(now.scene->cameras[0], *now.scene);
    }
  }
}

void ComparePanel::DrawChoice(Interface* interface) {
  const Snapshot& now = interface->now();
  const bool chosen = lockstep_ != nullptr && lockstep_->chosen();
  ImGui::AlignTextToFramePadding();
  ImGui::Text("%s  and", Name(now.cast).c_str());
  BesideIfRoom(9 * ImGui::GetFontSize());
  ImGui::SetNextItemWidth(std::min(14 * ImGui::GetFontSize(), ImGui::GetContentRegionAvail().x));
  const std::string preview = chosen ? Name(lockstep_->cast()) : "choose another agent";
  if (ImGui::BeginCombo("##other", preview.c_str(), ImGuiComboFlags_HeightLarge)) {
    if (ImGui::IsWindowAppearing() && !searching_.valid()) {
      searching_ = std::async(std::launch::async, [] { return FindTrainingRuns("runs"); });
    }
    for (const AgentEntry* entry : ListAgents()) {
      const std::string reason = entry->unsupported ? entry->unsupported(*now.spec) : "";
      ImGui::BeginDisabled(!reason.empty());
      const bool is =
          chosen && lockstep_->cast().checkpoint.empty() && lockstep_->cast().agent == entry->name;
      if (ImGui::Selectable(entry->name.c_str(), is))
        Choose({.env = now.cast.env, .agent = entry->name});
      ImGui::EndDisabled();
      if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip |
                               ImGuiHoveredFlags_AllowWhenDisabled)) {
        ImGui::SetTooltip("%s", reason.empty() ? entry->summary.c_str() : reason.c_str());
      }
    }
    ImGui::SeparatorText("checkpoints");
    for (const TrainingRun& run : runs_) {
      if (run.steps == 0 || run.env != now.cast.env) continue;
      const bool is = chosen && lockstep_->cast().checkpoint == run.folder;
      if (ImGui::Selectable(run.folder.c_str(), is)) {
        Choose({.env = run.env, .agent = run.agent, .checkpoint = run.folder});
      }
    }
    ImGui::SetNextItemWidth(-FLT_MIN);
    if (ImGui::InputTextWithHint("##path", "file or run folder, then Enter", path_, sizeof(path_),
                                 ImGuiInputTextFlags_EnterReturnsTrue) &&
        path_[0] != '\0') {
      Choose({.env = now.cast.env, .agent = "", .checkpoint = path_});
      ImGui::CloseCurrentPopup();
    }
    ImGui::EndCombo();
  }
}

void ComparePanel::DrawDifference(Interface* interface) {
  const FirstDifference& difference = lockstep_->difference();
  if (difference.step < 0) {
    if (difference.compared >= 0) {
      const std::string text = "the same up to step " + std::to_string(difference.compared);
      BesideIfRoom(ImGui::CalcTextSize(text.c_str()).x);
      ImGui::TextDisabled("%s", text.c_str());
    }
    return;
  }
  const std::string step = "step " + std::to_string(difference.step);
  BesideIfRoom(ImGui::CalcTextSize(step.c_str()).x + 2 * ImGui::GetStyle().FramePadding.x);
  if (ImGui::Button((step + "###difference").c_str())) {
    interface->simulation().Seek(difference.step);
  }
  ImGui::SetItemTooltip("the first step at which they differ; goes there");
  char numbers[64];
  std::snprintf(numbers, sizeof(numbers), ": %.4g and %.4g", static_cast<double>(difference.first),
                static_cast<double>(difference.second));
  const std::string text = difference.name + numbers;
  BesideIfRoom(ImGui::CalcTextSize(text.c_str()).x);
  ImGui::TextDisabled("%s", text.c_str());
  ImGui::SetItemTooltip("%s", text.c_str());
}

void ComparePanel::UseMouse() {
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsItemHovered() && io.MouseWheel != 0)
    camera_.Zoom(static_cast<double>(io.MouseWheel));
  if (!ImGui::IsItemActive()) return;
  const double right = static_cast<double>(io.MouseDelta.x);
  const double down = static_cast<double>(io.MouseDelta.y);
  if (ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2)) {
    camera_.Orbit(right, down);
  } else if (ImGui::IsMouseDragging(ImGuiMouseButton_Right, 2) ||
             ImGui::IsMouseDragging(ImGuiMouseButton_Middle, 2)) {
    const ImVec2 size = ImGui::GetItemRectSize();
    camera_.Pan(right, down, static_cast<int>(std::min(size.x, size.y)));
  }
}

void ComparePanel::DrawScene(Interface* interface, const Scene& scene, Side* side, float width,
                             float height) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::InvisibleButton("view", {width, height},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                             ImGuiButtonFlags_MouseButtonMiddle);
  ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
  UseMouse();
  const float pixels = std::max(ImGui::GetIO().DisplayFramebufferScale.x, 0.25f);
  SceneStyle style;
  const ImVec4 ground = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
  style.background = {ground.x, ground.y, ground.z};
  try {
    if (side->renderer == nullptr) side->renderer = std::make_unique<SceneRenderer>();
    const int columns = std::max(1, static_cast<int>(width * pixels));
    const int rows = std::max(1, static_cast<int>(height * pixels));
    OrbitCamera camera = camera_;
    camera.Move(scene.light.center - center_);
    side->renderer->Render(scene, camera.ToCamera(columns, rows), style);
  } catch (const std::exception& error) {
    if (trouble_ != error.what()) interface->Say(error.what(), true);
    trouble_ = error.what();
    return;
  }
  // Its first row is the lowest.
  ImGui::GetWindowDrawList()->AddImage(Ref(side->renderer->texture()), at,
                                       {at.x + width, at.y + height}, {0, 1}, {1, 0});
}

void ComparePanel::DrawSide(Interface* interface, const Snapshot& snapshot, Side* side, float width,
                            float height) {
  const bool narrow = width < 30 * ImGui::GetFontSize();  // who and how far on lines of their own
  const float text = (narrow ? 3.1f : 2.1f) * ImGui::GetTextLineHeightWithSpacing();
  const float room =
      std::max(2 * ImGui::GetFontSize(), height - text - ImGui::GetStyle().ItemSpacing.y);
  ImGui::BeginGroup();
  if (snapshot.screen != nullptr) {
    side->screen.Set(*snapshot.screen, false);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const auto columns = static_cast<float>(side->screen.width());
    const auto rows = static_cast<float>(side->screen.height());
    const float scale = std::min(width / columns, room / rows);
    const ImVec2 from = {at.x + (width - columns * scale) / 2, at.y + (room - rows * scale) / 2};
    ImGui::GetWindowDrawList()->AddImage(Ref(side->screen.texture()), from,
                                         {from.x + columns * scale, from.y + rows * scale});
    ImGui::Dummy({width, room});
  } else if (snapshot.scene != nullptr) {
    DrawScene(interface, *snapshot.scene, side, width, room);
  } else {
    ImGui::Dummy({width, room});
  }
  // Clipped by a window of its own: lines that wrapped in so little room would be read by nobody.
  if (ImGui::BeginChild("status", {width, text}, 0,
                        ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse)) {
    DrawStatus(snapshot, narrow);
  }
  ImGui::EndChild();
  ImGui::EndGroup();
}

void ComparePanel::DrawStatus(const Snapshot& snapshot, bool narrow) {
  const std::string name = Name(snapshot.cast);
  char progress[96];
  std::snprintf(progress, sizeof(progress), "step %lld  return %.4g",
                static_cast<long long>(snapshot.step), snapshot.progress.score);
  const bool failed = snapshot.spec == nullptr || snapshot.mode == Mode::kFailed;
  const std::string& said = failed ? snapshot.message : snapshot.sentence;
  if (snapshot.spec == nullptr) {
    ImGui::TextUnformatted(said.empty() ? "opening ..." : said.c_str());
  } else {
    const bool knows = snapshot.result != nullptr && snapshot.result->info.Has("success");
    const bool ended = snapshot.mode == Mode::kEnded, solved = snapshot.progress.success;
    ImGui::TextUnformatted(name.c_str());
    if (!narrow) ImGui::SameLine();
    if (knows && (ended || solved)) {
      ImGui::TextColored(solved ? GoodColor() : BadColor(), "%s", solved ? "solved" : "not solved");
      ImGui::SameLine();
    } else if (ended) {
      ImGui::TextDisabled("ended");
      ImGui::SameLine();
    }
    ImGui::TextDisabled("%s", progress);
    if (failed) {
      ImGui::TextColored(BadColor(), "%s", said.c_str());
    } else {
      ImGui::TextDisabled("%s", said.c_str());
    }
  }
  if (ImGui::IsWindowHovered() && ImGui::BeginTooltip()) {
    ImGui::PushTextWrapPos(28 * ImGui::GetFontSize());
    ImGui::Text("%s\n%s", name.c_str(), progress);
    if (!said.empty()) ImGui::TextUnformatted(said.c_str());
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
  }
}

void ComparePanel::Draw(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.spec == nullptr) {
    ImGui::TextWrapped("Open a task first; then choose here who plays the same seed beside.");
    return;
  }
  DrawChoice(interface);
  if (lockstep_ == nullptr || !lockstep_->chosen()) {
    ImGui::TextWrapped(
        "Choose another agent, or a checkpoint: it plays the same seed, and goes with the first "
        "one step by step.");
    return;
  }
  DrawDifference(interface);
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const float width = std::floor((room.x - gap) / 2);
  if (width < 8 || room.y < 8) return;
  ImGui::PushID("left");
  DrawSide(interface, now, &left_, width, room.y);
  ImGui::PopID();
  ImGui::SameLine();
  ImGui::PushID("right");
  DrawSide(interface, *other_, &right_, width, room.y);
  ImGui::PopID();
}

ROOKERY_REGISTER_PANEL(ComparePanel, {.title = kTitle,
                                      .help = "another agent on the same seed, step by step",
                                      .place = Place::kCenter,
                                      .order = 50,
                                      .open = false});

}  // namespace rookery::gui
