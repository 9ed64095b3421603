#include "renderers/report/episode_story.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "renderers/rasterizer.h"
#include "renderers/report/contact_sheet.h"
#include "renderers/report/figures.h"

namespace rookery::report {
namespace {

constexpr char kTableRgb[] = "heightmap.rgb";
constexpr std::array<uint8_t, 3> kBackground = {24, 26, 30};
constexpr size_t kViews = 5;  // shown of an episode of many steps

// Copies `picture` into `canvas` with its upper left corner at (row, column).
void Paste(const Array& picture, int64_t row, int64_t column, Array* canvas) {
  const int64_t height = std::min(picture.shape()[0], canvas->shape()[0] - row);
  const int64_t width = std::min(picture.shape()[1], canvas->shape()[1] - column);
  const uint8_t* from = picture.As<uint8_t>().data();
  uint8_t* to = canvas->As<uint8_t>().data();
  for (int64_t r = 0; r < height; ++r) {
    std::memcpy(to + ((row + r) * canvas->shape()[1] + column) * 3,
                from + r * picture.shape()[1] * 3, static_cast<size_t>(width * 3));
  }
}

// Draws the film's frames: scene left, decision right (or scene alone).
class Film {
 public:
  Film(VideoWriter* writer, const FilmOptions& options) : writer_(writer), options_(options) {}

  void Show(Env* env, int repeat) {
    if (const Array* screen = env->GetScreen()) {
      // Small screens are enlarged; all frames have one size, an even one.
      const Array frame = ScreenPicture(*screen, kScreenWidth);
      for (int i = 0; i < repeat; ++i) writer_->Add(frame);
    } else {
      Show(env->GetScene(), repeat);
    }
  }
  void Show(const Scene& scene, int repeat) {
    if (scene.cameras.empty()) return;
    const Camera* camera = &scene.cameras.front();
    for (const Camera& candidate : scene.cameras) {
      if (candidate.name == options_.camera) camera = &candidate;
    }
    RenderOptions render;
    render.depth = render.segmentation = false;
    rasterizer_.Render(scene, *camera, render, &frame_);
    const int64_t height = camera->height;
    const int64_t panel = panel_.size() > 0 ? 2 * margin_ + panel_.shape()[1] : 0;
    // Even sizes, as video encoders want.
    Array canvas(DType::kUInt8, {height + height % 2, (camera->width + panel + 1) / 2 * 2, 3});
    const std::span<uint8_t> pixels = canvas.As<uint8_t>();
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = kBackground[i % 3];
    Paste(frame_.rgb, 0, 0, &canvas);
    if (panel > 0) {
      Paste(panel_, std::max<int64_t>(0, (height - panel_.shape()[0]) / 2), camera->width + margin_,
            &canvas);
    }
    for (int i = 0; i < repeat; ++i) writer_->Add(canvas);
  }

  // What the right-hand side shows from now on.
  void Decide(const ArrayMap& observation, const ArrayMap& explanation) {
    const Array* table = observation.Find(kTableRgb);
    if (table == nullptr) return;
    panel_ = Flatten(ExplainedNames(explanation).empty() ? TablePicture(*table)
                                                         : DecisionPicture(*table, explanation),
                     2);
  }

  int Frames(double seconds) const {
    return static_cast<int>(std::lround(seconds * options_.frames_per_second));
  }

 private:
  static constexpr int64_t margin_ = 16;    // px
  static constexpr int kScreenWidth = 640;  // px
  VideoWriter* writer_;
  FilmOptions options_;
  Rasterizer rasterizer_;
  Frame frame_;
  Array panel_;
};

ArrayMap Shown(const ArrayMap& observation) {
  ArrayMap out;
  for (const char* name : {kTableRgb, "heightmap.height", "front.rgb"}) {
    if (const Array* array = observation.Find(name)) out.Set(name, array->Clone());
  }
  return out;
}

// A few moments of an episode of unknown length: every so many steps, fewer as it goes on.
class Views {
 public:
  explicit Views(std::vector<StoryView>* views) : views_(views) {}
  void Consider(Env* env, int64_t step, bool last) {
    if (step % stride_ != 0 && !last) return;
    if (views_->size() >= kMost && !last) {
      // Every second one goes.
      stride_ *= 2;
      std::erase_if(*views_, [&](const StoryView& view) { return view.step % stride_ != 0; });
      if (step % stride_ != 0) return;
    }
    Array picture = EnvPicture(env, "overview", kWidth);
    if (picture.size() > 0) views_->push_back({step, std::move(picture)});
  }

 private:
  static constexpr size_t kMost = 2 * kViews;
  static constexpr int kWidth = 320;  // px
  std::vector<StoryView>* views_;
  int64_t stride_ = 1;
};

class Storyteller final : public StepObserver {
 public:
  Storyteller(Env* env, Agent* agent, Film* film, const FilmOptions& options, EpisodeStory* story)
      : env_(env),
        agent_(agent),
        film_(film),
        options_(options),
        story_(story),
        hz_(env->spec().control_hz),
        views_(&story->views) {}

  void OnReset(uint64_t, const ArrayMap&, const StepResult& result) override {
    story_->final_observation = Shown(result.observation);
    if (hz_ > 0) views_.Consider(env_, 0, false);
    if (film_ != nullptr) {
      film_->Decide(result.observation, {});
      film_->Show(env_, film_->Frames(options_.pause_s));
    }
  }
  void OnStep(const ArrayMap& observation, const ArrayMap&, const StepResult& result) override {
    story_->steps.push_back(
        {Shown(observation), agent_->Explanation().Clone(), result.reward, agent_->Sentence()});
    story_->final_observation = Shown(result.observation);
    if (hz_ > 0) {
      const auto step = static_cast<int64_t>(story_->steps.size());
      views_.Consider(env_, step, result.done());
      if (film_ == nullptr) return;
      // Frames until now, less those that were shown.
      const double now_s = std::min(static_cast<double>(step) / hz_, options_.longest_s);
      const int due = film_->Frames(now_s) - frames_;
      frames_ += due;
      if (result.done())
        film_->Show(env_, film_->Frames(options_.pause_s));
      else if (due > 0)
        film_->Show(env_, due);
    } else if (film_ != nullptr) {
      film_->Show(env_, film_->Frames(options_.pause_s));
      film_->Decide(result.observation, {});
      film_->Show(env_, film_->Frames(options_.pause_s));
    }
  }

 private:
  Env* env_;
  Agent* agent_;
  Film* film_;
  FilmOptions options_;
  EpisodeStory* story_;
  double hz_;  // 0: decisions are few and long
  Views views_;
  int frames_ = 0;
};

// Passes everything on; lets the film see the decision before the arm moves.
class WatchedAgent final : public Agent {
 public:
  WatchedAgent(Agent* agent, Film* film, const FilmOptions& options)
      : agent_(agent), film_(film), options_(options) {}
  void BeginEpisode(uint64_t seed) override { agent_->BeginEpisode(seed); }
  bool Act(const ArrayMap& observation, const ActContext& context, ArrayMap* action) override {
    const bool acts = agent_->Act(observation, context, action);
    if (acts && film_ != nullptr && !(context.env->spec().control_hz > 0)) {
      film_->Decide(observation, agent_->Explanation());
      film_->Show(context.env, film_->Frames(options_.pause_s));
    }
    return acts;
  }
  const ArrayMap& Explanation() const override { return agent_->Explanation(); }
  std::string Sentence() const override { return agent_->Sentence(); }

 private:
  Agent* agent_;
  Film* film_;
  FilmOptions options_;
};

std::string StepText(size_t index, size_t count, double reward) {
  char text[64];
  std::snprintf(text, sizeof(text), "Decision %zu of %zu, reward %.3g", index + 1, count, reward);
  return text;
}

// Of the views as many as there is room for, evenly, the first and the last among them; and how
// the score came about.
void AddViews(const EpisodeStory& story, Card* card) {
  const size_t n = story.views.size(), shown = std::min(n, kViews);
  for (size_t i = 0; i < shown; ++i) {
    const StoryView& view = story.views[shown == 1 ? n - 1 : i * (n - 1) / (shown - 1)];
    Picture picture;
    picture.image = view.picture;
    picture.title = view.step == 0                    ? "Start"
                    : view.step == story.result.steps ? "End, step " + std::to_string(view.step)
                                                      : "Step " + std::to_string(view.step);
    card->visuals.push_back(std::move(picture));
  }
  if (story.steps.size() < 2) return;
  constexpr size_t kMostPoints = 300;
  Series series{.name = "score so far", .x = {0}, .y = {0}};
  double sum = 0;
  const size_t stride = (story.steps.size() + kMostPoints - 1) / kMostPoints;
  for (size_t i = 0; i < story.steps.size(); ++i) {
    sum += story.steps[i].reward;
    if ((i + 1) % stride != 0 && i + 1 != story.steps.size()) continue;
    series.x.push_back(static_cast<double>(i + 1));
    series.y.push_back(sum);
  }
  card->visuals.push_back(LinePlot{.title = "Score so far",
                                   .caption = "",
                                   .x_label = "step",
                                   .y_label = "sum of rewards",
                                   .series = {series}});
}

}  // namespace

EpisodeStory TellEpisode(Env* env, Agent* agent, uint64_t seed, VideoWriter* writer,
                         const FilmOptions& options) {
  EpisodeStory story;
  story.knows_success = env->spec().info.Find("success") != nullptr;
  Film film(writer, options);
  Film* const shown = writer == nullptr ? nullptr : &film;
  WatchedAgent watched(agent, shown, options);
  Storyteller teller(env, &watched, shown, options, &story);
  StepLoop loop(env, &watched);
  loop.AddObserver(&teller);
  if (writer != nullptr && !(env->spec().control_hz > 0)) {
    // Reset's own settling is not part of the story: film from the first step on.
    const double hz = options.frames_per_second * options.slow_motion;
    bool acting = false;
    env->WatchScene(hz, [&](const Scene& scene, double) {
      if (acting) film.Show(scene, 1);
    });
    try {
      loop.Reset(seed);
      acting = true;
      while (loop.Step()) {
      }
    } catch (...) {
      env->WatchScene(0, {});
      throw;
    }
    env->WatchScene(0, {});
    story.result = loop.progress();
  } else {
    story.result = loop.RunEpisode(seed);
  }
  return story;
}

Card StoryCard(const EpisodeStory& story) {
  const EpisodeResult& result = story.result;
  Card card;
  card.title = "Seed " + std::to_string(result.seed);
  card.anchor = "story-" + std::to_string(result.seed);
  char score[48];
  std::snprintf(score, sizeof(score), "score %.3g", result.score);
  card.badge = result.success ? "solved" : score;
  card.tone = !story.knows_success ? Tone::kPlain : (result.success ? Tone::kGood : Tone::kBad);
  card.text = std::to_string(result.steps) + (result.steps == 1 ? " action" : " actions") +
              (result.success || !story.knows_success ? "" : std::string(", ") + score) +
              (result.gave_up ? ", the agent gave up" : "");
  // What was done, in words, as far as the agent tells.
  constexpr size_t kMostSentences = 6;
  size_t told = 0;
  for (const StoryStep& step : story.steps) {
    if (step.sentence.empty() || told == kMostSentences) continue;
    card.text += (told == 0 ? ": " : "; ") + step.sentence;
    if (++told == kMostSentences && story.steps.size() > kMostSentences) card.text += " ...";
  }
  if (!story.views.empty()) {
    AddViews(story, &card);
    return card;
  }
  const auto camera = [&](const ArrayMap& observation, const std::string& title) {
    if (const Array* rgb = observation.Find("front.rgb")) {
      card.visuals.push_back(CameraPicture(*rgb, title));
    } else if (const Array* table = observation.Find(kTableRgb)) {
      Picture picture = TablePicture(*table);
      picture.title = title;
      card.visuals.push_back(std::move(picture));
    }
  };
  constexpr size_t kMostDecisions = 4;
  if (!story.steps.empty()) camera(story.steps.front().observation, "Before");
  for (size_t i = 0; i < std::min(story.steps.size(), kMostDecisions); ++i) {
    const StoryStep& step = story.steps[i];
    const Array* table = step.observation.Find(kTableRgb);
    if (table == nullptr || ExplainedNames(step.explanation).empty()) continue;
    Picture picture = DecisionPicture(*table, step.explanation);
    picture.title = StepText(i, story.steps.size(), step.reward);
    card.visuals.push_back(std::move(picture));
    if (i == 0 && step.explanation.Has("angle.place")) {
      card.visuals.push_back(AngleFigure(step.explanation, "place"));
    }
  }
  const size_t more = story.steps.size() - std::min(story.steps.size(), kMostDecisions);
  camera(story.final_observation,
         more == 0 ? "After" : "After " + std::to_string(more) + " more actions");
  return card;
}

}  // namespace rookery::report
