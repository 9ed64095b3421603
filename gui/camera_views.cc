#include "gui/camera_views.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace rookery::gui {
namespace {

constexpr int kRest = 3;  // times as long as drawing took

}  // namespace

CameraViews::CameraViews() : rasterizer_(std::make_unique<Rasterizer>()) {}

CameraViews::~CameraViews() {
  if (work_.valid()) work_.wait();
}

void CameraViews::Take() {
  if (!work_.valid() || work_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    return;
  }
  Drawn drawn = work_.get();
  next_ = Clock::now() + kRest * (Clock::now() - began_);
  if (std::exchange(forget_, false)) return;
  views_ = std::move(drawn.views);
  trouble_ = std::move(drawn.trouble);
}

void CameraViews::Clear() {
  views_.clear();
  trouble_.clear();
  asked_.reset();
  forget_ = work_.valid();
  next_ = {};
}

void CameraViews::Update(const std::shared_ptr<const Scene>& scene,
                         const std::vector<std::string>& cameras) {
  Take();
  if (work_.valid() || scene == nullptr || cameras.empty() || Clock::now() < next_) return;
  if (scene == asked_ && cameras == asked_cameras_) return;
  asked_ = scene;
  asked_cameras_ = cameras;
  began_ = Clock::now();
  work_ = std::async(std::launch::async, [this, scene, cameras] {
    Drawn drawn;
    for (const std::string& name : cameras) {
      const auto camera = std::find_if(scene->cameras.begin(), scene->cameras.end(),
                                       [&](const Camera& c) { return c.name == name; });
      if (camera == scene->cameras.end()) continue;
      try {
        CameraView view{scene, {}};
        rasterizer_->Render(*scene, *camera, {}, &view.frame);
        drawn.views.emplace(name, std::move(view));
      } catch (const std::exception& error) {
        drawn.trouble = error.what();
      }
    }
    return drawn;
  });
}

const CameraView* CameraViews::Find(const std::string& camera) const {
  const auto found = views_.find(camera);
  return found == views_.end() ? nullptr : &found->second;
}

}  // namespace rookery::gui
