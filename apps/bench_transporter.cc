// `rookery bench transporter`: training and acting, beside the same network and algorithm in
// eager PyTorch.
#include "apps/bench.h"
#include "core/error.h"

#ifdef ROOKERY_WITH_AGENTS

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <numeric>
#include <tuple>

#include "agents/nn/memory.h"
#include "agents/pick_place/benchmark.h"

namespace rookery::bench {
namespace {

using pick_place::TransporterBenchmark;

constexpr double kWantedRatio = 1.3;        // of a training iteration
constexpr double kWantedActSeconds = 0.06;  // of lite-u on one core
constexpr double kWantedDirectRatio = 10;   // of the peer's direct correlation to ours
constexpr double kWantedPeakMib = 2048;

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Peers that are started from now on get the settings of the allocator that ours gives itself.
void GivePeersOurAllocator() {
  for (const auto& [name, bytes] : {std::pair{"MALLOC_MMAP_THRESHOLD_", nn::kMmapThreshold},
                                    {"MALLOC_TRIM_THRESHOLD_", nn::kTrimThreshold},
                                    {"MALLOC_TOP_PAD_", nn::kTopPad}}) {
    setenv(name, std::to_string(bytes).c_str(), 1);
  }
}

// What a peer does so many times; seconds of each. Empty without a peer.
std::function<double()> PeerDoes(const Peer& peer, const std::string& command, int count) {
  if (!peer.process) return nullptr;
  return [process = peer.process.get(), command, count] {
    const nlohmann::json answer = process->Ask({{"command", command}, {"count", count}});
    return Mean(answer["seconds"].get<std::vector<double>>());
  };
}

// One profile on so many threads: ours, and the peer that computes the same.
class Pair {
 public:
  Pair(const std::string& profile, int threads)
      : ours_({"profile=" + profile, "threads=" + std::to_string(threads)}),
        peer_(StartPeer("transporter_peer.py", "--torch-python", threads)) {
    if (!peer_.process) return;
    const nlohmann::json answer = peer_.process->Ask(ours_.PeerSetup());
    if (answer["parameters"].get<int64_t>() != ours_.parameters()) {
      throw Bug("the peer's networks have " + answer["parameters"].dump() + " parameters, ours " +
                std::to_string(ours_.parameters()));
    }
  }

  double Train(int count) { return Mean(ours_.Iterations(count)); }
  double Act(int count) { return Mean(ours_.Actions(count)); }
  double Correlate(int count) { return Mean(ours_.Correlations(count)); }
  // The same algorithm in another process, but with the direct correlation.
  Peer StartDirectPeer() const {
    Peer direct = StartPeer("transporter_peer.py", "--torch-python");
    if (direct.process) {
      nlohmann::json setup = ours_.PeerSetup();
      setup["correlation"] = "direct";
      direct.process->Ask(setup);
    }
    return direct;
  }
  const Peer& peer() const { return peer_; }
  bool bf16() const { return ours_.bf16(); }
  std::string Precision() const { return bf16() ? "bfloat16" : "float32"; }

 private:
  TransporterBenchmark ours_;
  Peer peer_;
};

// Most memory that a process which trains and acts ever held, MiB. In a process of its own, as
// this one will hold several agents.
double PeakMib(const std::vector<std::string>& settings) {
  const pid_t child = fork();
  if (child < 0) throw Failure("cannot start a process to measure memory");
  if (child == 0) {
    try {
      TransporterBenchmark benchmark(settings);
      benchmark.Iterations(5);
      benchmark.Actions(2);
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  rusage usage = {};
  if (wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Failure("training with " + Join(settings) + " to measure its memory failed");
  }
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Peak memory of several profiles, with the verdict in the title.
Table MemoryTable() {
  Table table{.name = "memory",
              .title = "",
              .unit = "MiB",
              .columns = {"ours", "wanted below"},
              .rows = {}};
  std::vector<std::string> missed;
  for (const char* profile : {"lite-u", "small-u", "small"}) {
    for (const char* bf16 : {"auto", "off"}) {
      const std::string name = profile + std::string(*bf16 == 'o' ? ", float32" : "");
      const double mib = PeakMib({std::string("profile=") + profile, std::string("bf16=") + bf16});
      table.rows.push_back({name, {mib, kWantedPeakMib}});
      if (mib >= kWantedPeakMib) missed.push_back(name);
    }
  }
  table.title = "peak memory of a process that trains and acts (" +
                (missed.empty() ? "reached by all" : "MISSED by " + Join(missed, "; ")) + ")";
  return table;
}

}  // namespace

int Transporter(const Options& options, Output* out) {
  Report report{.benchmark = "transporter", .load_average = LoadAverage()};
  // First, while this process has no other threads that a fork would lose.
  const Table memory = MemoryTable();
  GivePeersOurAllocator();
  std::vector<std::unique_ptr<Pair>> pairs;
  std::vector<Contest> contests;
  for (const int threads : ThreadCounts(options)) {
    for (const auto& [profile, key, count] :
         {std::tuple("lite-u", "lite_u", 5), std::tuple("small", "small", 2)}) {
      Pair* pair = pairs.emplace_back(std::make_unique<Pair>(profile, threads)).get();
      contests.push_back({.name = std::string("train_") + key + "_" + ThreadsKey(threads),
                          .what = std::string("one training iteration of ") + profile + " (" +
                                  pair->Precision() + ") on " + ThreadsText(threads),
                          .threads = threads,
                          .ours = [pair, n = count] { return pair->Train(n); },
                          .peer = PeerDoes(pair->peer(), "iterations", count),
                          .wanted_ratio = kWantedRatio});
    }
  }
  Pair* lite = pairs[0].get();
  contests.push_back({.name = "act_lite_u_1_thread",
                      .what = "one action of lite-u on 1 thread",
                      .threads = 1,
                      .ours = [lite] { return lite->Act(5); },
                      .peer = PeerDoes(lite->peer(), "actions", 5),
                      .wanted_seconds = kWantedActSeconds});
  Pair* small = pairs[1].get();
  const Peer direct_lite = lite->StartDirectPeer(), direct_small = small->StartDirectPeer();
  contests.push_back({.name = "train_lite_u_direct_1_thread",
                      .what = "one training iteration of lite-u on 1 thread, ours through FFT "
                              "against the peer's direct correlation",
                      .threads = 1,
                      .ours = [lite] { return lite->Train(5); },
                      .peer = PeerDoes(direct_lite, "iterations", 2)});
  for (const auto& [pair, peer, profile, key] :
       {std::tuple(lite, &direct_lite, "lite-u", "lite_u"),
        std::tuple(small, &direct_small, "small", "small")}) {
    contests.push_back({.name = std::string("correlation_") + key + "_1_thread",
                        .what = std::string("the cross-correlation of ") + profile +
                                " alone, forward and backward, on 1 thread; the peer's is direct",
                        .threads = 1,
                        .ours = [pair = pair] { return pair->Correlate(5); },
                        .peer = PeerDoes(*peer, "correlations", 1),
                        .wanted_ratio = kWantedDirectRatio});
  }
  // Whether bfloat16 earns its keep: what bf16=auto chose, against bf16=off.
  std::vector<std::unique_ptr<TransporterBenchmark>> float32;
  for (const auto& [profile, pair, key, count] :
       {std::tuple("lite-u", lite, "lite_u", 5), std::tuple("small", small, "small", 2)}) {
    if (!pair->bf16()) continue;
    float32.push_back(std::make_unique<TransporterBenchmark>(
        std::vector<std::string>{std::string("profile=") + profile, "bf16=off"}));
    contests.push_back(
        {.name = std::string("bf16_") + key + "_1_thread",
         .what = std::string("one training iteration of ") + profile +
                 " on 1 thread, ours in bfloat16 against ours in float32",
         .threads = 1,
         .ours = [pair = pair, n = count] { return pair->Train(n); },
         .peer = [other = float32.back().get(), n = count] { return Mean(other->Iterations(n)); },
         .peer_label = "float32"});
  }
  report.results = Measure(contests, options.repetitions);
  report.what = {
      "The Transporter on a 320x160 heightmap, batch 1, 36 rotations, FFT correlation; networks of "
      "equal parameter counts.",
      "Training iteration: augmentation, inputs, forward and backward passes of both networks, "
      "Adam, weight average.",
      "Action: from heightmap to pick and place. One repetition is the mean of 5 (small: 2, "
      "direct: 2 or 1). Times are wall time.",
      "The peer is eager PyTorch (no torch.compile) in the same precision, with the same settings "
      "of the allocator."};
  report.tables = {memory};
  report.peer_name = "the same in eager PyTorch";
  report.peer_note = lite->peer().note;
  if (lite->peer().process) report.peer_versions = lite->peer().process->greeting()["versions"];
  Write(report, options, out);
  return 0;
}

}  // namespace rookery::bench

#else  // ROOKERY_WITH_AGENTS

namespace rookery::bench {

int Transporter(const Options&, Output*) {
  throw Failure(
      "this benchmark needs the learners, which this build is without: install LibTorch "
      "(scripts/install_dependencies) and configure with -DROOKERY_AGENTS=ON");
}

}  // namespace rookery::bench

#endif  // ROOKERY_WITH_AGENTS
