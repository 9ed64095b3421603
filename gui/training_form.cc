#include "gui/training_form.h"

#include <imgui.h>

#include <algorithm>
#include <cfloat>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/subprocess.h"

namespace rookery::gui {
namespace {

namespace fs = std::filesystem;

constexpr char kFirstLearner[] = "transporter";  // proposed where it can learn

// "Ravens/BlockInsertion-v0" as part of a file name.
std::string FileName(std::string text) {
  std::replace(text.begin(), text.end(), '/', '-');
  return text;
}

void Put(const std::string& text, char* field, size_t size) {
  std::snprintf(field, size, "%s", text.c_str());
}

// A folder that is not there yet.
std::string FreshFolder(const std::string& base) {
  std::string folder = base;
  std::error_code error;
  for (int i = 2; fs::exists(folder, error); ++i) folder = base + "_" + std::to_string(i);
  return folder;
}

// How many episodes a folder has; 0 when it is no set of demonstrations.
int64_t EpisodesIn(const std::string& folder) {
  std::error_code error;
  for (const DemonstrationSet& set : FindDemonstrations(folder)) {
    if (fs::equivalent(set.folder, folder, error)) return set.episodes;
  }
  return 0;
}

bool Number(const char* label, const char* help, int64_t least, int64_t* value) {
  ImGui::TableNextColumn();
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(label);
  ImGui::SetItemTooltip("%s", help);
  ImGui::TableNextColumn();
  ImGui::SetNextItemWidth(-FLT_MIN);
  ImS64 number = *value;
  const bool changed = ImGui::InputScalar((std::string("##") + label).c_str(), ImGuiDataType_S64,
                                          &number, nullptr, nullptr, "%lld");
  ImGui::SetItemTooltip("%s", help);
  if (changed) *value = std::max<int64_t>(least, number);
  return changed;
}

void RowLabel(const char* label, const char* help) {
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(label);
  ImGui::SetItemTooltip("%s", help);
  ImGui::TableNextColumn();
  ImGui::SetNextItemWidth(-FLT_MIN);
}

void AddSettings(const std::string& prefix, const std::vector<std::string>& settings,
                 std::vector<std::string>* words) {
  for (const std::string& setting : settings) {
    words->push_back("--set");
    words->push_back(prefix + setting);
  }
}

}  // namespace

std::vector<std::string> SettingsFromJson(const EnvEntry& entry, const std::string& json) {
  const std::unique_ptr<Config> standard = entry.make_config(), config = entry.make_config();
  ConfigFromJson(*config, nlohmann::json::parse(json), entry.id);
  const std::vector<FieldInfo> before = ListFields(*standard), after = ListFields(*config);
  std::vector<std::string> settings;
  for (size_t i = 0; i < after.size(); ++i) {
    if (after[i].value != before[i].value) {
      settings.push_back(after[i].name + "=" + after[i].value);
    }
  }
  return settings;
}

TrainingOrder ContinueOrder(const std::string& command, const std::string& folder) {
  TrainingOrder order{TrainingOrder::Kind::kTrain, "training goes on", folder, {}};
  const std::vector<std::string> words = ShellWords(command);
  for (size_t i = 1; i < words.size(); ++i) {  // the first is the program
    if (words[i] == "--out") {
      ++i;
    } else if (!words[i].starts_with("--out=") && words[i] != "--json") {
      order.words.push_back(words[i]);
    }
  }
  order.words.insert(order.words.end(), {"--out", folder});
  return order;
}

void TrainingForm::Search() {
  if (searching_.valid()) return;
  searching_ = std::async(std::launch::async, [] {
    std::vector<DemonstrationSet> sets = FindDemonstrations("demos"),
                                  more = FindDemonstrations("runs");
    sets.insert(sets.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
    return sets;
  });
}

void TrainingForm::ChooseDemonstrations(const std::string& folder) {
  Put(folder, demonstrations_, sizeof(demonstrations_));
}

void TrainingForm::ChooseAgent(const AgentEntry& entry, size_t profile) {
  agent_ = &entry;
  profile_ = profile;
  std::vector<std::string> settings;
  if (!entry.profiles.empty()) settings.push_back("profile=" + entry.profiles[profile].name);
  const std::unique_ptr<Config> config = MakeAgentConfig(entry, settings);
  editor_.Start(config.get(), {});
  editor_.Remove("profile");
  editor_.Remove("steps");
  editor_.Remove("threads");
  const nlohmann::json values = ConfigToJson(*config);
  if (const auto steps = values.find("steps"); steps != values.end() && steps->is_number()) {
    steps_ = steps->get<int64_t>();
  }
  ProposeFolder();
}

// The name that `rookery train` gives, or one like it that is free.
void TrainingForm::ProposeFolder() {
  proposed_ = FreshFolder("runs/train_" + FileName(env_ + "_" + agent_->name));
  Put(proposed_, out_, sizeof(out_));
}

void TrainingForm::ChooseTask(const Snapshot& now) {
  env_ = now.cast.env;
  demonstrations_[0] = '\0';
  const auto fits = [&](const AgentEntry& entry) {
    return entry.learns && (!entry.unsupported || entry.unsupported(*now.spec).empty());
  };
  if (agent_ != nullptr && fits(*agent_)) {
    ChooseAgent(*agent_, profile_);
  } else {
    const AgentEntry* best = nullptr;
    for (const AgentEntry* entry : ListAgents()) {
      if (!fits(*entry)) continue;
      if (best == nullptr || entry->name == kFirstLearner) best = entry;
    }
    agent_ = nullptr;
    if (best != nullptr) ChooseAgent(*best, 0);
  }
  Search();
}

void TrainingForm::DrawLearner(const Snapshot& now) {
  RowLabel("learner", "what is trained");
  if (ImGui::BeginCombo("##learner", agent_ != nullptr ? agent_->name.c_str() : "choose one")) {
    bool any = false;
    for (const AgentEntry* entry : ListAgents()) {
      if (!entry->learns) continue;
      any = true;
      const std::string reason = entry->unsupported ? entry->unsupported(*now.spec) : "";
      ImGui::BeginDisabled(!reason.empty());
      if (ImGui::Selectable(entry->name.c_str(), entry == agent_)) ChooseAgent(*entry, 0);
      ImGui::EndDisabled();
      if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip |
                               ImGuiHoveredFlags_AllowWhenDisabled)) {
        ImGui::SetTooltip("%s%s%s", entry->summary.c_str(),
                          reason.empty() ? "" : "\nNot here: ", reason.c_str());
      }
    }
    if (!any) ImGui::TextDisabled("This program was built without learners.");
    ImGui::EndCombo();
  }
  if (agent_ == nullptr || agent_->profiles.empty()) return;
  RowLabel("profile", "settings under one name, the others lie above it");
  if (ImGui::BeginCombo("##profile", agent_->profiles[profile_].name.c_str())) {
    for (size_t i = 0; i < agent_->profiles.size(); ++i) {
      const Profile& profile = agent_->profiles[i];
      if (ImGui::Selectable(profile.name.c_str(), i == profile_)) ChooseAgent(*agent_, i);
      ImGui::SetItemTooltip("%s", profile.summary.c_str());
    }
    ImGui::EndCombo();
  }
}

std::optional<TrainingOrder> TrainingForm::DrawDemonstrations(const Snapshot& now, bool busy) {
  std::optional<TrainingOrder> order;
  RowLabel("demonstrations", "folder of recorded episodes that it learns from");
  ImGui::InputTextWithHint("##demonstrations", "folder", demonstrations_, sizeof(demonstrations_));
  bool fits = false;
  for (const DemonstrationSet& set : found_) {
    if (set.env != now.cast.env || set.episodes == 0) continue;
    fits = true;
    const std::string text = set.folder + " (" + std::to_string(set.episodes) + ")";
    if (ImGui::Selectable(text.c_str(), set.folder == demonstrations_)) {
      ChooseDemonstrations(set.folder);
    }
    ImGui::SetItemTooltip("%lld episodes by %s", static_cast<long long>(set.episodes),
                          set.agent.c_str());
  }
  if (fits && demonstrations_[0] == '\0') {
    for (const DemonstrationSet& set : found_) {
      if (set.env == now.cast.env && set.episodes > 0) ChooseDemonstrations(set.folder);
    }
  }
  if (!now.spec->has_oracle) {
    if (fits) return order;
    ImGui::TextDisabled("record your own");
    ImGui::SetItemTooltip("no oracle makes some here; the panel Record keeps episodes");
    return order;
  }
  const float em = ImGui::GetFontSize();
  ImGui::SetNextItemWidth(4 * em);
  ImS64 episodes = demo_episodes_;
  if (ImGui::InputScalar("##episodes", ImGuiDataType_S64, &episodes, nullptr, nullptr, "%lld")) {
    demo_episodes_ = std::max<int64_t>(1, episodes);
  }
  ImGui::SameLine();
  ImGui::BeginDisabled(busy);
  const auto chosen = std::find_if(found_.begin(), found_.end(), [&](const DemonstrationSet& set) {
    return set.folder == demonstrations_;
  });
  const int64_t there = chosen != found_.end() ? chosen->episodes : 0;
  if (ImGui::Button(there > 0 ? "Make more###make" : "Make some###make")) {
    const std::string folder =
        demonstrations_[0] != '\0' ? demonstrations_ : "runs/demos_" + FileName(now.cast.env);
    // The command is told how many there are to be in all; the list may be old.
    const std::string all = std::to_string(EpisodesIn(folder) + demo_episodes_);
    order = {TrainingOrder::Kind::kDemonstrations,
             std::to_string(demo_episodes_) + " demonstrations of " + now.cast.env,
             folder,
             {"demos", now.cast.env, "--episodes", all, "--out", folder}};
    AddSettings("env.", SettingsFromJson(FindEnv(now.cast.env), now.cast.env_config),
                &order->words);
  }
  ImGui::SetItemTooltip("so many more episodes that the oracle solves, next to the %lld there",
                        static_cast<long long>(there));
  ImGui::EndDisabled();
  return order;
}

TrainingOrder TrainingForm::TrainOrder(const Snapshot& now) const {
  TrainingOrder order{TrainingOrder::Kind::kTrain, "training " + agent_->name, out_, {}};
  order.words = {
      "train",  agent_->name,          "--env", now.cast.env, "--steps", std::to_string(steps_),
      "--seed", std::to_string(seed_), "--out", out_};
  const auto add = [&](const char* option, int64_t value) {
    order.words.insert(order.words.end(), {option, std::to_string(value)});
  };
  if (agent_->needs_episodes) {
    order.words.insert(order.words.end(), {"--episodes-dir", demonstrations_});
  }
  if (checkpoint_every_ > 0) add("--checkpoint-every", checkpoint_every_);
  if (validate_ > 0) add("--validate-episodes", validate_);
  if (threads_ > 1) add("--threads", threads_);
  AddSettings("env.", SettingsFromJson(FindEnv(now.cast.env), now.cast.env_config), &order.words);
  std::vector<std::string> settings = editor_.Settings();
  if (profile_ > 0) settings.insert(settings.begin(), "profile=" + agent_->profiles[profile_].name);
  AddSettings("agent.", settings, &order.words);
  return order;
}

std::optional<TrainingOrder> TrainingForm::Draw(const Snapshot& now, bool busy) {
  if (now.spec == nullptr) {
    ImGui::TextWrapped("Open the task that is to be learned; then choose here who learns it.");
    return std::nullopt;
  }
  if (searching_.valid() &&
      searching_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    found_ = searching_.get();
  }
  if (env_ != now.cast.env) {
    ChooseTask(now);
  } else if (agent_ != nullptr && drawn_ + 1 < ImGui::GetFrameCount() && out_ == proposed_) {
    ProposeFolder();  // it may have been taken since the form was last seen
  }
  drawn_ = ImGui::GetFrameCount();
  std::optional<TrainingOrder> order;
  const char* lacks = agent_ == nullptr ? "Choose a learner."
                      : agent_->needs_episodes && demonstrations_[0] == '\0'
                          ? "It learns from demonstrations: choose or make some."
                      : out_[0] == '\0' ? "Name a folder."
                      : busy            ? "Something runs already: see Log."
                                        : nullptr;
  ImGui::BeginDisabled(lacks != nullptr);
  if (ImGui::Button("Start training")) order = TrainOrder(now);
  ImGui::EndDisabled();
  ImGui::SameLine();
  ImGui::TextDisabled("of %s, with its settings as they are now. %s", now.cast.env.c_str(),
                      lacks != nullptr ? lacks : "");
  const float em = ImGui::GetFontSize();
  if (ImGui::BeginChild("form", {std::min(24 * em, ImGui::GetContentRegionAvail().x * 0.55f), 0})) {
    if (ImGui::BeginTable("what", 2, ImGuiTableFlags_SizingStretchProp)) {
      ImGui::TableSetupColumn("name", ImGuiTableColumnFlags_WidthFixed, 7 * em);
      ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch);
      DrawLearner(now);
      if (agent_ != nullptr && agent_->needs_episodes) {
        if (auto demonstrations = DrawDemonstrations(now, busy)) order = demonstrations;
      }
      RowLabel("folder", "of the run; one that is there goes on");
      ImGui::InputText("##out", out_, sizeof(out_));
      ImGui::EndTable();
    }
    if (ImGui::BeginTable("numbers", 4, ImGuiTableFlags_SizingStretchProp)) {
      Number("steps", "updates in all", 1, &steps_);
      Number("validate", "episodes on seeds of their own after each checkpoint; 0 = none", 0,
             &validate_);
      Number("checkpoint", "every so many steps; 0 = a quarter of them", 0, &checkpoint_every_);
      Number("seed", "of weights, order of samples and augmentation", 0, &seed_);
      int64_t threads = threads_;
      if (Number("threads", "validation episodes at a time", 1, &threads)) {
        threads_ = static_cast<int>(std::min<int64_t>(threads, 256));
      }
      ImGui::EndTable();
    }
  }
  ImGui::EndChild();
  ImGui::SameLine();
  if (ImGui::BeginChild("settings")) {
    ImGui::TextDisabled("settings of the learner");
    if (editor_.empty()) {
      ImGui::TextDisabled("none");
    } else {
      editor_.Draw();
    }
  }
  ImGui::EndChild();
  return order;
}

}  // namespace rookery::gui
