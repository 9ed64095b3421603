// Exporter: writes recorded episodes in the format of another library. One format is one file that
// registers itself; `rookery export` does the rest: names, --force, nothing half-written.
#ifndef ROOKERY_APPS_EXPORT_EXPORTER_H_
#define ROOKERY_APPS_EXPORT_EXPORTER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/env.h"
#include "core/episode.h"

namespace rookery {

// Episodes of one environment with the same settings and arrays.
class ExportSource {
 public:
  // UserError when there are none, or when the environment is not registered.
  explicit ExportSource(const std::string& path);

  // Calls visit(0, ...), visit(1, ...) with those that have steps, one in memory at a time; says
  // how many. UserError for a file that does not belong; Failure after Ctrl-C.
  int64_t ForEach(const std::function<void(int64_t index, const Episode& episode)>& visit) const;

  const EnvSpec& spec() const { return spec_; }
  const std::string& env_config() const { return env_config_; }

 private:
  std::vector<std::string> files_;
  EnvSpec spec_;
  std::string env_config_;
  std::vector<std::string> observations_;  // names in each episode
};

struct Exporter {
  std::string name;     // "robomimic"
  std::string summary;  // of what is written, one line
  // A file that a folder of this format always holds; "" when the result is a file.
  std::string landmark;
  // `temporary` does not exist yet and becomes `out` when this returns: a file or a folder.
  std::function<void(const ExportSource& set, const std::string& out, const std::string& temporary)>
      write;
};

std::vector<const Exporter*> ListExporters();  // by name
bool RegisterExporter(Exporter exporter);

#define ROOKERY_REGISTER_EXPORTER(identifier, ...)    \
  [[maybe_unused]] const bool kExporter##identifier = \
      ::rookery::RegisterExporter(::rookery::Exporter __VA_ARGS__)

// All arrays of an action side by side, and what the columns are called: "pose0.x".
std::vector<double> FlatAction(const ArrayMap& action);
std::vector<std::string> ActionColumns(const EnvSpec& spec);
// What a step does, in words; where that was not told, the instruction of the episode.
std::string SentenceOf(const Episode& episode, int64_t step);

}  // namespace rookery

#endif  // ROOKERY_APPS_EXPORT_EXPORTER_H_
