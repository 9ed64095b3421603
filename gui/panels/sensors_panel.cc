#include "gui/panels/sensors_panel.h"

#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <utility>

#include "gui/interface.h"
#include "renderers/report/colormap.h"

namespace rookery::gui {
namespace {

constexpr char kTitle[] = "Sensors";
constexpr float kLeastHeight = 7;  // of a pane in the panel, letters; then it scrolls

std::vector<std::string> CameraNames(const Scene* scene) {
  std::vector<std::string> names;
  if (scene == nullptr) return names;
  for (const Camera& camera : scene->cameras) names.push_back(camera.name);
  return names;
}

// The colours of a scale with its ends, as wide as given.
void DrawScale(const ImageStyle& style, const std::string& unit, float width) {
  char low[48], high[48];
  std::snprintf(low, sizeof(low), "%.3g", style.low);
  std::snprintf(high, sizeof(high), "%.3g %s", style.high, unit.c_str());
  const float gap = ImGui::GetStyle().ItemInnerSpacing.x;
  const float low_width = ImGui::CalcTextSize(low).x, high_width = ImGui::CalcTextSize(high).x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float line = ImGui::GetTextLineHeight(), bar = width - low_width - high_width - 2 * gap;
  ImGui::Dummy({width, line});
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImU32 text = ImGui::GetColorU32(ImGuiCol_TextDisabled);
  if (bar > 0) draw->AddText(at, text, low);
  draw->AddText({at.x + width - high_width, at.y}, text, high);
  if (bar < line) return;
  const std::vector<report::Rgb>& map = report::SequentialMap();
  constexpr size_t kPieces = 16;
  const float left = at.x + low_width + gap, top = at.y + 0.3f * line, bottom = at.y + 0.8f * line;
  const auto color = [&](size_t piece) {
    const report::Rgb& c = map[piece * (map.size() - 1) / kPieces];
    return IM_COL32(c[0], c[1], c[2], 255);
  };
  for (size_t i = 0; i < kPieces; ++i) {
    const float piece = bar / kPieces, x = left + piece * static_cast<float>(i);
    draw->AddRectFilledMultiColor({x, top}, {x + piece, bottom}, color(i), color(i + 1),
                                  color(i + 1), color(i));
  }
}

}  // namespace

const SensorsPanel::Pane* SensorsPanel::Find(const std::string& id) const {
  for (const auto& pane : panes_) {
    if (pane->sensor.id == id) return pane.get();
  }
  return nullptr;
}

// --- what there is

void SensorsPanel::Rebuild(Interface* interface) {
  const Snapshot& now = interface->now();
  panes_.clear();
  views_.Clear();
  if (now.spec == nullptr) return;
  const nlohmann::json& kept = interface->settings().panels[kTitle];
  const auto kept_bool = [&](const char* what, const std::string& id, bool standard) {
    if (!kept.is_object() || !kept.contains(what) || !kept[what].is_object()) return standard;
    const auto found = kept[what].find(id);
    return found != kept[what].end() && found->is_boolean() ? found->get<bool>() : standard;
  };
  for (Sensor& sensor : FindSensors(*now.spec, now.scene.get(), now.screen != nullptr)) {
    auto pane = std::make_unique<Pane>();
    pane->shown = kept_bool("shown", sensor.id, sensor.shown);
    pane->window = kept_bool("window", sensor.id, false);
    pane->automatic = !sensor.fixed_scale;
    pane->sensor = std::move(sensor);
    panes_.push_back(std::move(pane));
  }
}

void SensorsPanel::Keep(Interface* interface) const {
  nlohmann::json& kept = interface->settings().panels[kTitle];
  if (!kept.is_object()) kept = nlohmann::json::object();
  for (const auto& pane : panes_) {
    kept["shown"][pane->sensor.id] = pane->shown;
    kept["window"][pane->sensor.id] = pane->window;
  }
}

void SensorsPanel::Update(Interface* interface) {
  const Snapshot& now = interface->now();
  const bool screen = now.screen != nullptr;
  std::vector<std::string> cameras = CameraNames(now.scene.get());
  if (now.opened != opened_ || cameras != scene_cameras_ || screen != screen_) {
    opened_ = now.opened;
    scene_cameras_ = std::move(cameras);
    screen_ = screen;
    Rebuild(interface);
  }
  // Those that were on the screen in the frame before.
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  views_.Update(now.scene, wanted_);
  wanted_.clear();
}

Array SensorsPanel::ImageOf(const Snapshot& now, const Pane& pane) const {
  const Sensor& sensor = pane.sensor;
  Array image;
  if (sensor.source == Sensor::Source::kScreen) {
    if (now.screen != nullptr) image = *now.screen;
  } else if (sensor.source == Sensor::Source::kCamera) {
    if (const CameraView* view = views_.Find(sensor.camera)) {
      image = sensor.what == "rgb"     ? view->frame.rgb
              : sensor.what == "depth" ? view->frame.depth
                                       : view->frame.segmentation;
    }
  } else if (now.result != nullptr) {
    const Array* array = now.result->observation.Find(sensor.array);
    if (array != nullptr && array->size() > 0) {
      image = FrameOf(*array, std::max<int64_t>(0, sensor.frames - 1 - pane.age));
    }
  }
  return FitsStyle(image, sensor.style) ? image : Array();
}

// --- drawing

void SensorsPanel::DrawMenu(Interface* interface, Pane* pane) {
  if (ImGui::MenuItem("Own window", nullptr, pane->window)) {
    pane->window = !pane->window;
    Keep(interface);
  }
  if (ImGui::MenuItem("Fit", "double click", false, pane->view.zoom() > 1)) pane->view.Fit();
  if (ImGui::MenuItem("Hide")) {
    pane->shown = false;
    Keep(interface);
  }
  ImageStyle& style = pane->sensor.style;
  if (style.kind != ImageKind::kScale) return;
  ImGui::Separator();
  if (ImGui::Checkbox("scale follows the numbers", &pane->automatic)) pane->measured = Array();
  float low = static_cast<float>(style.low), high = static_cast<float>(style.high);
  ImGui::SetNextItemWidth(12 * ImGui::GetFontSize());
  const std::string format = "%.3f " + pane->sensor.unit;
  if (ImGui::DragFloatRange2("scale", &low, &high, 0.005f, 0, 0, format.c_str(), format.c_str())) {
    pane->automatic = false;
    style.low = static_cast<double>(low);
    style.high = std::max(style.low + 1e-6, static_cast<double>(high));
  }
}

void SensorsPanel::DrawPane(Interface* interface, Pane* pane, float width, float height) {
  Sensor& sensor = pane->sensor;
  ImGui::PushID(sensor.id.c_str());
  ImGui::BeginGroup();
  const ImGuiStyle& look = ImGui::GetStyle();
  const float top = ImGui::GetCursorPosY(), left = ImGui::GetCursorPosX();
  const float button = ImGui::CalcTextSize("...").x + 2 * look.FramePadding.x;
  if (sensor.frames > 1) {
    ImGui::SetNextItemWidth(std::max(1.0f, std::min(width * 0.5f, 9 * ImGui::GetFontSize())));
    int age = static_cast<int>(-pane->age);
    if (ImGui::SliderInt("##frame", &age, static_cast<int>(1 - sensor.frames), 0,
                         age == 0 ? "newest frame" : "frame %d")) {
      pane->age = std::clamp<int64_t>(-age, 0, sensor.frames - 1);  // a number may be typed
    }
    ImGui::SetItemTooltip("%lld frames are stacked in this observation; 0 is the newest",
                          static_cast<long long>(sensor.frames));
    ImGui::SameLine();
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float room =
      std::max(1.0f, left + width - button - look.ItemInnerSpacing.x - ImGui::GetCursorPosX());
  const float line = ImGui::GetFrameHeight();
  ImGui::RenderTextEllipsis(ImGui::GetWindowDrawList(), {at.x, at.y + look.FramePadding.y},
                            {at.x + room, at.y + line}, at.x + room, sensor.title.c_str(), nullptr,
                            nullptr);
  ImGui::Dummy({room, line});
  ImGui::SetItemTooltip("%s", sensor.help.c_str());
  ImGui::SetCursorPos({left + width - button, top});
  if (ImGui::Button("...###menu")) ImGui::OpenPopup("menu");
  ImGui::SetItemTooltip("own window, scale, hide");

  if (sensor.source == Sensor::Source::kCamera) wanted_.push_back(sensor.camera);
  const Snapshot& now = interface->now();
  const Array image = ImageOf(now, *pane);
  const bool scale = sensor.style.kind == ImageKind::kScale;
  height -= ImGui::GetFrameHeight() + look.ItemSpacing.y;
  if (scale) height -= ImGui::GetTextLineHeight() + look.ItemSpacing.y;
  ImGui::SetCursorPosX(left);
  if (image.size() == 0) {
    const bool failed =
        sensor.source == Sensor::Source::kCamera && !views_.trouble().empty() && !views_.busy();
    ImGui::PushTextWrapPos(left + width);
    ImGui::TextDisabled("%s", failed ? views_.trouble().c_str() : "is being drawn");
    ImGui::PopTextWrapPos();
  } else {
    if (pane->automatic && image.data() != pane->measured.data()) {
      pane->measured = image;
      const auto [low, high] = UsualRange(image);
      sensor.style.low = sensor.from_zero && low >= 0 ? 0 : low;
      sensor.style.high = high;
    }
    const CameraView* view =
        sensor.source == Sensor::Source::kCamera ? views_.Find(sensor.camera) : nullptr;
    const ImageNotes notes{.unit = sensor.unit,
                           .scene = view != nullptr ? view->scene.get() : now.scene.get()};
    const Shape& shape = image.shape();
    sensor.aspect = sensor.style.table
                        ? static_cast<double>(shape[0]) / static_cast<double>(shape[1])
                        : static_cast<double>(shape[1]) / static_cast<double>(shape[0]);
    pane->view.Draw(image, sensor.style, notes, width, height);
    if (ImGui::IsItemClicked(ImGuiMouseButton_Right)) ImGui::OpenPopup("menu");
    if (scale) {
      ImGui::SetCursorPosX(left);
      // As wide as the picture above it.
      const float shown = std::min(width, height * static_cast<float>(sensor.aspect));
      ImGui::SetCursorPosX(left + (width - shown) / 2);
      DrawScale(sensor.style, sensor.unit, shown);
    }
  }
  ImGui::EndGroup();
  if (ImGui::BeginPopup("menu")) {
    DrawMenu(interface, pane);
    ImGui::EndPopup();
  }
  ImGui::PopID();
}

// As many columns as make the pictures largest.
void SensorsPanel::DrawGrid(Interface* interface, const std::vector<Pane*>& panes) {
  const ImGuiStyle& look = ImGui::GetStyle();
  const ImVec2 room = ImGui::GetContentRegionAvail(), origin = ImGui::GetCursorPos();
  const auto count = static_cast<int>(panes.size());
  const float line = ImGui::GetFrameHeight() + look.ItemSpacing.y;
  const float least = kLeastHeight * ImGui::GetFontSize();
  int columns = 1;
  float width = 0, height = 0;
  double best = -1;
  for (int n = 1; n <= count; ++n) {
    const int rows = (count + n - 1) / n;
    const float w =
        (room.x - look.ItemSpacing.x * static_cast<float>(n - 1)) / static_cast<float>(n);
    const float h = std::max(least, (room.y - look.ItemSpacing.y * static_cast<float>(rows - 1)) /
                                        static_cast<float>(rows));
    double area = 0;
    for (const Pane* pane : panes) {
      const bool scale = pane->sensor.style.kind == ImageKind::kScale;
      const double inner = static_cast<double>(h - line * (scale ? 2 : 1));
      const double shown = std::min(static_cast<double>(w), inner * pane->sensor.aspect);
      area += shown * shown / pane->sensor.aspect;
    }
    const float all = (h + look.ItemSpacing.y) * static_cast<float>(rows);
    if (all > room.y + look.ItemSpacing.y + 1) area /= 4;  // it would scroll
    if (area <= best) continue;
    best = area;
    columns = n;
    width = w;
    height = h;
  }
  for (int i = 0; i < count; ++i) {
    const int column = i % columns, row = i / columns;
    ImGui::SetCursorPos({origin.x + static_cast<float>(column) * (width + look.ItemSpacing.x),
                         origin.y + static_cast<float>(row) * (height + look.ItemSpacing.y)});
    DrawPane(interface, panes[static_cast<size_t>(i)], width, height);
  }
}

void SensorsPanel::DrawChooser(Interface* interface) {
  const auto shown =
      std::count_if(panes_.begin(), panes_.end(), [](const auto& pane) { return pane->shown; });
  if (ImGui::Button("Choose")) ImGui::OpenPopup("chooser");
  ImGui::SameLine();
  if (interface->now().within_step) {
    ImGui::TextDisabled("observations: before this step");
    ImGui::SetItemTooltip("cameras of the world show it as it is now");
  } else {
    ImGui::TextDisabled("%d of %zu are shown", static_cast<int>(shown), panes_.size());
  }
  if (!ImGui::BeginPopup("chooser")) return;
  bool changed = false;
  const auto set = [&](auto value) {
    for (const auto& pane : panes_) pane->shown = value(*pane);
    changed = true;
  };
  if (ImGui::SmallButton("all")) set([](const Pane&) { return true; });
  ImGui::SameLine();
  if (ImGui::SmallButton("none")) set([](const Pane&) { return false; });
  ImGui::SameLine();
  if (ImGui::SmallButton("standard")) set([](const Pane& pane) { return pane.sensor.shown; });
  for (const auto& pane : panes_) {
    const std::string label = pane->sensor.title + "###" + pane->sensor.id;
    changed |= ImGui::Checkbox(label.c_str(), &pane->shown);
    ImGui::SetItemTooltip("%s", pane->sensor.help.c_str());
  }
  if (changed) Keep(interface);
  ImGui::EndPopup();
}

void SensorsPanel::Draw(Interface* interface) {
  if (interface->now().spec == nullptr) {
    ImGui::TextWrapped("Open a task: what its agent sees shows here.");
    return;
  }
  if (panes_.empty()) {
    ImGui::TextWrapped(
        "Nothing here has pictures. Its numbers are in the panels Values and Plots.");
    if (ImGui::Button("Show Values")) interface->Show("Values");
    return;
  }
  DrawChooser(interface);
  std::vector<Pane*> here;
  for (const auto& pane : panes_) {
    if (pane->shown && !pane->window) here.push_back(pane.get());
  }
  if (here.empty()) {
    ImGui::TextWrapped("Nothing is shown in this panel: choose above what is to be seen.");
    return;
  }
  if (ImGui::BeginChild("grid")) DrawGrid(interface, here);
  ImGui::EndChild();
}

void SensorsPanel::DrawWindows(Interface* interface) {
  for (const auto& pane : panes_) {
    if (!pane->shown || !pane->window) continue;
    const std::string name = pane->sensor.title + "###" + pane->sensor.id;
    const float em = ImGui::GetFontSize();
    // At first in the middle, one a little below the other.
    const float down = static_cast<float>(&pane - panes_.data()) * 1.5f * em;
    const ImVec2 middle = ImGui::GetMainViewport()->GetCenter();
    ImGui::SetNextWindowPos({middle.x - 20 * em + down, middle.y - 18 * em + down},
                            ImGuiCond_FirstUseEver);
    ImGui::SetNextWindowSize({28 * em, 24 * em}, ImGuiCond_FirstUseEver);
    bool open = true;
    if (ImGui::Begin(name.c_str(), &open, ImGuiWindowFlags_NoFocusOnAppearing)) {
      const ImVec2 room = ImGui::GetContentRegionAvail();
      DrawPane(interface, pane.get(), room.x, room.y);
    }
    ImGui::End();
    if (open) continue;
    pane->window = false;  // back into the panel
    Keep(interface);
  }
}

ROOKERY_REGISTER_PANEL(SensorsPanel, {.title = kTitle,
                                      .help = "what the agent sees, and what cameras see",
                                      .place = Place::kRight,
                                      .order = 10});

}  // namespace rookery::gui
