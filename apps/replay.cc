#include <map>
#include <memory>

#include "apps/command.h"
#include "apps/settings.h"
#include "core/episode_files.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/progress.h"
#include "core/run_folder.h"

namespace rookery {
namespace {

// "bullet 3.2.7, now 3.2.8"; "" when an episode was recorded with what is here now.
std::string OtherVersions(const Episode& episode) {
  const std::map<std::string, std::string> versions = EngineVersions();
  std::string text;
  for (const auto& [engine, version] : episode.versions) {
    const auto now = versions.find(engine);
    const std::string other = now == versions.end() ? "absent" : now->second;
    if (other == version) continue;
    text += (text.empty() ? "" : ", ") + engine + " " + version + ", now " + other;
  }
  return text;
}

// What differs, in one line; "" when nothing does. An environment that refuses the recorded
// settings or actions differs too.
std::string Difference(const Episode& episode, std::unique_ptr<Env>* env) {
  try {
    if (*env == nullptr) *env = ChooseEnvFromJson(episode.env_id, episode.env_config).factory();
    return ReplayDifference(env->get(), episode);
  } catch (const Bug&) {
    throw;
  } catch (const std::exception& error) {
    return std::string("cannot be repeated: ") + error.what();
  }
}

int Replay(const std::string& path, Output* out) {
  const std::vector<std::string> files = EpisodeFiles(path);
  std::map<std::string, std::unique_ptr<Env>> envs;  // one for each id and config
  out->document = {{"folder", path}, {"episodes", nlohmann::json::array()}};
  std::map<std::string, int64_t> other_versions;  // text -> episodes
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
    const std::string difference = Difference(episode, &envs[episode.env_id + episode.env_config]);
    const std::string others = OtherVersions(episode);
    if (!others.empty()) ++other_versions[others];
    if (!difference.empty()) report += file + ": " + difference + "\n";
    same += difference.empty() ? 1 : 0;
    out->document["episodes"].push_back({{"file", file},
                                         {"env", episode.env_id},
                                         {"seed", episode.seed},
                                         {"steps", episode.steps()},
                                         {"same", difference.empty()},
                                         {"difference", difference},
                                         {"other_versions", others}});
    progress.Update(static_cast<int64_t>(out->document["episodes"].size()));
  }
  progress.Finish();
  const auto replayed = static_cast<int64_t>(out->document["episodes"].size());
  for (const auto& [others, count] : other_versions) {
    report += std::to_string(count) + (count == 1 ? " episode was" : " episodes were") +
              " recorded with other versions: " + others + "\n";
  }
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
