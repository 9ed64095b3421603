#include "gui/panels/why_panel.h"

#include <imgui.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "core/pose.h"
#include "gui/explanation_plots.h"
#include "gui/interface.h"
#include "gui/theme.h"

namespace rookery::gui {
namespace {

constexpr double kFramesPerS = 8;  // of the videos

ImVec4 Tint(const report::Rgb& rgb) {
  return {static_cast<float>(rgb[0]) / 255, static_cast<float>(rgb[1]) / 255,
          static_cast<float>(rgb[2]) / 255, 1};
}

// A square in the colour of a name, before it; `height` is that of the line.
void Swatch(const report::Rgb& rgb, float height) {
  const float side = ImGui::GetFontSize() * 0.7f;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float down = (height - side) / 2;
  ImGui::GetWindowDrawList()->AddRectFilled({at.x, at.y + down}, {at.x + side, at.y + down + side},
                                            ImGui::GetColorU32(Tint(rgb)), side / 5);
  ImGui::Dummy({side, height});
  ImGui::SameLine(0, side / 2);
}

// In tenths, above -180 and up to 180, without -0.
double ShownDegrees(double rad) {
  const double tenths =
      std::round(std::remainder(rad, 2 * std::numbers::pi) * 1800 / std::numbers::pi);
  return (tenths <= -1800 ? 1800 : tenths) / 10 + 0.0;
}

bool Section(const std::string& title) {
  return ImGui::CollapsingHeader(title.c_str(), ImGuiTreeNodeFlags_DefaultOpen);
}

}  // namespace

void WhyPanel::Update(Interface* interface) {
  const Snapshot& now = interface->now();
  wanted_ = now.explanation;
  if (making_.valid() && making_.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
    figures_ = making_.get();
    const std::string& trouble = figures_.trouble;
    if (!trouble.empty() && said_.insert(trouble).second) interface->Say(trouble, true);
  }
  if (wanted_ == nullptr || wanted_->empty()) {
    if (!making_.valid()) {
      figures_ = {};
      shown_ = wanted_;
    }
    return;
  }
  const bool stale = wanted_ != shown_ || hidden_ != made_hidden_;
  if (!std::exchange(seen_, false) || !stale || making_.valid()) return;
  shown_ = wanted_;
  made_hidden_ = hidden_;
  making_ = std::async(std::launch::async,
                       [explanation = shown_, seen = now.seen, spec = now.spec, hidden = hidden_] {
                         return MakeExplanationFigures(*explanation, *seen, *spec, hidden);
                       });
}

void WhyPanel::DrawTable() {
  if (figures_.table.size() == 0 || !Section("Over the table")) return;
  for (const ItemFigures& figures : figures_.items) {
    if (figures.item.heatmap.size() == 0 || figures.heat.size() > 0) continue;
    Swatch(figures.color, ImGui::GetFrameHeight());
    bool shown = !hidden_[figures.item.name];
    if (ImGui::Checkbox(figures.item.name.c_str(), &shown)) hidden_[figures.item.name] = !shown;
    ImGui::SameLine();
  }
  ImGui::NewLine();
  PictureTexture& texture = Texture("table");
  texture.Set(figures_.table, true);
  const float width = ImGui::GetContentRegionAvail().x;
  DrawPicture(texture, {width, width});
  if (ImGui::BeginItemTooltip()) {
    ImGui::TextUnformatted(
        "the table from above as the agent saw it, the robot at the upper edge;\nbright: where it "
        "would act, ring: where it did");
    ImGui::EndTooltip();
  }
}

void WhyPanel::DrawPoses() {
  const auto told = [](const ItemFigures& figures) {
    return figures.item.pose || figures.item.pixel || figures.item.yaw;
  };
  if (std::none_of(figures_.items.begin(), figures_.items.end(), told) || !Section("Choices")) {
    return;
  }
  const bool poses =
      std::any_of(figures_.items.begin(), figures_.items.end(),
                  [](const ItemFigures& each) { return each.item.pose.has_value(); });
  if (!ImGui::BeginTable("choices", poses ? 6 : 3,
                         ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingStretchProp)) {
    return;
  }
  ImGui::TableSetupColumn("", 0, 1.5f);
  if (poses) {
    for (const char* name : {"x (m)", "y (m)", "z (m)"}) ImGui::TableSetupColumn(name);
  }
  ImGui::TableSetupColumn("yaw");
  ImGui::TableSetupColumn("pixel", 0, 1.3f);
  ImGui::TableHeadersRow();
  for (const ItemFigures& figures : figures_.items) {
    const OverlayItem& item = figures.item;
    if (!told(figures)) continue;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    Swatch(figures.color, ImGui::GetTextLineHeight());
    ImGui::TextUnformatted(item.name.c_str());
    const Vec3 p = item.pose ? item.pose->p : Vec3();
    for (const double value : {p.x, p.y, p.z}) {
      if (!poses) break;
      ImGui::TableNextColumn();
      if (item.pose) ImGui::Text("%.3f", value);
    }
    ImGui::TableNextColumn();
    if (item.yaw) {
      ImGui::Text("%.1f\u00B0", ShownDegrees(*item.yaw));
    } else if (item.pose) {
      const Quat& q = item.pose->q;
      ImGui::Text("%.1f\u00B0", ShownDegrees(std::atan2(2 * (q.w * q.z + q.x * q.y),
                                                        1 - 2 * (q.y * q.y + q.z * q.z))));
    }
    ImGui::TableNextColumn();
    if (item.pixel) {
      ImGui::Text("%lld, %lld", static_cast<long long>((*item.pixel)[0]),
                  static_cast<long long>((*item.pixel)[1]));
    }
  }
  ImGui::EndTable();
}

void WhyPanel::DrawVideos() {
  std::vector<const ItemFigures*> videos;
  int64_t frames = 0;
  for (const ItemFigures& figures : figures_.items) {
    if (figures.item.video.size() == 0) continue;
    videos.push_back(&figures);
    frames = std::max(frames, figures.item.video.shape()[0]);
  }
  if (videos.empty() || !Section("Videos")) return;
  const double now_s = ImGui::GetTime();
  if (play_ && now_s - moved_s_ > 1 / kFramesPerS) {
    moved_s_ = now_s;
    ++frame_;
  }
  frame_ %= frames;
  if (ImGui::Button(play_ ? "Stop###play" : "Play###play")) play_ = !play_;
  ImGui::SameLine();
  ImGui::SetNextItemWidth(-1);
  ImS64 frame = frame_;
  const ImS64 first = 0, last = std::max<int64_t>(0, frames - 1);
  if (ImGui::SliderScalar("##frame", ImGuiDataType_S64, &frame, &first, &last, "frame %lld")) {
    frame_ = std::clamp<int64_t>(frame, 0, last);
    play_ = false;
  }
  const float gap = ImGui::GetStyle().ItemSpacing.x;
  const auto count = static_cast<float>(videos.size());
  const float room = (ImGui::GetContentRegionAvail().x - gap * (count - 1)) / count;
  for (const ItemFigures* figures : videos) {
    ImGui::BeginGroup();
    const Array& video = figures->item.video;
    PictureTexture& texture = Texture("video." + figures->item.name);
    texture.Set(VideoFrame(video, std::min(frame_, video.shape()[0] - 1)), false);
    DrawPicture(texture, {room, room});
    ImGui::TextUnformatted(figures->item.name.c_str());
    ImGui::EndGroup();
    if (figures != videos.back()) ImGui::SameLine();
  }
}

void WhyPanel::DrawSections() {
  const float em = ImGui::GetFontSize(), width = ImGui::GetContentRegionAvail().x;
  if (!figures_.trouble.empty()) {
    ImGui::PushStyleColor(ImGuiCol_Text, BadColor());
    ImGui::TextWrapped("%s", figures_.trouble.c_str());
    ImGui::PopStyleColor();
  }
  DrawTable();
  DrawPoses();
  for (const ItemFigures& figures : figures_.items) {
    const OverlayItem& item = figures.item;
    if (item.angles.size() > 0 && Section("Rotation: " + item.name)) {
      const float size = std::min(width, 13 * em);
      ImGui::SetCursorPosX(ImGui::GetCursorPosX() + (width - size) / 2);
      DrawRotations(figures, size);
    }
    if (figures.heat.size() > 0 && Section("Heat map: " + item.name)) {
      Texture("heat." + item.name).Set(figures.heat, true);
      DrawPicture(Texture("heat." + item.name), {width, width});
    }
    if (item.landscape.size() + item.samples.size() > 0 && Section("Landscape: " + item.name)) {
      if (figures.landscape.size() > 0) Texture("land." + item.name).Set(figures.landscape, true);
      DrawLandscape(figures, Texture("land." + item.name),
                    {width, std::min(width * 0.75f, 16 * em)});
    }
    if (item.cloud.size() > 0 && Section("Samples: " + item.name)) DrawCloud(figures, 10 * em);
    if (item.patches.size() > 0 && Section("Where it looks: " + item.name)) {
      // Patches alone are few pixels, what was seen is a picture.
      const bool alone = figures.patches.shape()[0] == item.patches.shape()[0];
      Texture("patches." + item.name).Set(figures.patches, !alone);
      DrawPicture(Texture("patches." + item.name), {width, std::min(width, 18 * em)});
    }
    if (item.weights.size() > 0 && Section("Weights: " + item.name)) DrawWeights(figures);
  }
  DrawVideos();
}

void WhyPanel::Draw(Interface* interface) {
  seen_ = true;
  const Snapshot& now = interface->now();
  if (now.spec == nullptr) {
    ImGui::TextWrapped("Open a task first; then the agent says here why it acts as it does.");
    return;
  }
  if (!now.sentence.empty()) ImGui::TextWrapped("%s", now.sentence.c_str());
  if (now.explanation != nullptr && !now.explanation->empty()) {
    if (figures_.empty() && figures_.trouble.empty()) {
      ImGui::TextDisabled("Drawing ...");
    } else {
      DrawSections();
    }
    return;
  }
  if (now.step == 0) {
    ImGui::TextWrapped("Nothing has been decided yet: play, or make a step.");
  } else if (now.cast.agent == kPersonName) {
    ImGui::TextWrapped("You decided this; nobody else knows why.");
  } else if (now.replay || now.step < now.known) {
    ImGui::TextWrapped(
        "Of this step only the action is known. Reasons are kept for steps that an "
        "agent decided here.");
  } else {
    ImGui::TextWrapped("%s explains nothing. Learners that look at maps do, such as transporter.",
                       now.cast.agent.c_str());
  }
}

ROOKERY_REGISTER_PANEL(WhyPanel, {.title = "Why",
                                  .help = "why the agent acted as it did",
                                  .place = Place::kRight,
                                  .order = 40});

}  // namespace rookery::gui
