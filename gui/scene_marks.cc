#include "gui/scene_marks.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rookery::gui {
namespace {

constexpr MarkColor kAxes[] = {
    {0.93f, 0.33f, 0.31f, 1}, {0.42f, 0.78f, 0.36f, 1}, {0.33f, 0.58f, 0.98f, 1}};
constexpr MarkColor kWalls = {kWorkspaceColor[0], kWorkspaceColor[1], kWorkspaceColor[2], 0.35f};

// How large marks are: a part of the workspace or, without one, of how far away the scene is.
double MarkLength(const Scene& scene, const Camera& view) {
  const double room = Norm(scene.workspace_high - scene.workspace_low);
  if (room > 0) return 0.055 * room;
  return std::clamp(0.05 * Norm(view.X_WC.p - scene.light.center), 0.02, 1.0);
}

void AddContacts(const Scene& scene, double newtons_per_m, SceneMarks* marks) {
  for (const SceneContact& contact : scene.contacts) {
    ScenePoint point;
    point.position = contact.position;
    point.color = kContactColor;
    point.size_px = 5;
    marks->points.push_back(point);
    if (!(newtons_per_m > 0) || !(Norm(contact.force) > 0)) continue;
    AddArrow(contact.position, contact.position + contact.force * (1 / newtons_per_m), kForceColor,
             2.5f, marks);
  }
}

void AddFrusta(const Scene& scene, const Camera& view, double length, SceneMarks* marks) {
  for (const Camera& camera : scene.cameras) {
    if (Norm(camera.X_WC.p - view.X_WC.p) < 0.01) continue;
    const Pose& X_WC = camera.X_WC;
    const auto corner = [&](double x, double y) {
      return X_WC * Vec3((x - camera.cx) / camera.fx * length, (y - camera.cy) / camera.fy * length,
                         length);
    };
    const double right = camera.width - 0.5, bottom = camera.height - 0.5;
    const Vec3 corners[] = {corner(-0.5, -0.5), corner(right, -0.5), corner(right, bottom),
                            corner(-0.5, bottom)};
    for (size_t i = 0; i < 4; ++i) {
      AddLine(X_WC.p, corners[i], kFrustumColor, 1.5f, marks);
      AddLine(corners[i], corners[(i + 1) % 4], kFrustumColor, 1.5f, marks);
    }
    // A triangle on the upper edge tells which side is up.
    const double middle = 0.5 * (camera.width - 1);
    const Vec3 tip = corner(middle, -0.5 - 0.18 * camera.height);
    AddLine(corner(0.3 * camera.width, -0.5), tip, kFrustumColor, 1.5f, marks);
    AddLine(tip, corner(0.7 * camera.width, -0.5), kFrustumColor, 1.5f, marks);
  }
}

void AddWorkspace(const Scene& scene, SceneMarks* marks) {
  const Vec3 &low = scene.workspace_low, &high = scene.workspace_high;
  if (low == high) return;
  const auto corner = [&](int i) {
    return Vec3((i & 1) != 0 ? high.x : low.x, (i & 2) != 0 ? high.y : low.y,
                (i & 4) != 0 ? high.z : low.z);
  };
  for (int i = 0; i < 8; ++i) {
    for (const int axis : {1, 2, 4}) {
      if ((i & axis) != 0) continue;
      const bool floor = (i & 4) == 0 && axis != 4;
      AddLine(corner(i), corner(i | axis), floor ? kWorkspaceColor : kWalls, floor ? 2.0f : 1.2f,
              marks);
    }
  }
}

}  // namespace

const MarkColor& AxisColor(int axis) { return kAxes[axis]; }

void AddLine(const Vec3& from, const Vec3& to, const MarkColor& color, float width_px,
             SceneMarks* marks) {
  marks->lines.push_back(
      {.from = from, .to = to, .color = color, .width_px = width_px, .always = false});
}

void AddArrow(const Vec3& from, const Vec3& to, const MarkColor& color, float width_px,
              SceneMarks* marks) {
  marks->lines.push_back(
      {.from = from, .to = to, .color = color, .width_px = width_px, .arrow = true});
}

void AddFrame(const Pose& X_WF, double length_m, float width_px, SceneMarks* marks) {
  for (int i = 0; i < 3; ++i) {
    Vec3 axis;
    axis[i] = length_m;
    AddArrow(X_WF.p, X_WF * axis, kAxes[i], width_px, marks);
  }
}

void AddSceneMarks(const Scene& scene, const Camera& view, const SceneStyle& style,
                   SceneMarks* marks) {
  const double length = MarkLength(scene, view);
  if (style.workspace) AddWorkspace(scene, marks);
  if (style.frusta) AddFrusta(scene, view, 2 * length, marks);
  if (style.frames) {
    for (const SceneBody& body : scene.bodies) {
      if (body.movable) AddFrame(body.X_WB, 0.7 * length, 2, marks);
    }
    for (const SceneFrame& frame : scene.frames) AddFrame(frame.X_WF, length, 3, marks);
  }
  if (style.contacts) AddContacts(scene, style.newtons_per_m, marks);
}

}  // namespace rookery::gui
