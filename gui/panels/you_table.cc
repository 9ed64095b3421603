#include "gui/panels/you_table.h"

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>
#include <cstdio>

#include "renderers/report/figures.h"

namespace rookery::gui {
namespace {

constexpr double kCrop_px = 64;  // side of what is shown at the place
constexpr double kTurn = 10 * kPi / 180, kFineTurn = kPi / 180;  // rad

ImU32 Color(const char* what, float alpha = 1) {
  const report::Rgb c = report::NameColor(ArrayMap(), what);
  return IM_COL32(c[0], c[1], c[2], static_cast<int>(alpha * 255));
}

// To (-pi, pi].
double Wrapped(double angle) { return std::remainder(angle, 2 * kPi); }

// A spatula pushes; everything else picks and places.
bool HasSpatula(const Snapshot& now) {
  if (now.scene == nullptr) return false;
  return std::any_of(now.scene->bodies.begin(), now.scene->bodies.end(), [](const SceneBody& body) {
    return body.name.find("spatula") != std::string::npos;
  });
}

void Arrow(ImDrawList* draw, ImVec2 from, ImVec2 to, ImU32 color, float width) {
  const float dx = to.x - from.x, dy = to.y - from.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  if (length < 4 * width) return;
  const float ux = dx / length, uy = dy / length, head = 4.5f * width;
  const ImVec2 neck(to.x - ux * head, to.y - uy * head);
  draw->AddLine(from, neck, color, width);
  draw->AddTriangleFilled(to, {neck.x - uy * head * 0.55f, neck.y + ux * head * 0.55f},
                          {neck.x + uy * head * 0.55f, neck.y - ux * head * 0.55f}, color);
}

}  // namespace

void YouTable::Start(const Snapshot& now) {
  hand_ = TableHand(*now.spec);
  pushes_ = HasSpatula(now);
  seen_.reset();
  sent_.reset();
  pictured_.reset();
}

void YouTable::MakePictures(const Snapshot& now) {
  if (pictured_ == now.result) return;
  pictured_ = now.result;
  const ArrayMap& observation = now.result->observation;
  picture_.Set(heights_ ? report::HeightPicture(observation.at("heightmap.height")).image
                        : report::TableImage(observation.at("heightmap.rgb")),
               true);
  if (const Array* goal = observation.Find("goal.heightmap.rgb")) {
    goal_.Set(report::TableImage(*goal), true);
  }
}

bool YouTable::Ready(const Snapshot& now) const {
  return now.result != nullptr && sent_ != now.result &&
         (now.mode == Mode::kWaiting || now.mode == Mode::kPaused);
}

std::string YouTable::Help() const {
  return pushes_ ? "Click in the panel You where a push begins, then where it ends; press Enter."
                 : "Click in the panel You what to pick, then where to place it; the wheel turns "
                   "it. Press Enter to do it.";
}

void YouTable::Send(Interface* interface) {
  const Snapshot& now = interface->now();
  if (!Ready(now) || !hand_.pick() || !hand_.place()) return;
  interface->simulation().Decide(hand_.Action(now.result->observation));
  sent_ = now.result;
  if (now.mode == Mode::kPaused) interface->simulation().Play();
}

void YouTable::Update(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.result != seen_) {  // another scene: the points meant the last one
    seen_ = now.result;
    hand_.Clear();
  }
  Keys& keys = interface->keys();
  if (hand_.pick()) keys.SwitchOff("Scene");  // Escape takes back
  if (!Ready(now)) return;
  const double turn = ImGui::GetIO().KeyShift ? kFineTurn : kTurn;
  if (keys.Pressed("turn_left")) hand_.yaw = Wrapped(hand_.yaw + turn);
  if (keys.Pressed("turn_right")) hand_.yaw = Wrapped(hand_.yaw - turn);
  if (keys.Pressed("take_back")) hand_.TakeBack();
  if (keys.Pressed("do_it")) Send(interface);
}

void YouTable::DrawMarks(Interface* interface, ImVec2 corner, float zoom,
                         const TablePoint* cursor) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float line = std::max(1.0f, 1.6f * interface->scale());
  const auto at = [&](double right, double down) {
    return ImVec2(corner.x + static_cast<float>(right) * zoom,
                  corner.y + static_cast<float>(down) * zoom);
  };
  const TablePoint* pick = hand_.pick() ? &*hand_.pick() : cursor;
  const TablePoint* place = hand_.place() ? &*hand_.place() : hand_.pick() ? cursor : nullptr;
  if (pick == nullptr) return;
  const ImVec2 from = at(pick->right, pick->down);
  const ImU32 orange = Color("pick", hand_.pick() ? 1.0f : 0.6f);
  const ImU32 blue = Color("place", hand_.place() ? 1.0f : 0.75f);
  if (place != nullptr && pushes_) {
    const double dr = place->right - pick->right, dd = place->down - pick->down;
    const double length = std::sqrt(dr * dr + dd * dd);
    if (length > 1) {  // the blade is across
      const double ur = -dd / length * 16, ud = dr / length * 16;
      draw->AddLine(at(pick->right - ur, pick->down - ud), at(pick->right + ur, pick->down + ud),
                    orange, 2 * line);
    }
  } else if (place != nullptr) {
    // What lies around the pick, as it would lie at the place.
    const double half = kCrop_px / 2, c = std::cos(hand_.yaw), s = std::sin(hand_.yaw);
    const auto turned = [&](double right, double down) {
      return at(place->right + right * c + down * s, place->down - right * s + down * c);
    };
    const double left = std::max(-half, -pick->right), top = std::max(-half, -pick->down);
    const double right = std::min(half, hand_.width() - pick->right);
    const double bottom = std::min(half, hand_.height() - pick->down);
    const auto uv = [&](double r, double d) {
      return ImVec2(static_cast<float>((pick->right + r) / hand_.width()),
                    static_cast<float>((pick->down + d) / hand_.height()));
    };
    draw->AddImageQuad(static_cast<ImTextureID>(picture_.texture()), turned(left, top),
                       turned(right, top), turned(right, bottom), turned(left, bottom),
                       uv(left, top), uv(right, top), uv(right, bottom), uv(left, bottom),
                       IM_COL32(255, 255, 255, 165));
    draw->AddQuad(turned(-half, -half), turned(half, -half), turned(half, half),
                  turned(-half, half), blue, line);
    draw->AddLine(turned(0, 0), turned(0, half), blue, line);  // its yaw
    // Where it comes from.
    draw->AddRect(at(pick->right - half, pick->down - half),
                  at(pick->right + half, pick->down + half), orange, 0, 0, line / 2);
  }
  if (place != nullptr) {
    const ImVec2 to = at(place->right, place->down);
    Arrow(draw, from, to, IM_COL32(255, 255, 255, 220), line);
    draw->AddCircleFilled(to, 2.5f * line, blue);
  }
  const float radius = 5 * zoom;
  draw->AddCircle(from, radius, orange, 0, line * 1.3f);
  draw->AddLine({from.x - radius / 2, from.y}, {from.x + radius / 2, from.y}, orange, line);
  draw->AddLine({from.x, from.y - radius / 2}, {from.x, from.y + radius / 2}, orange, line);
}

void YouTable::DrawPicture(Interface* interface) {
  const Snapshot& now = interface->now();
  const ArrayMap& observation = now.result->observation;
  MakePictures(now);
  const auto picture = static_cast<ImTextureID>(picture_.texture());
  const float width = ImGui::GetContentRegionAvail().x;
  const auto zoom = std::max(0.25f, width / static_cast<float>(hand_.width()));
  const ImVec2 size(static_cast<float>(hand_.width()) * zoom,
                    static_cast<float>(hand_.height()) * zoom);
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImGui::InvisibleButton("table", size,
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
  hovered_ = ImGui::IsItemHovered();
  ImGui::SetItemKeyOwner(ImGuiKey_MouseWheelY);  // turns, and does not scroll
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImVec2 far(corner.x + size.x, corner.y + size.y);
  const bool ready = Ready(now);
  draw->AddImage(picture, corner, far, {0, 0}, {1, 1},
                 ready ? IM_COL32_WHITE : IM_COL32(255, 255, 255, 130));
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const TablePoint point{(mouse.x - corner.x) / zoom, (mouse.y - corner.y) / zoom};
  const bool over = hovered_ && hand_.Contains(point);
  if (over && ready) {
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
      if (!hand_.pick()) {
        hand_.PutPick(point);
      } else {
        hand_.PutPlace(point);
        if (at_once_) Send(interface);
      }
    }
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Right)) hand_.TakeBack();
    const double turn = ImGui::GetIO().KeyShift ? kFineTurn : kTurn;
    // With Shift, some systems turn the wheel sideways.
    const auto wheel = static_cast<double>(ImGui::GetIO().MouseWheel + ImGui::GetIO().MouseWheelH);
    if (hand_.pick() && wheel != 0) hand_.yaw = Wrapped(hand_.yaw + wheel * turn);
    ImGui::SetMouseCursor(ImGuiMouseCursor_None);
  }
  draw->PushClipRect(corner, far, true);
  if (ready) {
    DrawMarks(interface, corner, zoom, over ? &point : nullptr);
    if (over && (hand_.place() || !hand_.pick())) {  // the cursor, where no mark follows it
      draw->AddCircleFilled(mouse, 2 * interface->scale(), IM_COL32_WHITE);
    }
  }
  draw->PopClipRect();
  draw->AddRect(corner, far, ImGui::GetColorU32(ImGuiCol_Border));
  if (over) {
    const Vec3 p = hand_.World(point, observation);
    ImGui::TextDisabled("x %.3f m  y %.3f m  height %.1f cm", p.x, p.y, 100 * p.z);
  } else {
    ImGui::TextDisabled("the robot is at the upper edge");
  }
}

void YouTable::DrawButtons(Interface* interface) {
  const Snapshot& now = interface->now();
  const bool ready = Ready(now);
  ImGui::BeginDisabled(!ready || !hand_.place());
  if (ImGui::Button("Do it")) Send(interface);
  ImGui::EndDisabled();
  ImGui::SetItemTooltip("acts as shown (%s)", interface->keys().Names("do_it").c_str());
  ImGui::SameLine();
  ImGui::BeginDisabled(!hand_.pick());
  if (ImGui::Button("Take back")) hand_.TakeBack();
  ImGui::EndDisabled();
  ImGui::SetItemTooltip("the last point (right click, %s)",
                        interface->keys().Names("take_back").c_str());
  ImGui::SameLine();
  ImGui::Checkbox("at once", &at_once_);
  ImGui::SetItemTooltip("acts with the second click");
  ImGui::SameLine();
  if (ImGui::Checkbox("heights", &heights_)) pictured_.reset();
  ImGui::SetItemTooltip("shows heights in false colours");
  if (pushes_) return;
  auto degrees = static_cast<float>(hand_.yaw * 180 / kPi);
  ImGui::SetNextItemWidth(-FLT_MIN);
  if (ImGui::SliderFloat("##turn", &degrees, -180, 180, "turned by %.0f deg")) {
    hand_.yaw = Wrapped(static_cast<double>(degrees) * kPi / 180);
  }
  ImGui::SetItemTooltip("wheel over the picture, or %s and %s; finer with Shift",
                        interface->keys().Names("turn_left").c_str(),
                        interface->keys().Names("turn_right").c_str());
  DrawTilt();
}

void YouTable::DrawTilt() {
  if (!ImGui::TreeNode("Height and tilt of the place")) return;
  const auto slider = [](const char* label, double* value, double most, const char* format,
                         double unit) {
    auto shown = static_cast<float>(*value * unit);
    ImGui::SetNextItemWidth(10 * ImGui::GetFontSize());
    const auto limit = static_cast<float>(most);
    if (ImGui::SliderFloat(label, &shown, -limit, limit, format)) {
      *value = static_cast<double>(shown) / unit;
    }
  };
  slider("over what is there", &hand_.lift, 10, "%.1f cm", 100);
  slider("roll", &hand_.roll, 45, "%.0f deg", 180 / kPi);
  slider("pitch", &hand_.pitch, 45, "%.0f deg", 180 / kPi);
  ImGui::TreePop();
}

void YouTable::DrawGoal(const Snapshot& now) {
  const Array* rgb = now.result->observation.Find("goal.heightmap.rgb");
  if (rgb == nullptr || rgb->shape().size() != 3) return;
  ImGui::SeparatorText("So it is to be");
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::Image(ImTextureRef(static_cast<ImTextureID>(goal_.texture())),
               {width, width * static_cast<float>(hand_.height() / hand_.width())});
}

void YouTable::Draw(Interface* interface) {
  const Snapshot& now = interface->now();
  if (now.result == nullptr || !now.result->observation.Has("heightmap.rgb")) return;
  const char* text = nullptr;
  if (now.mode == Mode::kEnded) {
    text = "The episode is over. Next gives you another one.";
  } else if (!Ready(now)) {
    text = "The robot is at work...";
  } else if (!hand_.pick()) {
    text = pushes_ ? "Click where the push begins." : "Click what to pick.";
  } else if (!hand_.place()) {
    text =
        pushes_ ? "Click where the push ends." : "Turn it with the wheel; click where to place it.";
  } else {
    text = pushes_ ? "Press Enter to push, or click another end."
                   : "Press Enter to do it, or click another place.";
  }
  ImGui::TextWrapped("%s", text);
  DrawPicture(interface);
  DrawButtons(interface);
  DrawGoal(now);
}

}  // namespace rookery::gui
