// Compare panel: another agent on the same seed, step by step beside the first.
#ifndef ROOKERY_GUI_PANELS_COMPARE_PANEL_H_
#define ROOKERY_GUI_PANELS_COMPARE_PANEL_H_

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gui/lockstep.h"
#include "gui/orbit_camera.h"
#include "gui/panel.h"
#include "gui/picture_texture.h"
#include "gui/run_list.h"
#include "gui/scene_renderer.h"

namespace rookery::gui {

class ComparePanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

  void Choose(const Cast& cast);
  // Null until another agent was chosen.
  Lockstep* lockstep() { return lockstep_.get(); }

 private:
  struct Side {
    std::unique_ptr<SceneRenderer> renderer;
    PictureTexture screen;
  };
  void DrawChoice(Interface* interface);
  void DrawDifference(Interface* interface);
  void DrawSide(Interface* interface, const Snapshot& snapshot, Side* side, float width,
                float height);
  void DrawStatus(const Snapshot& snapshot, bool narrow);
  void DrawScene(Interface* interface, const Scene& scene, Side* side, float width, float height);
  void UseMouse();

  std::unique_ptr<Lockstep> lockstep_;
  std::shared_ptr<const Snapshot> other_;
  Side left_, right_;
  OrbitCamera camera_;
  int64_t fitted_ = 0;  // to what was opened then
  Vec3 center_;         // of the scene's light then: it goes along with worlds that move
  std::string trouble_;
  char path_[512] = "";
  std::vector<TrainingRun> runs_;
  std::future<std::vector<TrainingRun>> searching_;
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_COMPARE_PANEL_H_
