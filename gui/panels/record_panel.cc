// Record panel: episodes that are played become data sets, and what is seen becomes a video.
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cfloat>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gui/episode_recording.h"
#include "gui/interface.h"
#include "gui/panel.h"
#include "gui/panels/replay_panel.h"
#include "gui/panels/scene_panel.h"
#include "gui/theme.h"
#include "gui/video_recording.h"

namespace rookery::gui {
namespace {

// What the simulation's thread asks when an episode ends. It may outlive the panel.
struct Recorder {
  std::mutex mutex;
  bool on = false, only_solved = false;
  std::string folder;  // "" = RecordingFolder
  EpisodeRecording recording;

  void Add(EpisodeDraft draft, bool wanted) {
    std::unique_lock lock(mutex);
    if (!on && !wanted) return;
    const std::string where = folder.empty() ? RecordingFolder(draft.cast) : folder;
    const bool solved = only_solved && !wanted;
    lock.unlock();
    recording.Add(std::move(draft), where, solved);
  }
};

std::string VideoName() {
  const std::time_t now = std::time(nullptr);
  char text[64];
  std::strftime(text, sizeof(text), "videos/viewer_%Y%m%d_%H%M%S", std::localtime(&now));
  std::string path = text;
  for (int i = 2; std::filesystem::exists(path + ".mp4") || std::filesystem::exists(path + ".png");
       ++i) {
    path = std::string(text) + "_" + std::to_string(i);
  }
  return path;
}

// A round button that says whether something is recorded.
bool RecordButton(const char* id, const char* label, bool on) {
  const float size = ImGui::GetFrameHeight();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const std::string text = std::string("      ") + (on ? "Stop" : label) + "###" + id;
  const bool pressed = ImGui::Button(text.c_str());
  const ImVec2 middle(corner.x + size * 0.62f, corner.y + size / 2);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImU32 color = ImGui::GetColorU32(BadColor());
  const float radius = size * 0.2f;
  if (on) {
    draw->AddRectFilled({middle.x - radius, middle.y - radius},
                        {middle.x + radius, middle.y + radius}, color, radius / 4);
  } else {
    draw->AddCircleFilled(middle, radius, color);
  }
  return pressed;
}

class RecordPanel final : public Panel {
 public:
  void Update(Interface* interface) override;
  void Draw(Interface* interface) override;
  std::string Status() const override {
    return video_on_ ? (on_ ? "recording, video" : "video") : (on_ ? "recording" : "");
  }

 private:
  // "" or why the episode that is open cannot be recorded.
  static std::string WhyNot(const Snapshot& now);
  void Toggle(Interface* interface);
  void ToggleVideo(Interface* interface);
  void TakeFrame(Interface* interface);
  void SayWhatHappened(Interface* interface);
  void DrawEpisodes(Interface* interface);
  void DrawStored(Interface* interface);
  void DrawVideo(Interface* interface);

  std::shared_ptr<Recorder> recorder_;
  bool on_ = false, only_solved_ = false;
  char folder_[512] = "";
  int64_t changes_ = 0;
  int unsaid_ = 0;  // stored, and nobody was told
  std::string last_stored_;
  std::vector<StoredEpisode> stored_;
  std::unique_ptr<VideoRecording> video_;
  bool video_on_ = false, whole_window_ = false, crop_ = false;
  std::string last_video_;
};

std::string RecordPanel::WhyNot(const Snapshot& now) {
  if (now.spec == nullptr) return "nothing is open";
  if (now.replay) return "this is a recording already; take over to make another of it";
  if (now.touched) return "a hand moved something: no recording could repeat that";
  if (now.step == 0) return "nothing has happened yet";
  return "";
}

void RecordPanel::Toggle(Interface* interface) {
  on_ = !on_;
  if (on_) {
    interface->Say(only_solved_ ? "Recording: solved episodes are stored as they end."
                                : "Recording: every episode is stored as it ends.");
  } else {
    interface->Say("Recording of episodes is off.");
  }
}

bool SceneIsSeen() {
  const ImGuiWindow* scene = ImGui::FindWindowByName("Scene");
  return scene != nullptr && scene->WasActive && !scene->Hidden;
}

void RecordPanel::ToggleVideo(Interface* interface) {
  if (video_on_) {
    video_on_ = false;
    video_->Finish();
    return;
  }
  if (video_ != nullptr) return;  // the last one is still being written
  crop_ = !whole_window_ && SceneIsSeen();
  video_ = std::make_unique<VideoRecording>(VideoName());
  video_on_ = true;
  interface->Say(std::string("A video of the ") + (crop_ ? "scene" : "window") + " is recorded; " +
                 interface->keys().Names("video") + " ends it.");
}

void RecordPanel::TakeFrame(Interface* interface) {
  const double now_s = ImGui::GetTime();
  const bool due = video_->Due(now_s);
  const auto add = [this, now_s](Array picture) { video_->Add(std::move(picture), now_s); };
  if (!crop_) {
    if (due) add(interface->window().Pixels());
    return;
  }
  std::function<void(Array)> take;
  if (due) take = add;
  interface->Find<ScenePanel>()->DrawBare(take);
}

void RecordPanel::SayWhatHappened(Interface* interface) {
  const int64_t changes = recorder_->recording.changes();
  if (changes != changes_) {
    stored_ = recorder_->recording.Stored();
    for (size_t i = static_cast<size_t>(changes_); i < stored_.size(); ++i) {
      if (stored_[i].error.empty()) {
        ++unsaid_;
        last_stored_ = stored_[i].path;
      } else {
        interface->Say("Not stored: " + stored_[i].error, true);
      }
    }
    changes_ = changes;
  }
  if (unsaid_ > 0 && recorder_->recording.pending() == 0) {
    const std::string count = unsaid_ > 1 ? std::to_string(unsaid_) + " episodes, the last: " : "";
    interface->Say("Stored: " + count + last_stored_);
    unsaid_ = 0;
  }
  if (video_ == nullptr || !video_->done()) return;
  if (!video_->error().empty()) {
    interface->Say(video_->error(), true);
  } else if (!video_->path().empty()) {
    char text[96];
    std::snprintf(text, sizeof(text), " (%.1f s)", video_->seconds());
    last_video_ = video_->path() + text;
    interface->Say("Video: " + last_video_);
  }
  video_on_ = false;
  video_.reset();
}

void RecordPanel::Update(Interface* interface) {
  if (recorder_ == nullptr) {
    recorder_ = std::make_shared<Recorder>();
    interface->simulation().SetOnEnd(
        [recorder = recorder_](EpisodeDraft draft) { recorder->Add(std::move(draft), false); });
  }
  if (interface->keys().Pressed("record")) Toggle(interface);
  if (interface->keys().Pressed("video")) ToggleVideo(interface);
  {
    const std::lock_guard lock(recorder_->mutex);
    recorder_->on = on_;
    recorder_->only_solved = only_solved_;
    recorder_->folder = folder_;
  }
  if (video_on_) TakeFrame(interface);
  SayWhatHappened(interface);
}

void RecordPanel::DrawEpisodes(Interface* interface) {
  const Snapshot& now = interface->now();
  ImGui::SeparatorText("Episodes");
  if (RecordButton("record", "Record", on_)) Toggle(interface);
  ImGui::SetItemTooltip("stores episodes as they end (%s)",
                        interface->keys().Names("record").c_str());
  ImGui::SameLine();
  int which = only_solved_ ? 1 : 0;
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (ImGui::Combo("##which", &which, "every episode\0only solved ones\0")) {
    only_solved_ = which == 1;
  }
  const std::string standard = RecordingFolder(now.cast);
  ImGui::SetNextItemWidth(-FLT_MIN);
  ImGui::InputTextWithHint("##folder", now.cast.env.empty() ? "folder" : standard.c_str(), folder_,
                           sizeof(folder_));
  ImGui::SetItemTooltip("folder of the data set; empty: one for each environment");
  const std::string why_not = WhyNot(now);
  ImGui::BeginDisabled(!why_not.empty());
  if (ImGui::Button("Store this one up to now")) {
    interface->simulation().AskDraft(
        [recorder = recorder_](EpisodeDraft draft) { recorder->Add(std::move(draft), true); });
  }
  ImGui::EndDisabled();
  if (!why_not.empty()) {
    ImGui::SetItemTooltip("%s", why_not.c_str());
    if (now.touched) {
      ImGui::PushStyleColor(ImGuiCol_Text, BadColor());
      ImGui::TextWrapped("This episode cannot be recorded: %s.", why_not.c_str());
      ImGui::PopStyleColor();
    }
  }
  if (const int pending = recorder_->recording.pending(); pending > 0) {
    ImGui::TextDisabled("%d being stored...", pending);
  }
  DrawStored(interface);
}

void RecordPanel::DrawStored(Interface* interface) {
  if (stored_.empty()) {
    ImGui::TextWrapped(
        "Nothing is stored yet. Press Record and play: episodes of agents and your own become a "
        "data set that rookery train, export and replay take.");
    return;
  }
  constexpr ImGuiTableFlags kFlags =
      ImGuiTableFlags_RowBg | ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingStretchProp;
  const float rows = std::min<float>(7.0f, static_cast<float>(stored_.size()) + 1.5f);
  if (!ImGui::BeginTable("stored", 4, kFlags, {0, rows * ImGui::GetTextLineHeightWithSpacing()})) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableSetupColumn("seed");
  ImGui::TableSetupColumn("agent", 0, 2);
  ImGui::TableSetupColumn("steps");
  ImGui::TableSetupColumn("return");
  ImGui::TableHeadersRow();
  for (size_t i = stored_.size(); i-- > 0;) {
    const StoredEpisode& episode = stored_[i];
    ImGui::PushID(static_cast<int>(i));
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const std::string seed = std::to_string(episode.seed) + "###stored";
    if (ImGui::Selectable(seed.c_str(), false, ImGuiSelectableFlags_SpanAllColumns) &&
        episode.error.empty()) {
      if (auto* replay = interface->Find<ReplayPanel>()) replay->Open(interface, episode.path);
    }
    ImGui::SetItemTooltip("%s", episode.error.empty() ? (episode.path + "\nclick to replay").c_str()
                                                      : episode.error.c_str());
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(episode.agent.c_str());
    ImGui::TableNextColumn();
    ImGui::Text("%lld", static_cast<long long>(episode.steps));
    ImGui::TableNextColumn();
    if (!episode.error.empty()) {
      ImGui::TextColored(BadColor(), "failed");
    } else if (episode.success) {
      ImGui::TextColored(GoodColor(), "%.3g", episode.score);
    } else {
      ImGui::Text("%.3g", episode.score);
    }
    ImGui::PopID();
  }
  ImGui::EndTable();
}

void RecordPanel::DrawVideo(Interface* interface) {
  ImGui::SeparatorText("Video");
  ImGui::BeginDisabled(video_ != nullptr && !video_on_);
  if (RecordButton("video", "Record", video_on_)) ToggleVideo(interface);
  ImGui::EndDisabled();
  ImGui::SetItemTooltip("30 frames a second (%s)", interface->keys().Names("video").c_str());
  ImGui::SameLine();
  int what = whole_window_ ? 1 : 0;
  ImGui::BeginDisabled(video_ != nullptr);
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (ImGui::Combo("##what", &what, "the scene\0the whole window\0")) whole_window_ = what == 1;
  ImGui::EndDisabled();
  if (video_ != nullptr) {
    ImGui::Text(video_on_ ? "%.1f s" : "%.1f s, being written...", video_->seconds());
    if (const int64_t left_out = video_->left_out(); left_out > 0) {
      ImGui::SameLine();
      ImGui::TextDisabled("%lld frames left out", static_cast<long long>(left_out));
      ImGui::SetItemTooltip("the encoder cannot keep up; the pictures before them stay longer");
    }
  } else if (!last_video_.empty()) {
    ImGui::TextWrapped("%s", last_video_.c_str());
  } else {
    ImGui::TextDisabled("goes to videos/");
  }
}

void RecordPanel::Draw(Interface* interface) {
  DrawEpisodes(interface);
  DrawVideo(interface);
}

ROOKERY_REGISTER_PANEL(RecordPanel, {.title = "Record",
                                     .help = "record episodes and videos",
                                     .place = Place::kRightBelow,
                                     .order = 60});

}  // namespace
}  // namespace rookery::gui
