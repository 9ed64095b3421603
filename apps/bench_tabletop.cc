// `rookery bench env` of the tabletop: whole oracle episodes, beside the same in Python with
// PyBullet and NumPy.
#include "apps/bench.h"

#ifdef ROOKERY_WITH_BULLET

#include <time.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <memory>

#include "core/assets.h"
#include "core/registry.h"
#include "core/step_loop.h"
#include "core/thread_pool.h"
#include "envs/tabletop/cameras.h"
#include "envs/tabletop/observer.h"
#include "renderers/heightmap.h"
#include "renderers/rasterizer.h"

namespace rookery::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int64_t kOurEpisodes = 20, kPeerEpisodes = 2;  // of each thread, in one repetition
constexpr int64_t kProfileEpisodes = 20;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// CPU time of the calling thread, which does not grow while other programs have the core.
double ThreadSeconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Sums over episodes, by what is counted.
using Tally = std::map<std::string, double>;

void Count(const StepResult& last, int64_t actions, double score, Tally* tally) {
  (*tally)["episodes"] += 1;
  (*tally)["actions"] += static_cast<double>(actions);
  (*tally)["score"] += score;
  (*tally)["physics_steps"] += last.info.at("physics_steps").AsDouble();
  // Three of each observation, two to find free places, one for each action of the oracle.
  (*tally)["renders"] += static_cast<double>(3 * (actions + 1) + 2 + actions);
}

// Environments and oracles, one pair per thread, kept from repetition to repetition.
class Ours {
 public:
  explicit Ours(int threads) : pool_(threads) {
    for (int i = 0; i < threads; ++i) {
      envs_.push_back(MakeTask());
      agents_.push_back(MakeAgent("oracle", envs_.back()->spec(), 0));
    }
  }

  // Seconds per episode; each call takes test seeds that no call had before.
  double Run() {
    const int64_t count = kOurEpisodes * pool_.threads();
    std::vector<Tally> tallies(static_cast<size_t>(count));
    const auto start = Clock::now();
    pool_.ParallelFor(count, [&](int64_t i, int worker) {
      StepLoop loop(envs_[static_cast<size_t>(worker)].get(),
                    agents_[static_cast<size_t>(worker)].get());
      const EpisodeResult result = loop.RunEpisode(next_seed_ + 2 * static_cast<uint64_t>(i));
      Count(loop.last(), result.steps, result.score, &tallies[static_cast<size_t>(i)]);
    });
    const double seconds = SecondsSince(start) / static_cast<double>(count);
    next_seed_ += 2 * static_cast<uint64_t>(count);
    for (const Tally& tally : tallies) {
      for (const auto& [name, value] : tally) tally_[name] += value;
    }
    return seconds;
  }

  const Tally& tally() const { return tally_; }

 private:
  ThreadPool pool_;
  std::vector<std::unique_ptr<Env>> envs_;
  std::vector<std::unique_ptr<Agent>> agents_;
  uint64_t next_seed_ = 1;
  Tally tally_;
};

// As many Python processes as threads, all at work at the same time.
class Theirs {
 public:
  explicit Theirs(int processes) {
    for (int i = 0; i < processes; ++i) {
      Peer peer = StartPeer("env_peer.py", "--peers");
      note_ = peer.note;
      if (!peer.process) return;
      const std::string plane = "plane/plane.urdf";
      const std::string path = FindAsset(plane);
      peer.process->Ask(
          {{"command", "setup"}, {"assets", path.substr(0, path.size() - plane.size())}});
      processes_.push_back(std::move(peer.process));
    }
  }

  const std::string& note() const { return note_; }  // why there are none
  bool any() const { return !processes_.empty(); }
  const nlohmann::json& versions() const { return processes_[0]->greeting()["versions"]; }

  double Run() {
    for (const auto& process : processes_) {
      process->Send({{"command", "episodes"}, {"count", kPeerEpisodes}, {"seed", next_seed_}});
      next_seed_ += static_cast<uint64_t>(kPeerEpisodes);
    }
    double slowest = 0;
    for (const auto& process : processes_) {
      const nlohmann::json answer = process->Receive();
      slowest = std::max(slowest, answer["seconds"].get<double>());
      tally_["episodes"] += 1;
      for (const char* name : {"actions", "score", "physics_steps", "renders"}) {
        tally_[name] += answer[name].get<double>();
      }
      for (const auto& [name, seconds] : answer["stages"].items()) {
        stages_[name] += seconds.get<double>();
      }
    }
    return slowest / static_cast<double>(processes_.size());
  }

  const Tally& tally() const { return tally_; }
  const Tally& stages() const { return stages_; }  // sums like tally(), s

 private:
  std::vector<std::unique_ptr<PeerProcess>> processes_;
  std::string note_;
  uint64_t next_seed_ = 1;
  Tally tally_, stages_;
};

// Where our time goes, on one thread: the public calls of the environment are timed, and what
// they spend on images by drawing the same scene again.
Table Profile() {
  const std::unique_ptr<Env> env = MakeTask();
  const std::unique_ptr<Agent> oracle = MakeAgent("oracle", env->spec(), 0);
  TabletopObserver observer(true, 1);
  Rasterizer rasterizer;
  HeightmapFuser fuser{HeightmapBounds()};
  std::array<Frame, 3> frames;
  Heightmap heightmap;
  double reset = 0, act = 0, step = 0, images = 0, heightmaps = 0, above = 0, start_images = 0,
         start_heightmaps = 0, acts = 0;
  const auto timed = [](double* sum, const auto& body) {
    const double start = ThreadSeconds();
    body();
    *sum += ThreadSeconds() - start;
  };
  const auto draw_again = [&](double* image_sum, double* heightmap_sum) {
    const Scene& scene = env->GetScene();
    timed(image_sum, [&] {
      for (size_t i = 0; i < frames.size(); ++i) {
        rasterizer.Render(scene, AgentCameras()[i], {.segmentation = false}, &frames[i]);
      }
    });
    timed(heightmap_sum, [&] { fuser.Fuse(AgentCameras(), frames, &heightmap); });
    timed(&above, [&] { observer.SeeFromAbove(scene); });
  };
  StepResult result;
  ArrayMap action;
  for (int64_t episode = -1; episode < kProfileEpisodes; ++episode) {
    if (episode == 0) {  // the one before warmed up
      reset = act = step = images = heightmaps = above = start_images = start_heightmaps = acts = 0;
    }
    const auto seed = static_cast<uint64_t>(2 * episode + 3);
    timed(&reset, [&] { env->Reset(seed, &result); });
    oracle->BeginEpisode(seed);
    draw_again(&start_images, &start_heightmaps);
    while (!result.done()) {
      bool acted = false;
      timed(&act, [&] {
        acted = oracle->Act(result.observation, {.training = false, .env = env.get()}, &action);
      });
      if (!acted) break;
      acts += 1;
      timed(&step, [&] { env->Step(action, &result); });
      draw_again(&images, &heightmaps);
    }
  }
  above /= acts + kProfileEpisodes;  // one view
  const double total = reset + act + step;
  Table table{.name = "profile_ours",
              .title = "ours by stage, one thread, CPU time",
              .unit = "ms per episode",
              .columns = {"time", "share, %"},
              .rows = {}};
  const auto row = [&](const char* name, double difference) {
    const double seconds = std::max(0.0, difference);  // what is too small to tell
    table.rows.push_back({name, {1e3 * seconds / kProfileEpisodes, 100 * seconds / total}});
  };
  row("camera images", images + start_images);
  row("heightmaps", heightmaps + start_heightmaps);
  row("views from above", (2 * kProfileEpisodes + acts) * above);
  row("pick and place, settling", step - images - heightmaps);
  row("loading, free places",
      reset - start_images - start_heightmaps - 2 * kProfileEpisodes * above);
  row("oracle's choice", act - acts * above);
  row("all", total);
  return table;
}

Table PeerProfile(const Theirs& peer) {
  Table table{.name = "profile_peer",
              .title = "peer by stage, one thread",
              .unit = "ms per episode",
              .columns = {"time"},
              .rows = {}};
  for (const auto& [name, seconds] : peer.stages()) {
    table.rows.push_back({name, {1e3 * seconds / peer.tally().at("episodes")}});
  }
  return table;
}

Table Episodes(const Tally& ours, const Tally& peer) {
  Table table{.name = "episodes",
              .title = "what the episodes were, means",
              .unit = "",
              .columns = {"ours", "peer"},
              .rows = {}};
  for (const char* name : {"actions", "score", "physics_steps", "renders"}) {
    const auto mean = [&](const Tally& tally) {
      return tally.empty() ? std::numeric_limits<double>::quiet_NaN()
                           : tally.at(name) / tally.at("episodes");
    };
    table.rows.push_back({name, {mean(ours), mean(peer)}});
  }
  return table;
}

}  // namespace

int Tabletop(const Options& options, Output* out) {
  Report report{.benchmark = "env", .load_average = LoadAverage()};
  std::vector<std::unique_ptr<Ours>> ours;
  std::vector<std::unique_ptr<Theirs>> theirs;
  std::vector<Contest> contests;
  for (const int threads : ThreadCounts(options)) {
    Ours* us = ours.emplace_back(std::make_unique<Ours>(threads)).get();
    Theirs* them = theirs.emplace_back(std::make_unique<Theirs>(threads)).get();
    contests.push_back(
        {.name = "episode_" + ThreadsKey(threads),
         .what = "seconds per episode on " + ThreadsText(threads) + ", an episode on each" +
                 (threads == 1 ? "" : "; peer: as many processes"),
         .threads = threads,
         .ours = [us] { return us->Run(); },
         .peer = them->any() ? std::function<double()>([them] { return them->Run(); }) : nullptr,
         .wanted_ratio = 20,
         .wanted_seconds = threads == 1 ? 0.12 : 0.0});
  }
  report.results = Measure(contests, options.repetitions);
  report.what = {
      std::string("Whole episodes of ") + kTaskId +
          " with the scripted oracle: reset, its choice, "
          "pick and place at 480 Hz,",
      "settling; every observation is three 640x480 colour and depth images with shadows and their "
      "heightmap.",
      "One repetition is the mean over " + std::to_string(kOurEpisodes) + " episodes of ours and " +
          std::to_string(kPeerEpisodes) +
          " of the peer on each thread, new seeds each time. "
          "Times are wall time."};
  Table rate{.name = "rate",
             .title = "rate, by the medians",
             .unit = "episodes/s",
             .columns = {"ours", "peer"},
             .rows = {}};
  for (const Result& result : report.results) {
    rate.rows.push_back({ThreadsText(result.contest.threads),
                         {1 / result.ours.Median(), result.peer.values.empty()
                                                        ? std::numeric_limits<double>::quiet_NaN()
                                                        : 1 / result.peer.Median()}});
  }
  report.tables = {rate, Episodes(ours[0]->tally(), theirs[0]->tally()), Profile()};
  report.peer_name = "the same episode in Python with PyBullet and NumPy, as published";
  report.peer_note = theirs[0]->note();
  if (theirs[0]->any()) {
    report.peer_versions = theirs[0]->versions();
    report.tables.push_back(PeerProfile(*theirs[0]));
  }
  Write(report, options, out);
  return 0;
}

}  // namespace rookery::bench

#else  // ROOKERY_WITH_BULLET

namespace rookery::bench {

int Tabletop(const Options&, Output*) {
  MakeTask();  // says what is missing
  return 1;
}

}  // namespace rookery::bench

#endif  // ROOKERY_WITH_BULLET
