// Benchmarks: ours and a peer measured in one run, in turns.
#ifndef ROOKERY_APPS_BENCH_H_
#define ROOKERY_APPS_BENCH_H_

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "apps/command.h"
#include "apps/peer.h"
#include "apps/settings.h"
#include "core/env.h"

namespace rookery::bench {

std::string CpuName();  // "AMD EPYC ...", "unknown"

struct Options {
  int repetitions = 5;
  int threads = 0;  // everything is measured on one, and on so many when they are more
  std::string env;  // benchmark env: any environment; "" = the tabletop beside its peer
  SettingsOptions settings = {};  // of that environment
};

std::vector<int> ThreadCounts(const Options& options);  // {1} or {1, threads}
std::string ThreadsKey(int threads);                    // "1_thread", "2_threads"
std::string ThreadsText(int threads);                   // "1 thread", "2 threads"

// One value per repetition.
struct Series {
  std::vector<double> values;
  double Mean() const;
  double Sd() const;  // of a sample; 0 for one value
  double Median() const;
  double Min() const;
  double Max() const;
};

// What is measured: seconds per frame, episode or iteration. A call is one repetition.
struct Contest {
  std::string name;  // stable key in JSON
  std::string what;  // one line
  int threads = 1;
  std::function<double()> ours = {};
  std::function<double()> peer = {};  // empty: nobody to compare with
  std::string peer_label = "peer";    // what its row is called
  double wanted_ratio = 0;            // peer / ours, at least; 0 = none
  double wanted_seconds = 0;          // ours, at most; 0 = none
};

struct Result {
  Contest contest;
  Series ours, peer;     // `peer` and `ratio` may be empty
  Series ratio;          // of the paired repetitions
  double Ratio() const;  // of the medians: how many times faster ours is
};

// Everything once to warm up, then `repetitions` rounds of ours, peer, ours, peer, ... Failure
// on Ctrl-C.
std::vector<Result> Measure(const std::vector<Contest>& contests, int repetitions);

// Calls `body` until `seconds` have passed; seconds per call.
double SecondsPerCall(double seconds, const std::function<void()>& body);

// A peer that can work, or none and the reason.
struct Peer {
  std::unique_ptr<PeerProcess> process;
  std::string note;  // one line that says how to get it
};
// `option` of scripts/install_dependencies installs what it needs.
Peer StartPeer(const std::string& script, const std::string& option, int threads = 1);

// A table of further facts, for text and JSON alike.
struct Table {
  std::string name, title;  // JSON key; heading
  std::string unit;         // of the values
  std::vector<std::string> columns;
  std::vector<std::pair<std::string, std::vector<double>>> rows;
};

// Runnable programs in the last minute, ours included: other work makes figures unsteady.
double LoadAverage();

struct Report {
  std::string benchmark;                   // "render"
  double load_average = 0;                 // before measuring
  std::vector<std::string> what = {};      // lines: exactly what was measured
  std::vector<Result> results = {};        // the first is the headline
  std::string peer_name = "";              // "PyBullet's CPU renderer"
  nlohmann::json peer_versions = nullptr;  // null without a peer
  std::string peer_note = "";              // why there is none
  std::vector<Table> tables = {};
};
void Write(const Report& report, const Options& options, Output* out);

inline constexpr char kTaskId[] = "Ravens/BlockInsertion-v0";
// Failure, with the way to get it, when this build is without that task.
std::unique_ptr<Env> MakeTask();

// What one more environment of a vector takes.
struct Footprint {
  double memory = 0;    // bytes of resident memory
  double snapshot = 0;  // bytes of Env::Save
};
// Of `envs` environments on `threads` threads, beside 8 that pay for what all share. All have been
// stepped when memory is read.
Footprint MeasureFootprint(const EnvFactory& make, int threads, int envs);

Table FootprintTable(const std::vector<std::pair<std::string, Footprint>>& footprints);

// Actions for so many steps of `envs` environments, drawn uniformly: each (envs, ...).
std::vector<ArrayMap> RandomActions(const Spec& spec, int envs, int steps);

// Each prints its report; one file each.
int Render(const Options& options, Output* out);
int Environment(const Options& options, Output* out);
int Tabletop(const Options& options, Output* out);
int Transporter(const Options& options, Output* out);
int Vector(const Options& options, Output* out);

}  // namespace rookery::bench

#endif  // ROOKERY_APPS_BENCH_H_
