// `rookery bench vector`: steps of vector environments, beside EnvPool, Gymnasium and ale-py.
#include <cctype>
#include <filesystem>
#include <memory>

#include "apps/bench.h"
#include "core/error.h"
#include "core/registry.h"
#include "core/vector_env.h"

namespace rookery::bench {
namespace {

constexpr double kSeconds = 0.7;  // of one side of one repetition, at least
constexpr int kActionBatches = 64;

// A vector of ours and random actions for it, drawn before.
class Ours {
 public:
  Ours(const std::string& id, const std::vector<std::string>& settings, int envs, int threads)
      : vector_(envs, [&](int) { return MakeEnv(id, settings); }, {.threads = threads}),
        actions_(RandomActions(vector_.spec().action, envs, kActionBatches)) {
    vector_.Reset(1);
  }

  // Seconds per step of one environment.
  double Run() {
    return SecondsPerCall(kSeconds,
                          [&] {
                            for (int i = 0; i < kBatches; ++i) {
                              vector_.Step(actions_[next_]);
                              next_ = (next_ + 1) % actions_.size();
                            }
                          }) /
           kBatches / vector_.size();
  }

 private:
  static constexpr int kBatches = 8;  // between looks at the clock
  VectorEnv vector_;
  std::vector<ArrayMap> actions_;
  size_t next_ = 0;
};

// What is compared: ours, by C++ or through our Python module, with one vector of a peer.
struct Pair {
  std::string name, what;
  std::string id;                     // of ours
  std::vector<std::string> settings;  // likewise
  std::string library, peer_id;
  nlohmann::json peer_options = nlohmann::json::object();
  int envs;
  double wanted;
  bool through_python = false;
};

std::vector<Pair> Pairs() {
  std::vector<Pair> out;
  for (const int envs : {8, 64}) {
    const std::string n = std::to_string(envs);
    for (const std::string game : {"Pong", "Breakout", "Seaquest"}) {
      std::string rom = game;
      for (char& c : rom) c = static_cast<char>(std::tolower(c));
      const std::string what =
          "ALE/" + game + "-v5, 84 x 84 x 4, frame skip 4, " + n + " environments";
      const std::vector<std::string> settings = {"preprocess=true", "stack_size=4"};
      out.push_back({.name = rom + "_" + n,
                     .what = what,
                     .id = "ALE/" + game + "-v5",
                     .settings = settings,
                     .library = "envpool",
                     .peer_id = game + "-v5",
                     .peer_options = {{"repeat_action_probability", 0.25}},
                     .envs = envs,
                     .wanted = 1.2});
      out.push_back({.name = rom + "_ale_" + n,
                     .what = what,
                     .id = "ALE/" + game + "-v5",
                     .settings = settings,
                     .library = "ale",
                     .peer_id = rom,
                     .peer_options = {{"repeat_action_probability", 0.25}},
                     .envs = envs,
                     .wanted = 1.2});
    }
    out.push_back({.name = "ant_" + n,
                   .what = "Ant-v5, 105 observations, " + n + " environments",
                   .id = "Ant-v5",
                   .settings = {},
                   .library = "envpool",
                   .peer_id = "Ant-v5",
                   .envs = envs,
                   .wanted = 1.1});
    out.push_back({.name = "car_racing_" + n,
                   .what = "CarRacing-v3, 96 x 96 images, " + n + " environments",
                   .id = "CarRacing-v3",
                   .settings = {},
                   .library = "envpool",
                   .peer_id = "CarRacing-v3",
                   .envs = envs,
                   .wanted = 3});
    out.push_back({.name = "cart_pole_" + n,
                   .what = "CartPole-v1, " + n + " environments, C++",
                   .id = "CartPole-v1",
                   .settings = {},
                   .library = "envpool",
                   .peer_id = "CartPole-v1",
                   .envs = envs,
                   .wanted = 10});
    out.push_back({.name = "cart_pole_python_" + n,
                   .what = "CartPole-v1, " + n + " environments, through Python",
                   .id = "CartPole-v1",
                   .settings = {},
                   .library = "envpool",
                   .peer_id = "CartPole-v1",
                   .envs = envs,
                   .wanted = 2,
                   .through_python = true});
  }
  out.push_back({.name = "car_racing_gymnasium_8",
                 .what = "CarRacing-v3, 96 x 96 images, 8 environments",
                 .id = "CarRacing-v3",
                 .settings = {},
                 .library = "gymnasium",
                 .peer_id = "CarRacing-v3",
                 .envs = 8,
                 .wanted = 50});
  return out;
}

bool Registered(const std::string& id) {
  for (const EnvEntry* entry : ListEnvs()) {
    if (entry->id == id) return true;
  }
  return false;
}

Table Memory(int threads) {
  struct Family {
    std::string name, id;
    std::vector<std::string> settings = {};
  };
  const std::vector<Family> families = {
      {"CartPole-v1", "CartPole-v1"},
      {"Ant-v5", "Ant-v5"},
      {"AntBullet-v0", "AntBullet-v0"},
      {"CarRacing-v3", "CarRacing-v3"},
      {"ALE/Pong-v5, 210 x 160 x 3", "ALE/Pong-v5"},
      {"ALE/Pong-v5, 84 x 84 x 4", "ALE/Pong-v5", {"preprocess=true", "stack_size=4"}},
      {kTaskId, kTaskId}};
  std::vector<std::pair<std::string, Footprint>> footprints;
  for (const Family& family : families) {
    if (!Registered(family.id)) continue;
    const auto make = [&] { return MakeEnv(family.id, family.settings); };
    footprints.push_back({family.name, MeasureFootprint(make, threads, 64)});
  }
  return FootprintTable(footprints);
}

// Episodes of the tabletop on one thread and on two: seconds of a whole step, as every step waits
// for the slowest of the vector.
Contest Scaling(int threads) {
  const auto one = std::make_shared<Ours>(kTaskId, std::vector<std::string>(), 16, 1);
  const auto more = std::make_shared<Ours>(kTaskId, std::vector<std::string>(), 16, threads);
  return {.name = "tabletop_scaling",
          .what = std::string(kTaskId) + ", 16 environments; the peer is ours on 1 thread",
          .threads = threads,
          .ours = [more] { return more->Run(); },
          .peer = [one] { return one->Run(); },
          .peer_label = "ours, 1 thread",
          .wanted_ratio = 1.8};
}

}  // namespace

int Vector(const Options& options, Output* out) {
  Report report{.benchmark = "vector", .load_average = LoadAverage()};
  report.what = {"Seconds per step of one environment in a vector that steps all at once, random",
                 "actions drawn before, on " + ThreadsText(options.threads) + "."};
  report.peer_name = "EnvPool, ale-py, Gymnasium";
  report.tables = {Memory(options.threads)};  // before anything else takes some
  const Peer peer = StartPeer("vector_peer.py", "--envpool", options.threads);
  report.peer_note = peer.note;
  if (peer.process) report.peer_versions = peer.process->greeting()["versions"];
  std::vector<Contest> contests;
  const auto ask = [&](const std::string& library, const std::string& id, int envs,
                       const nlohmann::json& peer_options) {
    const int number = peer.process->Ask({{"command", "make"},
                                          {"library", library},
                                          {"id", id},
                                          {"envs", envs},
                                          {"threads", options.threads},
                                          {"python_path", ROOKERY_PYTHON_DIR},
                                          {"options", peer_options}})["number"];
    return [process = peer.process.get(), number] {
      return process
          ->Ask({{"command", "run"}, {"number", number}, {"seconds", kSeconds}})["seconds"]
          .get<double>();
    };
  };
  for (const Pair& pair : Pairs()) {
    const bool python = peer.process && std::filesystem::exists(ROOKERY_PYTHON_DIR "/rookery");
    if (!Registered(pair.id) || (pair.through_python && !python)) continue;
    Contest contest{.name = pair.name,
                    .what = pair.what,
                    .threads = options.threads,
                    .peer_label = pair.library,
                    .wanted_ratio = pair.wanted};
    if (pair.through_python) {
      contest.ours = ask("rookery", pair.id, pair.envs, nlohmann::json::object());
    } else {
      const auto ours = std::make_shared<Ours>(pair.id, pair.settings, pair.envs, options.threads);
      contest.ours = [ours] { return ours->Run(); };
    }
    if (peer.process) {
      contest.peer = ask(pair.library, pair.peer_id, pair.envs, pair.peer_options);
    }
    contests.push_back(std::move(contest));
  }
  if (Registered(kTaskId) && options.threads > 1) contests.push_back(Scaling(options.threads));
  if (contests.empty()) throw Failure("bench vector: this build has none of its environments");
  report.results = Measure(contests, options.repetitions);
  Write(report, options, out);
  return 0;
}

}  // namespace rookery::bench
