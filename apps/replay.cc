#include <filesystem>
#include <map>
#include <memory>

#include "apps/command.h"
#include "apps/settings.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/run_folder.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;

// Episode files below `path`: the file itself, the folder, or its episodes/ or demos/.
std::vector<std::string> EpisodeFiles(const std::string& path) {
  // The index of a folder stands for it.
  if (fs::path(path).filename() == "dataset.hdf5") {
    const std::string folder = fs::path(path).parent_path().string();
    return EpisodeFiles(folder.empty() ? "." : folder);
  }
  if (fs::is_regular_file(path)) return {path};
  if (!fs::is_directory(path)) {
    throw UserError("no episode file or folder at " + path);
  }
  std::vector<std::string> files;
  constexpr auto kOptions = fs::directory_options::skip_permission_denied;
  constexpr int kDeepest = 3;
  for (auto it = fs::recursive_directory_iterator(path, kOptions);
       it != fs::recursive_directory_iterator(); ++it) {
    const auto& entry = *it;
    if (it.depth() >= kDeepest) it.disable_recursion_pending();
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.rfind("episode_", 0) == 0 &&
        entry.path().extension() == ".hdf5") {
      files.push_back(entry.path().string());
    }
  }
  if (files.empty()) throw UserError("no episode_*.hdf5 in " + path);
  std::sort(files.begin(), files.end());
  return files;
}

int Replay(const std::string& path, Output* out) {
  const std::vector<std::string> files = EpisodeFiles(path);
  std::map<std::string, std::unique_ptr<Env>> envs;  // one for each id and config
  out->document = {{"folder", path}, {"episodes", nlohmann::json::array()}};
  const std::map<std::string, std::string> versions = EngineVersions();
  int64_t same = 0;
  ProgressBar progress("replay", static_cast<int64_t>(files.size()));
  std::string report;
  for (const std::string& file : files) {
    if (Interrupted()) break;
    Episode episode;
    try {
      episode = ReadEpisode(file);
    } catch (const UserError& error) {
      report += std::string(error.what()) + "\n";
      out->document["episodes"].push_back(
          {{"file", file}, {"same", false}, {"difference", error.what()}});
      continue;
    }
    std::unique_ptr<Env>& env = envs[episode.env_id + episode.env_config];
    if (env == nullptr) env = ChooseEnvFromJson(episode.env_id, episode.env_config).factory();
    const std::string difference = ReplayDifference(env.get(), episode);
    std::string note;
    if (!difference.empty()) {
      for (const auto& [engine, version] : episode.versions) {
        const auto now = versions.find(engine);
        const std::string other = now == versions.end() ? "absent" : now->second;
        if (other != version) {
          note += (note.empty() ? " [recorded with " : ", ") + engine + " " + version + ", now " +
                  other;
        }
      }
      if (!note.empty()) note += "]";
      report += file + ": " + difference + note + "\n";
    }
    same += difference.empty() ? 1 : 0;
    out->document["episodes"].push_back({{"file", file},
                                         {"env", episode.env_id},
                                         {"seed", episode.seed},
                                         {"steps", episode.steps()},
                                         {"same", difference.empty()},
                                         {"difference", difference + note}});
    progress.Update(static_cast<int64_t>(out->document["episodes"].size()));
  }
  progress.Finish();
  const auto replayed = static_cast<int64_t>(out->document["episodes"].size());
  out->document["same"] = same;
  out->document["different"] = replayed - same;
  out->Print(report + std::to_string(same) + " of " + std::to_string(replayed) +
             " episodes replay to the byte\n");
  return same == replayed ? 0 : 1;
}

ROOKERY_REGISTER_COMMAND(
    Replay, {.name = "replay",
             .summary = "Repeat recorded episodes and prove them equal, byte for byte",
             .order = 60,
             .example = "rookery eval Ravens/BlockInsertion-v0 --agent oracle --episodes 3 "
                        "--out runs/oracle &&\n  rookery replay runs/oracle",
             .setup = [](CLI::App* app) -> std::function<int(Output*)> {
               const auto path = std::make_shared<std::string>();
               app->add_option("dir", *path, "folder of episodes, or one file")->required();
               return [path](Output* out) { return Replay(*path, out); };
             }});

}  // namespace
}  // namespace rookery
