// Registry: one entry = one .cc file that registers itself, with its facts beside it. Look-up
// forgives case, hyphens, a missing version and a missing family, and suggests near names.
//
//   ROOKERY_REGISTER_ENV(BlockInsertion, BlockInsertionConfig, {.id = "Ravens/BlockInsertion-v0",
//   ...}); ROOKERY_REGISTER_AGENT(Transporter, TransporterConfig, {.name = "transporter", ...});
//   ROOKERY_REGISTER_WRAPPER(FrameStack, FrameStackConfig, {.name = "frame_stack", ...});
//
// The classes are constructed as EnvClass(const ConfigClass&), WrapperClass(const ConfigClass&,
// Wrapped) and AgentClass(const ConfigClass&, const EnvSpec&, uint64_t seed).
//
// Every environment has the setting `wrap`: wrappers from the inside out, each with its settings,
//   wrap=sensor_noise:channels=5+sensor_shuffle:every=200
#ifndef ROOKERY_CORE_REGISTRY_H_
#define ROOKERY_CORE_REGISTRY_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/agent.h"
#include "core/config.h"
#include "core/env.h"
#include "core/wrapper.h"

namespace rookery {

enum class Status { kExact, kApproximate, kExperimental };
const char* StatusName(Status status);  // "exact", ...

// Settings under one name: `profile=NAME` applies them before all other settings.
struct Profile {
  std::string name;
  std::string summary;
  std::vector<std::string> settings;  // "key=value"
};

struct EnvEntry {
  std::string id;       // "Ravens/BlockInsertion-v0"
  std::string summary;  // one line
  std::string source;   // paper or reference implementation
  std::string world;    // folder in envs/: "tabletop"
  Status status = Status::kExperimental;
  std::vector<std::string> known_issues = {};
  int max_steps = 0;                       // default time limit, steps
  double return_low = 0, return_high = 0;  // of a whole episode
  double oracle_success = 0;               // declared share of solved episodes; 0 = no oracle
  double random_score = 0;                 // mean return that random actions stay below
  bool heavy = false;                      // episodes take seconds: its checks are slow tests
  // Mean return that counts as solved, where the source says.
  std::optional<double> solved_return = {};
  // With which peer it agrees, how far, "" when there is none: one line.
  std::string parity = {};
  // Of many alike, "ALE/<Game>-v5": tables show them in one row, fast tests run a few of them.
  std::string family = {};
  std::function<std::unique_ptr<Config>()> make_config = {};
  std::function<std::unique_ptr<Env>(const Config&)> make = {};
};

struct AgentEntry {
  std::string name;  // "transporter"
  std::string summary;
  std::string source;
  Status status = Status::kExperimental;
  std::vector<std::string> known_issues = {};
  bool learns = false;
  bool needs_episodes = false;         // imitation: SetEpisodes before Update
  bool privileged = false;             // reads the environment itself (oracles)
  std::vector<Profile> profiles = {};  // the first is the default
  // "" when it can act on such an environment, else why not, in one line.
  std::function<std::string(const EnvSpec&)> unsupported = {};
  std::function<std::unique_ptr<Config>()> make_config = {};
  std::function<std::unique_ptr<Agent>(const Config&, const EnvSpec&, uint64_t)> make = {};
};

struct WrapperEntry {
  std::string name;  // "frame_stack"
  std::string summary;
  std::string source;
  std::function<std::unique_ptr<Config>()> make_config = {};
  std::function<std::unique_ptr<Env>(const Config&, Wrapped)> make = {};
};

// In order of id / name.
std::vector<const EnvEntry*> ListEnvs();
std::vector<const WrapperEntry*> ListWrappers();
std::vector<const AgentEntry*> ListAgents();
// UserError for unknown names, with the nearest.
const EnvEntry& FindEnv(std::string_view name);
const WrapperEntry& FindWrapper(std::string_view name);
const AgentEntry& FindAgent(std::string_view name);

// Why FindEnv finds no environment whose name begins with `prefix` (a plugin or files are missing):
// its message for unknown names of that kind. "" takes it back.
void ExplainMissingEnvs(const std::string& prefix, const std::string& why);

// Fresh config with "key=value" settings applied; `profile=` first, wherever it stands.
std::unique_ptr<Config> MakeEnvConfig(const EnvEntry& entry,
                                      const std::vector<std::string>& settings);
std::unique_ptr<Config> MakeAgentConfig(const AgentEntry& entry,
                                        const std::vector<std::string>& settings);

std::unique_ptr<Env> MakeEnv(std::string_view name, const std::vector<std::string>& settings = {});
// UserError when the agent does not support the environment, saying what is missing.
std::unique_ptr<Agent> MakeAgent(std::string_view name, const EnvSpec& env, uint64_t seed,
                                 const std::vector<std::string>& settings = {});

namespace internal {
// Bug when the id is taken.
bool RegisterEnv(EnvEntry entry);
bool RegisterWrapper(WrapperEntry entry);
bool RegisterAgent(AgentEntry entry);

// `entry` with what makes its config and, from config and `Arguments`, its object.
template <typename Class, typename ConfigClass, typename Entry, typename... Arguments>
Entry Complete(Entry entry) {
  entry.make_config = [] { return std::make_unique<ConfigClass>(); };
  entry.make = [](const Config& config, Arguments... arguments) {
    return std::make_unique<Class>(dynamic_cast<const ConfigClass&>(config),
                                   std::forward<Arguments>(arguments)...);
  };
  return entry;
}
}  // namespace internal

#define ROOKERY_REGISTER_ENV(EnvClass, ConfigClass, ...)                                \
  [[maybe_unused]] const bool kRegistered##EnvClass = ::rookery::internal::RegisterEnv( \
      ::rookery::internal::Complete<EnvClass, ConfigClass>(::rookery::EnvEntry __VA_ARGS__))

#define ROOKERY_REGISTER_WRAPPER(WrapperClass, ConfigClass, ...)                                \
  [[maybe_unused]] const bool kRegistered##WrapperClass = ::rookery::internal::RegisterWrapper( \
      ::rookery::internal::Complete<WrapperClass, ConfigClass, ::rookery::WrapperEntry,         \
                                    ::rookery::Wrapped>(::rookery::WrapperEntry __VA_ARGS__))

#define ROOKERY_REGISTER_AGENT(AgentClass, ConfigClass, ...)                                \
  [[maybe_unused]] const bool kRegistered##AgentClass = ::rookery::internal::RegisterAgent( \
      ::rookery::internal::Complete<AgentClass, ConfigClass, ::rookery::AgentEntry,         \
                                    const ::rookery::EnvSpec&, uint64_t>(                   \
          ::rookery::AgentEntry __VA_ARGS__))

}  // namespace rookery

#endif  // ROOKERY_CORE_REGISTRY_H_
