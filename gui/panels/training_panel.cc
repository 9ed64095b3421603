#include "gui/panels/training_panel.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "gui/fonts.h"
#include "gui/interface.h"
#include "gui/theme.h"

namespace rookery::gui {
namespace {

constexpr char kTitle[] = "Training";

std::string DurationText(double seconds) {
  char text[48];
  if (seconds < 90) {
    std::snprintf(text, sizeof(text), "%.0f s", seconds);
  } else if (seconds < 5400) {
    std::snprintf(text, sizeof(text), "%.0f min", seconds / 60);
  } else {
    std::snprintf(text, sizeof(text), "%.1f h", seconds / 3600);
  }
  return text;
}

bool SameJson(const std::string& a, const std::string& b) {
  return nlohmann::json::parse(a, nullptr, false) == nlohmann::json::parse(b, nullptr, false);
}

long long Long(int64_t value) { return value; }

}  // namespace

void TrainingPanel::Attach(const std::string& folder) {
  const std::filesystem::path path(folder);
  // A trailing slash has no file name.
  const std::string clean = path.has_filename() ? path.string() : path.parent_path().string();
  if (monitor_ != nullptr && monitor_->folder() == clean) return;
  monitor_ = std::make_unique<RunMonitor>(clean);
  state_ = monitor_->Now();
  std::snprintf(path_, sizeof(path_), "%s", clean.c_str());
  acting_.clear();
  follow_ = false;
  tab_ = "Run";
}

void TrainingPanel::Search() {
  searched_ = true;
  if (!searching_.valid()) {
    searching_ = std::async(std::launch::async, [] { return FindTrainingRuns("runs"); });
  }
}

void TrainingPanel::Start(Interface* interface, const TrainingOrder& order) {
  if (busy()) return;
  std::vector<std::string> words = {interface->program()};
  words.insert(words.end(), order.words.begin(), order.words.end());
  try {
    child_ = std::make_unique<ChildProcess>(words);
  } catch (const std::exception& error) {
    interface->Say(error.what(), true);
    return;
  }
  order_ = order;
  child_ended_ = false;
  interface->Say(order.title + ": started");
  if (order.kind == TrainingOrder::Kind::kTrain) {
    Attach(order.folder);
  } else {
    tab_ = "Log";
  }
}

void TrainingPanel::ChildEnded(Interface* interface) {
  child_ended_ = true;
  const bool well = child_->trouble().empty();
  std::string text = order_.title + (well ? ": done" : ": ended with " + child_->trouble());
  // 130: it was interrupted, as a Ctrl-C does, and has saved.
  const bool stopped = child_->trouble() == "exit code 130";
  if (stopped) text = order_.title + ": stopped; it can go on from there";
  if (!well && !stopped && !child_->lines().empty()) text += ": " + child_->lines().back();
  interface->Say(text, !well && !stopped);
  if (order_.kind == TrainingOrder::Kind::kDemonstrations) {
    form_.Search();
    if (well) form_.ChooseDemonstrations(order_.folder);
  }
  Search();
}

void TrainingPanel::Remember(Interface* interface) {
  interface->settings().panels[kTitle] = plots_.ToJson();
}

void TrainingPanel::Update(Interface* interface) {
  if (!restored_) {
    restored_ = true;
    const nlohmann::json& all = interface->settings().panels;
    if (all.is_object() && all.contains(kTitle)) plots_.FromJson(all.at(kTitle));
  }
  if (searching_.valid() &&
      searching_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    runs_ = searching_.get();
  }
  if (child_ != nullptr) {
    child_->Poll();
    if (!child_->running() && !child_ended_) ChildEnded(interface);
  }
  if (monitor_ == nullptr) return;
  state_ = monitor_->Now();
  Follow(interface);
}

void TrainingPanel::Follow(Interface* interface) {
  const RunState& run = *state_;
  const Snapshot& now = interface->now();
  if (!follow_ || run.checkpoint.empty() || run.checkpoint == acting_ || now.busy) return;
  const std::string step = std::to_string(run.checkpoint_step);
  const bool same = now.spec != nullptr && !now.replay && now.cast.env == run.env &&
                    SameJson(now.cast.env_config, run.env_config);
  if (!same && !acting_.empty()) {
    follow_ = false;
    interface->Say("Another task is open, so the run's checkpoints do not act any more.");
    return;
  }
  Cast cast = PlayedBy(now.cast, "");
  cast.checkpoint = run.checkpoint;
  if (!same) {
    try {
      cast = {.env = run.env,
              .env_settings = SettingsFromJson(FindEnv(run.env), run.env_config),
              .agent = run.agent,
              .checkpoint = run.checkpoint};
    } catch (const std::exception& error) {  // a run of another version, or of a missing plugin
      follow_ = false;
      interface->Say(error.what(), true);
      return;
    }
    interface->Open(cast, 1);
  } else if (now.step == 0 || now.mode == Mode::kEnded) {
    interface->simulation().SetAgent(cast);
  } else {
    interface->simulation().SetNextAgent(cast);
    interface->Say("Checkpoint " + step + " acts from the next episode on.");
  }
  acting_ = run.checkpoint;
}

void TrainingPanel::DrawRuns(Interface* interface) {
  if (!searched_) Search();
  for (const TrainingRun& run : runs_) {
    const bool chosen = monitor_ != nullptr && monitor_->folder() == run.folder;
    if (ImGui::Selectable(run.folder.c_str(), chosen)) {
      Attach(run.folder);
      interface->settings().Remember(run.folder);
    }
    ImGui::SetItemTooltip("%s on %s, %lld updates", run.agent.c_str(), run.env.c_str(),
                          Long(run.steps));
  }
  if (runs_.empty()) ImGui::TextDisabled("There are no runs in runs/ yet.");
}

void TrainingPanel::DrawRunPicker(Interface* interface) {
  const float button = ImGui::GetFrameHeight();
  ImGui::SetNextItemWidth(-button - ImGui::GetStyle().ItemInnerSpacing.x);
  if (ImGui::InputTextWithHint("##run", "folder of a run, then Enter", path_, sizeof(path_),
                               ImGuiInputTextFlags_EnterReturnsTrue) &&
      path_[0] != '\0') {
    Attach(path_);
    interface->settings().Remember(path_);
  }
  ImGui::SetItemTooltip("%s", path_[0] == '\0' ? "folder of a training run" : path_);
  ImGui::SameLine(0, ImGui::GetStyle().ItemInnerSpacing.x);
  if (ImGui::ArrowButton("##runs", ImGuiDir_Down)) {
    Search();
    ImGui::OpenPopup("runs");
  }
  ImGui::SetItemTooltip("runs in runs/");
  if (ImGui::BeginPopup("runs")) {
    DrawRuns(interface);
    ImGui::EndPopup();
  }
}

void TrainingPanel::DrawFacts(Interface* interface) {
  const RunState& run = *state_;
  ImGui::TextUnformatted(run.agent.c_str());
  ImGui::SameLine();
  ImGui::TextColored(
      run.running || run.done() ? GoodColor() : ImGui::GetStyleColorVec4(ImGuiCol_TextDisabled),
      "%s",
      run.running  ? "running"
      : run.done() ? "done"
                   : "stopped");
  if (ImGui::BeginItemTooltip()) {
    ImGui::Text("on %s\nfrom %s", run.env.c_str(), run.data.empty() ? "nothing" : run.data.c_str());
    for (const auto& [name, value] : run.settings) {
      ImGui::TextDisabled("%s = %s", name.c_str(), value.c_str());
    }
    ImGui::EndTooltip();
  }
  char text[96];
  int size =
      std::snprintf(text, sizeof(text), "%lld / %lld", Long(run.step), Long(run.asked_steps));
  if (run.running && run.steps_per_s > 0 && size > 0) {
    const double left_s = static_cast<double>(run.asked_steps - run.step) / run.steps_per_s;
    std::snprintf(text + size, sizeof(text) - static_cast<size_t>(size), ", %s left",
                  DurationText(std::max(0.0, left_s)).c_str());
  }
  const float share =
      run.asked_steps > 0 ? static_cast<float>(run.step) / static_cast<float>(run.asked_steps) : 0;
  ImGui::PushStyleColor(ImGuiCol_PlotHistogram, ImGui::GetStyleColorVec4(ImGuiCol_Header));
  ImGui::ProgressBar(share, {-FLT_MIN, 0}, text);  // in a colour that its text is read on
  ImGui::PopStyleColor();
  ImGui::SetItemTooltip("%.3g steps/s now; %s in all up to the newest checkpoint", run.steps_per_s,
                        DurationText(run.seconds).c_str());
  ImGui::BeginDisabled(run.env.empty());
  if (ImGui::Checkbox("latest checkpoint acts", &follow_)) {
    acting_.clear();
    if (follow_ && run.checkpoint.empty()) {
      interface->Say("The first checkpoint acts as soon as it is there.");
    }
  }
  ImGui::SetItemTooltip(
      "opens the run's task; whenever there is a newer checkpoint, it acts from the next episode "
      "on");
  ImGui::EndDisabled();
  DrawButtons(interface);
  DrawResults();
}

void TrainingPanel::DrawResults() {
  const RunState& run = *state_;
  if (run.checkpoint.empty()) {
    ImGui::TextDisabled("no checkpoint yet");
  } else {
    ImGui::Text("checkpoint at %lld", Long(run.checkpoint_step));
    ImGui::SetItemTooltip("%s", run.checkpoint.c_str());
  }
  if (!run.validation.empty()) {
    const auto& [last_step, last] = run.validation.back();
    ImGui::Text("validation %.3g at %lld", last, Long(last_step));
    ImGui::SetItemTooltip("%s", run.validated_on.c_str());
    for (const auto& [step, score] : run.validation) {
      if (step == run.best_step)
        ImGui::TextColored(GoodColor(), "best %.3g at %lld", score, Long(step));
    }
  }
  for (const RunEvaluation& evaluation : run.evaluations) {
    const std::string name = std::filesystem::path(evaluation.folder).filename().string();
    if (std::isnan(evaluation.success_rate)) {
      ImGui::Text("%s: mean %.3g of %lld", name.c_str(), evaluation.mean_score,
                  Long(evaluation.episodes));
    } else {
      ImGui::Text("%s: %.0f %% of %lld", name.c_str(), 100 * evaluation.success_rate,
                  Long(evaluation.episodes));
    }
    ImGui::SetItemTooltip("mean score %.3g\n%s\n%s/report.html", evaluation.mean_score,
                          evaluation.checkpoint.c_str(), evaluation.folder.c_str());
  }
}

void TrainingPanel::DrawStop() {
  if (!busy()) return;
  if (ImGui::Button("Stop")) child_->Interrupt();
  ImGui::SetItemTooltip("%s: saves a checkpoint and ends; it can go on from there",
                        order_.folder.c_str());
}

void TrainingPanel::DrawButtons(Interface* interface) {
  const RunState& run = *state_;
  if (busy() && order_.folder == run.folder) {
    DrawStop();
    return;
  }
  if (interface->program().empty() || busy()) return;
  if (!run.running && !run.done() && !run.command.empty()) {
    if (ImGui::Button("Go on")) {
      try {
        Start(interface, ContinueOrder(run.command, run.folder));
      } catch (const std::exception& error) {
        interface->Say(error.what(), true);
      }
    }
    ImGui::SetItemTooltip("the same command again:\n%s", run.command.c_str());
    ImGui::SameLine();
  }
  if (run.checkpoint.empty()) return;
  if (ImGui::Button("Evaluate")) {
    TrainingOrder order{TrainingOrder::Kind::kEvaluate,
                        "evaluation of " + run.folder,
                        run.folder + "/eval",
                        {"eval", run.env, "--checkpoint", run.folder, "--episodes", "20", "--out",
                         run.folder + "/eval"}};
    try {
      for (const std::string& setting : SettingsFromJson(FindEnv(run.env), run.env_config)) {
        order.words.insert(order.words.end(), {"--set", "env." + setting});
      }
      Start(interface, order);
    } catch (const std::exception& error) {
      interface->Say(error.what(), true);
    }
  }
  ImGui::SetItemTooltip("its best checkpoint on 20 seeds that it has never seen");
}

void TrainingPanel::DrawRun(Interface* interface) {
  const float em = ImGui::GetFontSize();
  if (monitor_ == nullptr) {
    ImGui::TextWrapped(
        "No run is watched. Choose one of those below, type its folder, or start a training in "
        "the tab Start.");
    ImGui::SetNextItemWidth(24 * em);
    DrawRunPicker(interface);
    DrawRuns(interface);
    return;
  }
  if (ImGui::BeginChild("facts", {std::min(17 * em, ImGui::GetContentRegionAvail().x / 2), 0})) {
    DrawRunPicker(interface);
    if (state_->trouble.empty()) {
      DrawFacts(interface);
    } else {
      DrawStop();
    }
  }
  ImGui::EndChild();
  ImGui::SameLine();
  if (ImGui::BeginChild("curves")) {
    if (!state_->trouble.empty()) {
      ImGui::TextWrapped("%s", state_->trouble.c_str());
      if (busy()) ImGui::TextDisabled("It was just started: its log is in the tab Log.");
    } else {
      plots_.Draw(state_->metrics);
    }
  }
  ImGui::EndChild();
}

void TrainingPanel::DrawLog() {
  if (child_ == nullptr) {
    ImGui::TextDisabled("What a training says that was started here.");
    return;
  }
  if (busy()) {
    DrawStop();
    ImGui::SameLine();
  }
  ImGui::AlignTextToFramePadding();
  const bool well = child_->trouble().empty();
  ImGui::TextColored(well ? GoodColor() : BadColor(), "%s",
                     busy() ? "running"
                     : well ? "done"
                            : child_->trouble().c_str());
  ImGui::SameLine();
  const std::string command = "rookery " + ShellText(order_.words);
  ImGui::TextDisabled("%s", command.c_str());
  ImGui::SetItemTooltip("%s", command.c_str());
  if (ImGui::BeginChild("lines", {0, 0}, ImGuiChildFlags_Borders,
                        ImGuiWindowFlags_HorizontalScrollbar)) {
    ImGui::PushFont(MonoFont(), 0);
    const bool at_end = ImGui::GetScrollY() >= ImGui::GetScrollMaxY();
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(child_->lines().size()));
    while (clipper.Step()) {
      for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
        ImGui::TextUnformatted(child_->lines()[static_cast<size_t>(i)].c_str());
      }
    }
    if (at_end) ImGui::SetScrollHereY(1);
    ImGui::PopFont();
  }
  ImGui::EndChild();
}

void TrainingPanel::Draw(Interface* interface) {
  if (!ImGui::BeginTabBar("training")) return;
  const auto begin = [&](const char* name) {
    ImGuiTabItemFlags flags = 0;
    if (tab_ == name) {
      flags = ImGuiTabItemFlags_SetSelected;
      tab_.clear();
    }
    return ImGui::BeginTabItem(name, nullptr, flags);
  };
  if (begin("Run")) {
    DrawRun(interface);
    ImGui::EndTabItem();
  }
  if (begin("Start")) {
    if (interface->program().empty()) {
      ImGui::TextWrapped("Trainings are started by rookery view only.");
    } else if (const auto order = form_.Draw(interface->now(), busy())) {
      Start(interface, *order);
    }
    ImGui::EndTabItem();
  }
  if (begin("Log")) {
    DrawLog();
    ImGui::EndTabItem();
  }
  ImGui::EndTabBar();
  Remember(interface);
}

ROOKERY_REGISTER_PANEL(TrainingPanel, {.title = kTitle,
                                       .help = "training runs: watched, started, acting",
                                       .place = Place::kBottom,
                                       .order = 60});

}  // namespace rookery::gui
