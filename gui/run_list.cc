#include "gui/run_list.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/atomic_file.h"
#include "core/episode_store.h"
#include "core/run_folder.h"

namespace rookery::gui {
namespace {

namespace fs = std::filesystem;

constexpr int kDepth = 3;

using Visit = std::function<void(const std::string& folder, const nlohmann::json& config)>;

// Folders that hold a config.json; a run may hold others (`runs/quickstart/train`).
void Search(const fs::path& folder, int depth, const Visit& visit) {
  std::error_code error;
  const fs::path config = folder / "config.json";
  if (fs::exists(config, error)) {
    const auto json = nlohmann::json::parse(ReadFile(config.string()), nullptr, false);
    if (json.is_object()) visit(folder.string(), json);
  }
  if (depth == 0) return;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) Search(entry->path(), depth - 1, visit);
  }
}

template <typename Found>
std::vector<Found> Sorted(std::vector<Found> all) {
  std::sort(all.begin(), all.end(),
            [](const Found& a, const Found& b) { return a.folder < b.folder; });
  return all;
}

}  // namespace

std::vector<TrainingRun> FindTrainingRuns(const std::string& folder) {
  std::vector<TrainingRun> runs;
  try {
    Search(folder, kDepth, [&](const std::string& found, const nlohmann::json& json) {
      if (json.value("kind", "") != "training run") return;
      TrainingRun run{found, json.value("env", ""), json.value("agent", ""), 0};
      const auto checkpoints = RunFolder::Checkpoints(found);
      if (!checkpoints.empty()) run.steps = checkpoints.front().first;
      runs.push_back(std::move(run));
    });
  } catch (const std::exception&) {  // changes while it is read
  }
  return Sorted(std::move(runs));
}

std::vector<DemonstrationSet> FindDemonstrations(const std::string& folder) {
  std::vector<DemonstrationSet> sets;
  try {
    Search(folder, kDepth, [&](const std::string& found, const nlohmann::json& json) {
      if (json.value("kind", "") != "set of demonstrations") return;
      DemonstrationSet set{found, json.value("env", ""), json.value("agent", ""), 0};
      std::error_code error;
      for (fs::directory_iterator entry(found, error), end; !error && entry != end;
           entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        set.episodes += name.starts_with("episode_") && EpisodeStore::Owns(name) ? 1 : 0;
      }
      sets.push_back(std::move(set));
    });
  } catch (const std::exception&) {  // changes while it is read
  }
  return Sorted(std::move(sets));
}

}  // namespace rookery::gui
