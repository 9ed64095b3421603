#include "apps/export/exporter.h"

#include <algorithm>
#include <map>

#include "apps/settings.h"
#include "core/episode_files.h"
#include "core/episode_store.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/progress.h"

namespace rookery {
namespace {

std::map<std::string, Exporter>& Exporters() {
  static std::map<std::string, Exporter> exporters;
  return exporters;
}

}  // namespace

bool RegisterExporter(Exporter exporter) {
  const std::string name = exporter.name;
  if (!Exporters().emplace(name, std::move(exporter)).second) {
    throw Bug("two exporters are called " + name);
  }
  return true;
}

std::vector<const Exporter*> ListExporters() {
  std::vector<const Exporter*> list;
  for (const auto& [name, exporter] : Exporters()) list.push_back(&exporter);
  return list;
}

ExportSource::ExportSource(const std::string& path) : files_(EpisodeFiles(path)) {
  const Episode first = ReadEpisode(files_.front());
  env_config_ = first.env_config;
  spec_ = ChooseEnvFromJson(first.env_id, first.env_config).factory()->spec();
  observations_ = first.observations.at(0).Names();
}

int64_t ExportSource::ForEach(
    const std::function<void(int64_t index, const Episode& episode)>& visit) const {
  ProgressBar progress("export", std::ssize(files_));
  int64_t index = 0, empty = 0;
  for (const std::string& file : files_) {
    if (Interrupted()) throw Failure("interrupted; nothing was exported");
    const Episode episode = ReadEpisode(file);
    if (episode.env_id != spec_.id || episode.env_config != env_config_) {
      throw UserError(file + " is of " + episode.env_id + " with options " + episode.env_config +
                      "; expected " + spec_.id + " with " + env_config_ + ", as in " +
                      files_.front());
    }
    if (episode.observations.at(0).Names() != observations_) {
      throw UserError(file + " holds observations " + Join(episode.observations[0].Names()) +
                      "; expected " + Join(observations_) + ", as in " + files_.front());
    }
    if (episode.steps() == 0) {
      ++empty;
    } else {
      visit(index++, episode);
    }
    progress.Update(index + empty);
  }
  progress.Finish();
  if (index == 0) throw UserError("no episode of " + files_.front() + " ... has a step to export");
  if (empty > 0) LogWarning(std::to_string(empty) + " episodes without steps are left out");
  return index;
}

std::vector<double> FlatAction(const ArrayMap& action) {
  std::vector<double> row;
  for (const auto& [name, array] : action) {
    for (int64_t i = 0; i < array.size(); ++i) row.push_back(array.AsDouble(i));
  }
  return row;
}

std::vector<std::string> ActionColumns(const EnvSpec& spec) {
  std::vector<std::string> names;
  for (const ArraySpec& array : spec.action.arrays()) {
    const int64_t size = NumElements(array.shape);
    for (int64_t i = 0; i < size; ++i) {
      const std::string element =
          array.elements.empty() ? std::to_string(i) : array.elements[static_cast<size_t>(i)];
      names.push_back(array.shape.empty() ? array.name : array.name + "." + element);
    }
  }
  return names;
}

std::string SentenceOf(const Episode& episode, int64_t step) {
  const auto at = static_cast<size_t>(step);
  const bool told = at < episode.annotations.size() && !episode.annotations[at].empty();
  return told ? episode.annotations[at] : episode.instruction;
}

}  // namespace rookery
