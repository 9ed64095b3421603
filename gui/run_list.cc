#include "gui/run_list.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/run_folder.h"

namespace rookery::gui {
namespace {

namespace fs = std::filesystem;

constexpr int kDepth = 3;

void Search(const fs::path& folder, int depth, std::vector<TrainingRun>* runs) {
  std::error_code error;
  const fs::path config = folder / "config.json";
  if (fs::exists(config, error)) {
    const auto json = nlohmann::json::parse(ReadFile(config.string()), nullptr, false);
    if (!json.is_object() || json.value("kind", "") != "training run") return;
    TrainingRun run{folder.string(), json.value("env", ""), json.value("agent", ""), 0};
    const auto checkpoints = RunFolder::Checkpoints(run.folder);
    if (!checkpoints.empty()) run.steps = checkpoints.front().first;
    runs->push_back(std::move(run));
    return;
  }
  if (depth == 0) return;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) Search(entry->path(), depth - 1, runs);
  }
}

}  // namespace

std::vector<TrainingRun> FindTrainingRuns(const std::string& folder) {
  std::vector<TrainingRun> runs;
  try {
    Search(folder, kDepth, &runs);
  } catch (const std::exception&) {  // changes while it is read
  }
  std::sort(runs.begin(), runs.end(),
            [](const TrainingRun& a, const TrainingRun& b) { return a.folder < b.folder; });
  return runs;
}

}  // namespace rookery::gui
