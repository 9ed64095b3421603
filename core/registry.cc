#include "core/registry.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace rookery {
namespace {

std::map<std::string, EnvEntry>& Envs() {
  static std::map<std::string, EnvEntry> envs;
  return envs;
}

std::map<std::string, AgentEntry>& Agents() {
  static std::map<std::string, AgentEntry> agents;
  return agents;
}

std::map<std::string, WrapperEntry>& Wrappers() {
  static std::map<std::string, WrapperEntry> wrappers;
  return wrappers;
}

struct Explanations {
  std::mutex mutex;
  std::map<std::string, std::string> of;  // folded beginning of a name -> why there is none
};

Explanations& TheExplanations() {
  static Explanations explanations;
  return explanations;
}

// Lower case without separators, so that block-insertion finds BlockInsertion.
std::string Fold(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != '-' && c != '_' && c != ' ') {
      out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
  }
  return out;
}

std::string WithoutVersion(const std::string& id) {
  const size_t dash = id.rfind("-v");
  const bool version = dash != std::string::npos && dash + 2 < id.size() &&
                       std::all_of(id.begin() + static_cast<std::ptrdiff_t>(dash) + 2, id.end(),
                                   [](unsigned char c) { return std::isdigit(c); });
  return version ? id.substr(0, dash) : id;
}

std::string WithoutFamily(const std::string& id) {
  const size_t slash = id.find('/');
  return slash == std::string::npos ? id : id.substr(slash + 1);
}

// The one entry that `name` can mean: exact first, then ever looser; null when none or several.
template <typename Entry>
const Entry* Match(const std::map<std::string, Entry>& entries, const std::string& name) {
  if (const auto exact = entries.find(name); exact != entries.end()) return &exact->second;
  using Loosen = std::string (*)(const std::string&);
  const Loosen forms[] = {
      [](const std::string& id) { return Fold(id); },
      [](const std::string& id) { return Fold(WithoutVersion(id)); },
      [](const std::string& id) { return Fold(WithoutFamily(id)); },
      [](const std::string& id) { return Fold(WithoutFamily(WithoutVersion(id))); }};
  for (const Loosen form : forms) {
    const Entry* found = nullptr;
    int matches = 0;
    for (const auto& [id, entry] : entries) {
      if (form(id) == Fold(name)) {
        found = &entry;
        ++matches;
      }
    }
    if (matches == 1) return found;
  }
  return nullptr;
}

template <typename Entry>
[[noreturn]] void ThrowUnknown(const std::map<std::string, Entry>& entries, const char* kind,
                               std::string_view name) {
  std::vector<std::string> ids, near_forms;
  for (const auto& [id, entry] : entries) {
    ids.push_back(id);
    near_forms.push_back(WithoutFamily(WithoutVersion(id)));
  }
  // People mistype the telling part; compare with and without family and version.
  std::vector<std::string> near = NearestNames(name, ids);
  if (near.empty()) {
    for (const std::string& form :
         NearestNames(WithoutFamily(WithoutVersion(std::string(name))), near_forms)) {
      const auto at = std::find(near_forms.begin(), near_forms.end(), form);
      near.push_back(ids[static_cast<size_t>(at - near_forms.begin())]);
    }
  }
  std::string text = std::string("unknown ") + kind + " '" + std::string(name) + "'";
  if (!near.empty()) text += "; did you mean " + Join(near, " or ") + "?";
  throw UserError(text + " (`rookery list` shows all)");
}

// The parts of `text` between the separators; none of an empty text.
std::vector<std::string> Parts(const std::string& text, char separator) {
  std::vector<std::string> out;
  if (text.empty()) return out;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + 1) {
    out.push_back(text.substr(begin, end - begin));
  }
  out.push_back(text.substr(begin));
  return out;
}

// One "name:key=value,key=value" of the setting `wrap`.
struct WrapperChoice {
  const WrapperEntry* entry;
  std::unique_ptr<Config> config;
};
WrapperChoice ChooseWrapper(const std::string& text) {
  const size_t colon = text.find(':');
  const WrapperEntry& entry = FindWrapper(text.substr(0, colon));
  WrapperChoice choice{&entry, entry.make_config()};
  const std::string settings = colon == std::string::npos ? "" : text.substr(colon + 1);
  SetFields(*choice.config, Parts(settings, ','), "wrapper " + entry.name);
  return choice;
}

// The settings of an environment of its own, and those that all have.
class EnvSettings final : public Config {
 public:
  explicit EnvSettings(std::unique_ptr<Config> config) : own(std::move(config)) {}
  void Fields(FieldVisitor& v) override {
    own->Fields(v);
    v.Field("wrap", &wrap,
            {.help = "wrappers from the inside out, NAME:KEY=VALUE,...+NAME:... "
                     "(`rookery list` shows them)",
             .optional = true});
  }
  void Check() const override {
    own->Check();
    for (const std::string& part : Parts(wrap, '+')) ChooseWrapper(part);
  }

  std::unique_ptr<Config> own;
  std::string wrap;
};

std::unique_ptr<Env> Wrap(std::unique_ptr<Env> env, Config& own, const std::string& wrap) {
  nlohmann::json config = ConfigToJson(own);
  std::string within;
  int index = 0;
  for (const std::string& part : Parts(wrap, '+')) {
    const WrapperChoice choice = ChooseWrapper(part);
    env = choice.entry->make(*choice.config, {.env = std::move(env),
                                              .name = choice.entry->name,
                                              .env_config = config.dump(),
                                              .index = index++});
    within += (within.empty() ? "" : "+") + part;
    config["wrap"] = within;
  }
  return env;
}

}  // namespace

const char* StatusName(Status status) {
  switch (status) {
    case Status::kExact:
      return "exact";
    case Status::kApproximate:
      return "approximate";
    case Status::kExperimental:
      return "experimental";
  }
  return "?";
}

std::vector<const EnvEntry*> ListEnvs() {
  std::vector<const EnvEntry*> out;
  for (const auto& [id, entry] : Envs()) out.push_back(&entry);
  return out;
}

std::vector<const WrapperEntry*> ListWrappers() {
  std::vector<const WrapperEntry*> out;
  for (const auto& [name, entry] : Wrappers()) out.push_back(&entry);
  return out;
}

std::vector<const AgentEntry*> ListAgents() {
  std::vector<const AgentEntry*> out;
  for (const auto& [name, entry] : Agents()) out.push_back(&entry);
  return out;
}

const EnvEntry& FindEnv(std::string_view name) {
  if (const EnvEntry* entry = Match(Envs(), std::string(name))) return *entry;
  {
    const std::lock_guard lock(TheExplanations().mutex);
    for (const auto& [prefix, why] : TheExplanations().of) {
      if (Fold(name).starts_with(prefix)) {
        throw UserError("unknown environment '" + std::string(name) + "': " + why);
      }
    }
  }
  ThrowUnknown(Envs(), "environment", name);
}

const WrapperEntry& FindWrapper(std::string_view name) {
  if (const WrapperEntry* entry = Match(Wrappers(), std::string(name))) return *entry;
  ThrowUnknown(Wrappers(), "wrapper", name);
}

const AgentEntry& FindAgent(std::string_view name) {
  if (const AgentEntry* entry = Match(Agents(), std::string(name))) return *entry;
  ThrowUnknown(Agents(), "agent", name);
}

void ExplainMissingEnvs(const std::string& prefix, const std::string& why) {
  const std::lock_guard lock(TheExplanations().mutex);
  if (why.empty()) {
    TheExplanations().of.erase(Fold(prefix));
  } else {
    TheExplanations().of[Fold(prefix)] = why;
  }
}

std::unique_ptr<Config> MakeEnvConfig(const EnvEntry& entry,
                                      const std::vector<std::string>& settings) {
  std::unique_ptr<Config> config = entry.make_config();
  SetFields(*config, settings, entry.id);
  return config;
}

std::unique_ptr<Config> MakeAgentConfig(const AgentEntry& entry,
                                        const std::vector<std::string>& settings) {
  std::unique_ptr<Config> config = entry.make_config();
  constexpr std::string_view kKey = "profile=";
  std::string wanted = entry.profiles.empty() ? "" : entry.profiles.front().name;
  for (const std::string& setting : settings) {
    if (setting.rfind(kKey, 0) == 0) wanted = setting.substr(kKey.size());
  }
  std::vector<std::string> all, names;
  for (const Profile& profile : entry.profiles) {
    names.push_back(profile.name);
    if (profile.name != wanted) continue;
    all = profile.settings;
    all.push_back(std::string(kKey) + profile.name);
  }
  if (!entry.profiles.empty() && all.empty()) {
    throw UserError("unknown profile '" + wanted + "' of " + entry.name +
                    DidYouMean(wanted, names) + "; there are " + Join(names));
  }
  for (const std::string& setting : settings) {
    if (entry.profiles.empty() || setting.rfind(kKey, 0) != 0) all.push_back(setting);
  }
  SetFields(*config, all, entry.name);
  return config;
}

std::unique_ptr<Env> MakeEnv(std::string_view name, const std::vector<std::string>& settings) {
  const EnvEntry& entry = FindEnv(name);
  return entry.make(*MakeEnvConfig(entry, settings));
}

std::unique_ptr<Agent> MakeAgent(std::string_view name, const EnvSpec& env, uint64_t seed,
                                 const std::vector<std::string>& settings) {
  const AgentEntry& entry = FindAgent(name);
  if (entry.unsupported) {
    if (const std::string reason = entry.unsupported(env); !reason.empty()) {
      throw UserError(entry.name + " cannot act on " + env.id + ": " + reason);
    }
  }
  return entry.make(*MakeAgentConfig(entry, settings), env, seed);
}

bool internal::RegisterEnv(EnvEntry entry) {
  const std::string id = entry.id;
  entry.make_config = [own = std::move(entry.make_config)] {
    return std::make_unique<EnvSettings>(own());
  };
  entry.make = [make = std::move(entry.make)](const Config& config) {
    const auto& settings = dynamic_cast<const EnvSettings&>(config);
    return Wrap(make(*settings.own), *settings.own, settings.wrap);
  };
  if (!Envs().emplace(id, std::move(entry)).second) throw Bug("environment id taken: " + id);
  return true;
}

bool internal::RegisterWrapper(WrapperEntry entry) {
  const std::string name = entry.name;
  if (!Wrappers().emplace(name, std::move(entry)).second) throw Bug("wrapper name taken: " + name);
  return true;
}

bool internal::RegisterAgent(AgentEntry entry) {
  const std::string name = entry.name;
  if (!Agents().emplace(name, std::move(entry)).second) throw Bug("agent name taken: " + name);
  return true;
}

}  // namespace rookery
