// Why panel: why the agent acted as it did, drawn from its explanation (core/overlay.h).
#ifndef ROOKERY_GUI_PANELS_WHY_PANEL_H_
#define ROOKERY_GUI_PANELS_WHY_PANEL_H_

#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "gui/explanation_figures.h"
#include "gui/panel.h"
#include "gui/picture_texture.h"
#include "gui/snapshot.h"

namespace rookery::gui {

class WhyPanel final : public Panel {
 public:
  void Draw(Interface* interface) override;
  void Update(Interface* interface) override;

  // What it draws; those of an earlier step until the newest ones are ready.
  const ExplanationFigures& figures() const { return figures_; }
  bool ready() const { return !making_.valid() && shown_ == wanted_ && hidden_ == made_hidden_; }
  int64_t frame() const { return frame_; }  // of the videos

 private:
  void DrawSections();
  void DrawTable();
  void DrawPoses();
  void DrawVideos();
  PictureTexture& Texture(const std::string& name) { return textures_[name]; }

  std::shared_ptr<const ArrayMap> wanted_, shown_;    // explanations
  std::map<std::string, bool> hidden_, made_hidden_;  // maps left out of the table's picture
  std::future<ExplanationFigures> making_;
  ExplanationFigures figures_;
  std::map<std::string, PictureTexture> textures_;
  std::set<std::string> said_;  // troubles, each once
  bool seen_ = false;           // it was drawn: only then are figures made
  int64_t frame_ = 0;
  bool play_ = true;
  double moved_s_ = 0;  // when the videos' frame changed last
};

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PANELS_WHY_PANEL_H_
