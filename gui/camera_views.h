// What cameras of a scene see, drawn by the CPU rasteriser off the window's thread.
#ifndef ROOKERY_GUI_CAMERA_VIEWS_H_
#define ROOKERY_GUI_CAMERA_VIEWS_H_

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/scene.h"
#include "renderers/rasterizer.h"

namespace rookery::gui {

struct CameraView {
  std::shared_ptr<const Scene> scene;  // it shows
  Frame frame;
};

// For one thread. While pictures are being drawn the newest ones before them stay.
class CameraViews {
 public:
  CameraViews();
  ~CameraViews();  // waits for a picture that is being drawn
  CameraViews(const CameraViews&) = delete;
  CameraViews& operator=(const CameraViews&) = delete;

  // Call it every frame: takes what is finished and, when the scene is another than what is shown,
  // begins anew; at most a quarter of one core's time is taken. `scene` may be null.
  void Update(const std::shared_ptr<const Scene>& scene, const std::vector<std::string>& cameras);
  void Clear();  // another environment

  const CameraView* Find(const std::string& camera) const;  // null: not drawn yet
  const std::string& trouble() const { return trouble_; }   // why there is none, or ""
  bool busy() const { return work_.valid(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Drawn {
    std::map<std::string, CameraView> views;
    std::string trouble;
  };
  void Take();

  std::unique_ptr<Rasterizer> rasterizer_;
  std::future<Drawn> work_;
  std::map<std::string, CameraView> views_;
  std::shared_ptr<const Scene> asked_;  // for what was drawn last
  std::vector<std::string> asked_cameras_;
  std::string trouble_;
  bool forget_ = false;  // what is being drawn is not wanted any more
  Clock::time_point began_ = {}, next_ = {};
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_CAMERA_VIEWS_H_
