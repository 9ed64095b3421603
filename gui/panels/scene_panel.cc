#include "gui/panels/scene_panel.h"

// clang-format off
#include <imgui.h>
#include <ImGuizmo.h>  // needs the other
// clang-format on

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "gui/gl.h"
#include "gui/interface.h"

namespace rookery::gui {
namespace {

constexpr char kTitle[] = "Scene";
constexpr double kStill_s = 0.25;  // after that long without motion, edges are smoothed
constexpr int kStillSamples = 4;

void TextInTheMiddle(const std::string& text) {
  const ImVec2 room = ImGui::GetContentRegionAvail(), at = ImGui::GetCursorPos();
  const float width = std::min(room.x * 0.8f, ImGui::CalcTextSize(text.c_str()).x + 1);
  const ImVec2 size = ImGui::CalcTextSize(text.c_str(), nullptr, false, width);
  ImGui::SetCursorPos({at.x + (room.x - size.x) / 2, at.y + (room.y - size.y) / 2});
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width);
  ImGui::TextDisabled("%s", text.c_str());
  ImGui::PopTextWrapPos();
}

// A change of what is shown between snapshots that a person looking on would follow: the light's
// centre goes along with worlds that move.
Vec3 Drift(const Scene& before, const Scene& now) { return now.light.center - before.light.center; }

ImTextureRef TextureOf(unsigned name) { return ImTextureRef(static_cast<ImTextureID>(name)); }

}  // namespace

void ScenePanel::Remember(Interface* interface) const {
  interface->settings().panels[kTitle] = {{"shadows", style_.shadows},
                                          {"wireframe", style_.wireframe},
                                          {"contacts", style_.contacts},
                                          {"frames", style_.frames},
                                          {"frusta", style_.frusta},
                                          {"segmentation", style_.segmentation},
                                          {"agent", agent_},
                                          {"workspace", style_.workspace}};
}

void ScenePanel::Update(Interface* interface) {
  if (!read_settings_) {
    read_settings_ = true;
    const auto& kept = interface->settings().panels;
    const auto read = [&kept](const char* name, bool* value) {
      if (!kept.contains(kTitle) || !kept[kTitle].is_object()) return;
      const auto found = kept[kTitle].find(name);
      if (found != kept[kTitle].end() && found->is_boolean()) *value = found->get<bool>();
    };
    read("shadows", &style_.shadows);
    read("wireframe", &style_.wireframe);
    read("contacts", &style_.contacts);
    read("frames", &style_.frames);
    read("frusta", &style_.frusta);
    read("segmentation", &style_.segmentation);
    read("workspace", &style_.workspace);
    read("agent", &agent_);
  }
  const Snapshot& now = interface->now();
  if (now.scene == nullptr) {
    shown_.reset();
    return;
  }
  if (now.opened != opened_) {
    opened_ = now.opened;
    camera_ = selected_ = -1;
    hand_.Let();
    placed_.reset();
    trouble_.clear();
    Fit(*now.scene);
  } else if (shown_ != nullptr && shown_ != now.scene) {
    orbit_.Move(Drift(*shown_, *now.scene));
  }
  if (shown_ != now.scene) moved_s_ = ImGui::GetTime();
  shown_ = now.scene;
  if (selected_ >= 0 && FindBody(*shown_, selected_) == nullptr) selected_ = -1;
  if (camera_ >= static_cast<int>(shown_->cameras.size())) camera_ = -1;
  DoKeys(interface, *shown_);
}

void ScenePanel::DoKeys(Interface* interface, const Scene& scene) {
  Keys& keys = interface->keys();
  const int cameras = static_cast<int>(scene.cameras.size()) + 1;  // with the free one
  if (keys.Pressed("next_camera")) LookThrough(scene, (camera_ + 2) % cameras - 1);
  if (keys.Pressed("previous_camera")) LookThrough(scene, (camera_ + cameras) % cameras - 1);
  if (keys.Pressed("free_camera")) {
    LookThrough(scene, -1);
    selected_ = -1;
  }
  if (keys.Pressed("fit")) {
    Fit(scene);
  }
  bool changed = false;
  const auto toggle = [&](const char* key, bool* value) {
    if (!keys.Pressed(key)) return;
    *value = !*value;
    changed = true;
  };
  toggle("shadows", &style_.shadows);
  toggle("wireframe", &style_.wireframe);
  toggle("contacts", &style_.contacts);
  toggle("frames", &style_.frames);
  toggle("segmentation", &style_.segmentation);
  if (changed) Remember(interface);
}

Array ScenePanel::Picture() const {
  return renderer_ != nullptr ? renderer_->Pixels() : Array(DType::kUInt8, {0, 0, 3});
}

void ScenePanel::Draw(Interface* interface) {
  bare_ = std::exchange(wants_bare_, false);
  const Snapshot& now = interface->now();
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  const Area area = {at.x, at.y, std::floor(room.x), std::floor(room.y)};
  if (area.width < 8 || area.height < 8) return;
  if (now.screen != nullptr) {
    DrawScreen(*now.screen, area);
  } else if (shown_ != nullptr) {
    DrawScene(interface, area);
  } else if (now.spec != nullptr) {
    TextInTheMiddle("This world shows nothing of itself. The panels Sensors and Plots tell more.");
  } else {
    TextInTheMiddle(now.busy ? "Opening ..."
                             : "Nothing is open yet: choose a task in the panel Task.");
  }
  if (!bare_ || !take_) return;
  taken_ = area;
  // When this panel is drawn, and what lies over it is not yet.
  ImGui::GetWindowDrawList()->AddCallback(
      [](const ImDrawList*, const ImDrawCmd* command) {
        static_cast<ScenePanel*>(command->UserCallbackData)->TakePicture();
      },
      this);
}

void ScenePanel::TakePicture() {
  const ImGuiViewport& window = *ImGui::GetMainViewport();
  const float scale = ImGui::GetIO().DisplayFramebufferScale.x;
  // Whole pixels, without the border; an even number each way, as videos want them.
  const auto left = static_cast<int>(std::ceil((taken_.x - window.Pos.x + 1) * scale));
  const auto top = static_cast<int>(std::ceil((taken_.y - window.Pos.y + 1) * scale));
  const auto width = static_cast<int>((taken_.width - 2) * scale) / 2 * 2;
  const auto height = static_cast<int>((taken_.height - 2) * scale) / 2 * 2;
  const auto all = static_cast<int>(std::lround(window.Size.y * scale));
  std::exchange(take_, {})(ReadFramebuffer(left, all - top - height, width, height));
}

void ScenePanel::DrawScreen(const Array& screen, const Area& area) {
  const float height = static_cast<float>(screen.shape()[0]);
  const float width = static_cast<float>(screen.shape()[1]);
  float scale = std::min(area.width / width, area.height / height);
  if (scale >= 1) scale = std::floor(scale);  // every pixel as large as the next
  screen_.Set(screen, scale < 1);
  const float x = std::floor(area.x + (area.width - scale * width) / 2);
  const float y = std::floor(area.y + (area.height - scale * height) / 2);
  ImGui::GetWindowDrawList()->AddImage(TextureOf(screen_.texture()), {x, y},
                                       {x + scale * width, y + scale * height});
}

void ScenePanel::LookThrough(const Scene& scene, int camera) {
  if (camera < 0 && camera_ >= 0) Free(scene);
  camera_ = camera;
}

void ScenePanel::Fit(const Scene& scene) {
  camera_ = -1;
  orbit_.Fit(scene);
  // Worlds without a workspace have a camera that knows how they are looked at.
  const bool workspace = !(scene.workspace_low == scene.workspace_high);
  if (!workspace && !scene.cameras.empty()) orbit_.Follow(scene.cameras[0], scene);
}

void ScenePanel::Free(const Scene& scene) {
  if (camera_ < 0) return;
  orbit_.Follow(scene.cameras[static_cast<size_t>(camera_)], scene);
  camera_ = -1;
}

void ScenePanel::UseMouse(Interface* interface, const Scene& scene, const Area& area) {
  const ImGuiIO& io = ImGui::GetIO();
  const bool hovered = ImGui::IsItemHovered(), active = ImGui::IsItemActive();
  const double x = static_cast<double>((io.MousePos.x - area.x) / pixel_);
  const double y = static_cast<double>((io.MousePos.y - area.y) / pixel_);
  const int column = static_cast<int>(x), row = static_cast<int>(y);
  if (hovered && io.MouseWheel != 0) {
    Free(scene);
    const std::optional<Vec3> point = renderer_->PointAt(column, row);
    if (point) {
      orbit_.ZoomAt(static_cast<double>(io.MouseWheel), *point);
    } else {
      orbit_.Zoom(static_cast<double>(io.MouseWheel));
    }
  }
  if (hovered && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left) && !io.KeyCtrl) {
    selected_ = renderer_->BodyAt(column, row);
    placed_.reset();
  }
  if (hovered && io.KeyCtrl && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
    const SceneBody* const body = FindBody(scene, renderer_->BodyAt(column, row));
    const std::optional<Vec3> point = renderer_->PointAt(column, row);
    if (body != nullptr && point && body->movable) {
      hand_.Take(*body, *point, view_);
      selected_ = body->id;
    } else if (body != nullptr) {
      interface->Say("No hand can pull " + (body->name.empty() ? "this" : body->name) + ".");
    }
  }
  if (hand_.pull()) {
    if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
      hand_.MoveTo(view_, x, y);
    } else {
      hand_.Let();
    }
    interface->simulation().Pull(hand_.pull());
    return;
  }
  if (!active || (io.MouseDelta.x == 0 && io.MouseDelta.y == 0)) return;
  const double dx = static_cast<double>(io.MouseDelta.x), dy = static_cast<double>(io.MouseDelta.y);
  if (ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2) && !io.KeyCtrl) {
    Free(scene);
    orbit_.Orbit(dx, dy);
  } else if (ImGui::IsMouseDragging(ImGuiMouseButton_Right, 2) ||
             ImGui::IsMouseDragging(ImGuiMouseButton_Middle, 2)) {
    Free(scene);
    orbit_.Pan(dx, dy, static_cast<int>(std::min(area.width, area.height)));
  }
}

void ScenePanel::ShowOverlay(Interface* interface, const Scene& scene) {
  const std::shared_ptr<const ArrayMap>& explanation = interface->now().explanation;
  if (explanation != explained_) {
    explained_ = explanation;
    overlay_ = {};
    if (explanation != nullptr && !explanation->empty()) {
      try {
        overlay_ = DrawOverlay(*explanation, scene);
      } catch (const std::exception& error) {
        interface->Say(error.what(), true);
      }
    }
  }
  if (!agent_) return;
  for (const SceneDecal& decal : overlay_.decals) renderer_->Add(decal);
  for (const SceneLine& line : overlay_.marks.lines) renderer_->Add(line);
  for (const ScenePoint& point : overlay_.marks.points) renderer_->Add(point);
}

// Around what the camera that is looked through sees; the rest is darkened.
void ScenePanel::FrameOfCamera(const Scene& scene, const Area& area) const {
  if (camera_ < 0) return;
  const Camera& camera = scene.cameras[static_cast<size_t>(camera_)];
  const float scale = std::min(area.width / static_cast<float>(camera.width),
                               area.height / static_cast<float>(camera.height));
  const float width = scale * static_cast<float>(camera.width);
  const float height = scale * static_cast<float>(camera.height);
  const ImVec2 low = {area.x + (area.width - width) / 2, area.y + (area.height - height) / 2};
  const ImVec2 high = {low.x + width, low.y + height};
  const ImVec2 end = {area.x + area.width, area.y + area.height};
  ImDrawList* const list = ImGui::GetWindowDrawList();
  constexpr ImU32 kShade = IM_COL32(0, 0, 0, 110), kEdge = IM_COL32(255, 255, 255, 150);
  list->AddRectFilled({area.x, area.y}, {low.x, end.y}, kShade);
  list->AddRectFilled({high.x, area.y}, end, kShade);
  list->AddRectFilled({low.x, area.y}, {high.x, low.y}, kShade);
  list->AddRectFilled({low.x, high.y}, {high.x, end.y}, kShade);
  list->AddRect(low, high, kEdge);
}

void ScenePanel::PlaceBody(Interface* interface, const Scene& scene, const Area& area) {
  const SceneBody* const body = FindBody(scene, selected_);
  over_gizmo_ = false;
  const bool pulls = hand_.pull() || (ImGui::GetIO().KeyCtrl && !placed_);
  if (body == nullptr || !body->movable || !CanPlace(interface->now()) || pulls) {
    placed_.reset();
    return;
  }
  ImGuizmo::Style& look = ImGuizmo::GetStyle();
  for (int i = 0; i < 3; ++i) {  // as all frames are
    const std::array<float, 4>& c = AxisColor(i);
    look.Colors[ImGuizmo::DIRECTION_X + i] = {c[0], c[1], c[2], 1};
    look.Colors[ImGuizmo::PLANE_X + i] = {c[0], c[1], c[2], 0.4f};
  }
  ImGuizmo::BeginFrame();
  ImGuizmo::SetDrawlist();
  ImGuizmo::SetRect(area.x, area.y, area.width, area.height);
  ImGuizmo::SetGizmoSizeClipSpace(0.16f);
  std::array<float, 16> matrix = PoseMatrix(placed_.value_or(body->X_WB));
  const bool moved =
      ImGuizmo::Manipulate(ViewMatrix(view_).data(), ProjectionMatrix(view_).data(),
                           ImGuizmo::TRANSLATE | ImGuizmo::ROTATE, ImGuizmo::WORLD, matrix.data());
  over_gizmo_ = ImGuizmo::IsOver();
  if (!ImGuizmo::IsUsing()) {
    placed_.reset();
    return;
  }
  if (!moved) return;
  placed_ = PoseOfMatrix(matrix);
  interface->simulation().MoveBody(body->id, *placed_);
}

// While ImGui's commands are carried out, which draw what lies over it later.
void ScenePanel::CopyPicture() const {
  const ImGuiViewport& window = *ImGui::GetMainViewport();
  const float bottom = (window.Pos.y + window.Size.y - top_) / pixel_;
  renderer_->CopyTo(static_cast<int>(std::lround((left_ - window.Pos.x) / pixel_)),
                    static_cast<int>(std::lround(bottom)) - view_.height);
}

void ScenePanel::DrawScene(Interface* interface, const Area& area) {
  const Scene& scene = *shown_;
  pixel_ = 1 / std::max(ImGui::GetIO().DisplayFramebufferScale.x, 0.25f);
  left_ = area.x;
  top_ = area.y;
  const int width = std::max(1, static_cast<int>(area.width / pixel_));
  const int height = std::max(1, static_cast<int>(area.height / pixel_));
  try {
    if (renderer_ == nullptr) renderer_ = std::make_unique<SceneRenderer>();
    if (over_gizmo_) {  // the mouse is the gizmo's
      ImGui::Dummy({area.width, area.height});
    } else {
      ImGui::SetNextItemAllowOverlap();
      ImGui::InvisibleButton("view", {area.width, area.height},
                             ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight |
                                 ImGuiButtonFlags_MouseButtonMiddle);
      ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);
      UseMouse(interface, scene, area);
    }
    const Camera before = view_;
    view_ = camera_ < 0 ? orbit_.ToCamera(width, height)
                        : FittedCamera(scene.cameras[static_cast<size_t>(camera_)], width, height);
    if (!(before.X_WC == view_.X_WC) || before.width != width || before.height != height) {
      moved_s_ = ImGui::GetTime();
    }
    ShowOverlay(interface, scene);
    SceneMarks marks;
    hand_.Draw(scene, &marks);
    for (const SceneLine& line : marks.lines) renderer_->Add(line);
    for (const ScenePoint& point : marks.points) renderer_->Add(point);
    SceneStyle style = style_;
    style.selected = selected_;
    style.samples = ImGui::GetTime() - moved_s_ > kStill_s ? kStillSamples : 1;
    const ImVec4 ground = ImGui::GetStyleColorVec4(ImGuiCol_WindowBg);
    style.background = {ground.x, ground.y, ground.z};
    renderer_->Render(scene, view_, style);
    trouble_.clear();
  } catch (const std::exception& error) {
    if (trouble_ != error.what()) interface->Say(error.what(), true);
    trouble_ = error.what();
  }
  if (!trouble_.empty()) {
    ImGui::SetCursorScreenPos({area.x, area.y});
    TextInTheMiddle("This scene cannot be drawn: " + trouble_);
    return;
  }
  ImGui::GetWindowDrawList()->AddCallback(
      [](const ImDrawList*, const ImDrawCmd* command) {
        static_cast<const ScenePanel*>(command->UserCallbackData)->CopyPicture();
      },
      this);
  FrameOfCamera(scene, area);
  PlaceBody(interface, scene, area);
  DrawLegend(scene, area, interface->now());
  if (bare_) return;
  DrawTools(interface, scene, area);
  DrawCard(scene, area, interface->now());
}

ROOKERY_REGISTER_PANEL(ScenePanel, {.title = kTitle,
                                    .help = "the world, from everywhere, to be touched",
                                    .place = Place::kCenter,
                                    .order = 1,
                                    .padding = false});

}  // namespace rookery::gui
