// Scene panel: the world as it is now, to be looked at from everywhere and to be touched; or the
// screen of a game.
#ifndef ROOKERY_GUI_PANELS_SCENE_PANEL_H_
#define ROOKERY_GUI_PANELS_SCENE_PANEL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/scene.h"
#include "gui/keys.h"
#include "gui/orbit_camera.h"
#include "gui/overlay_marks.h"
#include "gui/panel.h"
#include "gui/picture_texture.h"
#include "gui/scene_hand.h"
#include "gui/scene_renderer.h"
#include "gui/snapshot.h"

namespace rookery::gui {

class ScenePanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

  // What it showed last, without what ImGui draws over it: (H, W, 3) uint8; no pixels before.
  Array Picture() const;
  int selected() const { return selected_; }  // a body's id, or -1
  const Camera& view() const { return view_; }
  // Where view()'s pixel (0, 0) is in the window, and pixels of the window for one of its.
  float left() const { return left_; }
  float top() const { return top_; }
  float pixel() const { return pixel_; }
  const SceneStyle& style() const { return style_; }
  // The next picture has no tools and hints over it: for a video. Asked for in every frame, before
  // panels are drawn. `take` gets it, (H, W, 3) uint8, without what else lies over the panel.
  void DrawBare(std::function<void(Array)> take = {}) {
    wants_bare_ = true;
    take_ = std::move(take);
  }
  bool bare() const { return bare_; }  // what is shown

 private:
  struct Area {  // of the window, in its pixels
    float x = 0, y = 0, width = 0, height = 0;
  };
  void Remember(Interface* interface) const;
  void DoKeys(Interface* interface, const Scene& scene);
  void DrawScreen(const Array& screen, const Area& area);
  void TakePicture();
  void DrawScene(Interface* interface, const Area& area);
  void Fit(const Scene& scene);
  void LookThrough(const Scene& scene, int camera);  // -1 = free
  void Free(const Scene& scene);  // from the camera of the scene that is looked through
  void UseMouse(Interface* interface, const Scene& scene, const Area& area);
  void ShowOverlay(Interface* interface, const Scene& scene);
  void PlaceBody(Interface* interface, const Scene& scene, const Area& area);
  void CopyPicture() const;
  void FrameOfCamera(const Scene& scene, const Area& area) const;
  // In scene_panel_tools.cc.
  void DrawTools(Interface* interface, const Scene& scene, const Area& area);
  void DrawCamera(const Scene& scene, const Keys& keys, float width);
  void DrawCard(const Scene& scene, const Area& area, const Snapshot& now);
  void DrawLegend(const Scene& scene, const Area& area, const Snapshot& now);
  // Bodies are put elsewhere between steps only.
  static bool CanPlace(const Snapshot& now) {
    return now.mode == Mode::kPaused && !now.within_step;
  }

  std::unique_ptr<SceneRenderer> renderer_;
  PictureTexture screen_;
  std::string trouble_;  // why the scene could not be drawn

  OrbitCamera orbit_;
  int camera_ = -1;  // of the scene, or -1: free
  Camera view_;
  float left_ = 0, top_ = 0, pixel_ = 1;
  SceneStyle style_;
  bool agent_ = true;  // what it explains is shown
  bool read_settings_ = false;
  bool wants_bare_ = false, bare_ = false;
  std::function<void(Array)> take_;
  Area taken_;  // where take_'s picture is

  int64_t opened_ = 0;
  std::shared_ptr<const Scene> shown_;
  double moved_s_ = 0;  // when something moved last
  int selected_ = -1;
  SceneHand hand_;
  std::optional<Pose> placed_;  // of the selected body, while its arrows and rings are dragged
  bool over_gizmo_ = false;

  std::shared_ptr<const ArrayMap> explained_;
  OverlayDrawing overlay_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_SCENE_PANEL_H_
