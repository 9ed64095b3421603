// rookery._core: what the Python package is made of. Everything that people call is in Python
// (python/rookery); this is the plain layer beneath.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/agent_file.h"
#include "core/config.h"
#include "core/episode_store.h"
#include "core/error.h"
#include "core/plugins.h"
#include "core/registry.h"
#include "core/train.h"
#include "core/vector_env.h"
#include "python/arrays.h"
#include "renderers/report/contact_sheet.h"

namespace rookery::python {
namespace {

using namespace nb::literals;

// What a person would see, uint8 (H, W, 3); None where there is nothing to see.
nb::object Picture(Env* env, int width) {
  if (const Array* screen = env->GetScreen()) return ToNumpy(screen->Clone());
  const Scene& scene = env->GetScene();
  if (scene.cameras.empty()) return nb::none();
  Array picture;
  {
    const nb::gil_scoped_release release;
    picture = report::ScenePicture(scene, "overview", width);
  }
  return ToNumpy(picture);
}

Values EnvSpecToPython(const EnvSpec& spec) {
  nb::dict out;
  out["id"] = spec.id;
  out["instruction"] = spec.instruction;
  out["observation"] = SpecToPython(spec.observation);
  out["action"] = SpecToPython(spec.action);
  out["info"] = SpecToPython(spec.info);
  out["max_steps"] = spec.max_steps;
  out["control_hz"] = spec.control_hz;
  out["reward_range"] = nb::make_tuple(spec.reward_low, spec.reward_high);
  out["has_oracle"] = spec.has_oracle;
  out["deterministic"] = spec.deterministic;
  return out;
}

nb::bytes ToBytes(const std::string& bytes) { return nb::bytes(bytes.data(), bytes.size()); }
std::string_view View(const nb::bytes& bytes) { return {bytes.c_str(), bytes.size()}; }

// What the registry and the specification say of an environment, for people.
std::string Description(const std::string& id, const std::vector<std::string>& settings, Env* env) {
  const EnvEntry& entry = FindEnv(id);
  const EnvSpec& spec = env->spec();
  const auto section = [](const char* title, const std::string& text) {
    return text.empty() ? "" : "\n" + std::string(title) + "\n" + text;
  };
  std::string text = entry.id + ": " + entry.summary + "\n\nSource: " + entry.source + ".\n";
  if (!entry.parity.empty()) text += "Parity: " + entry.parity + ".\n";
  text += section("Observation", spec.observation.Text()) + section("Action", spec.action.Text());
  std::ostringstream reward;
  reward << "  of a step in [" << spec.reward_low << ", " << spec.reward_high
         << "], of an episode in [" << entry.return_low << ", " << entry.return_high << "]";
  if (entry.solved_return) reward << "; solved from " << *entry.solved_return << " on";
  text += section("Reward", reward.str() + "\n") + section("Info", spec.info.Text());
  text += "\nTime limit\n  " +
          (spec.max_steps > 0 ? std::to_string(spec.max_steps) + " steps" : std::string("none")) +
          "\n";
  const std::vector<std::string> options = env->ResetOptions();
  if (!options.empty()) text += section("Options of reset", "  " + Join(options) + "\n");
  return text + section("Options of make", FieldTableText(*MakeEnvConfig(entry, settings)));
}

using ResetTuple = nb::typed<nb::tuple, Arrays, Values>;
using StepTuple = nb::typed<nb::tuple, Arrays, double, bool, bool, Values>;

// One environment, with the result that it writes into.
class PyEnv {
 public:
  PyEnv(const std::string& id, const std::vector<std::string>& settings)
      : id_(id), settings_(settings), env_(MakeEnv(id, settings)) {}

  ResetTuple Reset(std::optional<uint64_t> seed, const nb::dict& options) {
    const ArrayMap given = FromNumpy(options);
    {
      const nb::gil_scoped_release release;
      env_->Reset(seed, given, &result_);
    }
    return nb::make_tuple(ToNumpy(result_.observation), ToValues(result_.info));
  }
  StepTuple Step(const nb::dict& action) {
    const ArrayMap given = FromNumpy(action);
    {
      const nb::gil_scoped_release release;
      env_->Step(given, &result_);
    }
    return nb::make_tuple(ToNumpy(result_.observation), result_.reward, result_.terminated,
                          result_.truncated, ToValues(result_.info));
  }
  std::optional<Arrays> OracleAction() {
    ArrayMap action;
    if (!env_->OracleAction(&oracle_rng_, &action)) return std::nullopt;
    return ToNumpy(action);
  }
  std::string Describe() { return Description(id_, settings_, env_.get()); }
  Env& env() { return *env_; }

 private:
  std::string id_;
  std::vector<std::string> settings_;
  std::unique_ptr<Env> env_;
  StepResult result_;
  Rng oracle_rng_;
};

Values BatchToPython(const Batch& batch) {
  nb::dict out;
  out["observation"] = ToNumpy(batch.observation);
  out["reward"] = ToNumpy(batch.reward);
  out["terminated"] = ToNumpy(batch.terminated);
  out["truncated"] = ToNumpy(batch.truncated);
  out["info"] = ToNumpy(batch.info);
  out["env_id"] = ToNumpy(batch.env_id);
  if (!batch.final_observation.empty()) {
    out["ended"] = ToNumpy(batch.ended);
    out["final_observation"] = ToNumpy(batch.final_observation);
    out["final_info"] = ToNumpy(batch.final_info);
  }
  return out;
}

class PyVectorEnv {
 public:
  // Settings: one list for all environments, or one for each.
  PyVectorEnv(const std::string& id, const std::vector<std::vector<std::string>>& settings, int n,
              int threads, int batch_size, const std::string& autoreset, bool pin_threads) {
    const VectorOptions options{.threads = threads,
                                .batch_size = batch_size,
                                .autoreset = AutoresetFromName(autoreset),
                                .pin_threads = pin_threads};
    // {env} in a setting is the number of the environment: a folder for each, say.
    const auto make = [&](int index) {
      std::vector<std::string> own =
          settings.at(settings.size() > 1 ? static_cast<size_t>(index) : 0);
      for (std::string& setting : own) {
        for (size_t at; (at = setting.find("{env}")) != std::string::npos;) {
          setting.replace(at, 5, std::to_string(index));
        }
      }
      return MakeEnv(id, own);
    };
    vector_ = std::make_unique<VectorEnv>(n, make, options);
  }

  // Options: none, one dict for all environments or one for each.
  Values Reset(const std::vector<uint64_t>& seeds, const std::vector<nb::dict>& options,
               const std::vector<bool>& mask) {
    std::vector<ArrayMap> given;
    for (const nb::dict& one : options) given.push_back(FromNumpy(one));
    const std::unique_ptr<bool[]> flags(new bool[mask.size()]);
    std::copy(mask.begin(), mask.end(), flags.get());
    const Batch* batch;
    {
      const nb::gil_scoped_release release;
      batch = &vector_->Reset(seeds, given, {flags.get(), mask.size()});
    }
    return BatchToPython(*batch);
  }
  Values Step(const nb::dict& action) {
    const ArrayMap given = FromNumpy(action);
    const Batch* batch;
    {
      const nb::gil_scoped_release release;
      batch = &vector_->Step(given);
    }
    return BatchToPython(*batch);
  }
  void Send(const nb::dict& action, const std::vector<int64_t>& env_ids) {
    vector_->Send(FromNumpy(action), env_ids);
  }
  Values Recv() {
    const Batch* batch;
    {
      const nb::gil_scoped_release release;
      batch = &vector_->Recv();
    }
    return BatchToPython(*batch);
  }
  void SetMaxSteps(int steps) {
    for (int i = 0; i < vector_->size(); ++i) vector_->env(i).SetMaxSteps(steps);
  }
  VectorEnv& vector() { return *vector_; }

 private:
  std::unique_ptr<VectorEnv> vector_;
};

// An agent restored from its checkpoint, for the environment it was trained on.
class PyAgent {
 public:
  // A checkpoint, or the folder of a run: then its best.
  explicit PyAgent(const std::string& file_or_folder) {
    const std::string path = std::filesystem::is_directory(file_or_folder)
                                 ? BestCheckpoint(file_or_folder)
                                 : file_or_folder;
    facts_ = ReadAgentFileFacts(path);
    const EnvEntry& entry = FindEnv(facts_.env);
    const std::unique_ptr<Config> config = entry.make_config();
    ConfigFromJson(*config, nlohmann::json::parse(facts_.env_config), entry.id);
    const std::unique_ptr<Env> env = entry.make(*config);
    spec_ = env->spec();
    agent_ = LoadAgentFile(path, spec_);
  }
  void Begin(uint64_t seed) { agent_->BeginEpisode(seed); }
  std::optional<Arrays> Act(const nb::dict& observation, bool explore) {
    const ArrayMap given = FromNumpy(observation);
    spec_.observation.Validate(given, "observation of " + spec_.id, false);
    ArrayMap action;
    bool acts;
    {
      const nb::gil_scoped_release release;
      acts = agent_->Act(given, {.training = explore}, &action);
    }
    if (!acts) return std::nullopt;
    return ToNumpy(action);
  }
  Arrays Explanation() { return ToNumpy(agent_->Explanation()); }
  const AgentFileFacts& facts() const { return facts_; }
  const EnvSpec& spec() const { return spec_; }
  int64_t parameters() const { return agent_->NumParameters(); }

 private:
  AgentFileFacts facts_;
  EnvSpec spec_;
  std::unique_ptr<Agent> agent_;
};

// One array with a first axis for time.
Arrays Stacked(const std::vector<ArrayMap>& steps) {
  nb::dict out;
  if (steps.empty()) return out;
  for (const auto& [name, first] : steps.front()) {
    Array all(first.dtype(), WithFirstAxis(static_cast<int64_t>(steps.size()), first.shape()));
    for (size_t t = 0; t < steps.size(); ++t) {
      std::memcpy(static_cast<char*>(all.data()) + t * first.nbytes(), steps[t].at(name).data(),
                  first.nbytes());
    }
    out[name.c_str()] = ToNumpy(all);
  }
  return out;
}
template <typename To, typename From>
nb::object Numbers(const std::vector<From>& values) {
  Array array(DTypeOf<To>(), {static_cast<int64_t>(values.size())});
  std::copy(values.begin(), values.end(), array.As<To>().begin());
  return ToNumpy(array);
}

Values EpisodeToPython(const Episode& episode) {
  nb::dict out;
  out["env_id"] = episode.env_id;
  out["env_config"] = episode.env_config;
  out["instruction"] = episode.instruction;
  out["agent"] = episode.agent;
  out["seed"] = episode.seed;
  out["observations"] = Stacked(episode.observations);
  out["infos"] = Stacked(episode.infos);
  out["actions"] = Stacked(episode.actions);
  out["rewards"] = Numbers<double>(episode.rewards);
  out["terminated"] = Numbers<bool>(episode.terminated);
  out["truncated"] = Numbers<bool>(episode.truncated);
  out["annotations"] = episode.annotations;
  return out;
}

nb::typed<nb::list, Values> ListEnvironments() {
  nb::list out;
  for (const EnvEntry* entry : ListEnvs()) {
    nb::dict one;
    one["id"] = entry->id;
    one["summary"] = entry->summary;
    one["source"] = entry->source;
    one["status"] = StatusName(entry->status);
    one["world"] = entry->world;
    one["max_steps"] = entry->max_steps;
    one["solved_return"] = entry->solved_return;
    one["heavy"] = entry->heavy;
    out.append(one);
  }
  return out;
}

nb::typed<nb::list, Values> Settings(const std::string& id) {
  nb::list out;
  for (const FieldInfo& field : ListFields(*FindEnv(id).make_config())) {
    nb::dict one;
    one["name"] = field.name;
    one["type"] = field.type;
    one["default"] = field.value;
    one["unit"] = field.meta.unit;
    one["help"] = field.meta.help;
    out.append(one);
  }
  return out;
}

}  // namespace

NB_MODULE(_core, m) {
  m.doc() = "The plain layer beneath the package rookery.";
  nb::exception<UserError>(m, "UserError", PyExc_ValueError).attr("__doc__") =
      "What was asked for cannot be: the message names the thing, its value, what was expected and "
      "the nearest choice.";
  nb::exception<Failure>(m, "Failure", PyExc_RuntimeError).attr("__doc__") =
      "Something outside did not cooperate: a file cannot be written, a simulation broke down.";

  m.def("load_plugins", &LoadPlugins);
  m.def("load_module", &LoadModule, "path"_a);
  m.def("list_environments", &ListEnvironments);
  m.def("settings", &Settings, "id"_a);
  m.def(
      "find", [](const std::string& name) { return FindEnv(name).id; }, "name"_a);
  m.def(
      "read_episode", [](const std::string& path) { return EpisodeToPython(ReadEpisode(path)); },
      "path"_a);
  m.def(
      "episode_files",
      // Only reads: to open a store would make its folder, and tidy one that is being written.
      [](const std::string& folder) {
        std::vector<std::string> paths;
        for (const auto& file : std::filesystem::directory_iterator(folder)) {
          const std::string name = file.path().filename().string();
          if (EpisodeStore::Owns(name) && name.starts_with("episode")) paths.push_back(file.path());
        }
        std::sort(paths.begin(), paths.end());
        return paths;
      },
      "folder"_a, "Paths of a folder's episodes, in the order they were recorded.");

  nb::class_<PyEnv>(m, "Env")
      .def(nb::init<const std::string&, const std::vector<std::string>&>(), "id"_a,
           "settings"_a = std::vector<std::string>())
      .def("describe", &PyEnv::Describe, "All that there is to know, as text.")
      .def(
          "set_max_steps", [](PyEnv& e, int steps) { e.env().SetMaxSteps(steps); }, "steps"_a,
          "Another time limit; 0 = none.")
      .def(
          "reading",
          [](PyEnv& e, const std::string& name) { return ToNumpy(e.env().Reading(name)); },
          "name"_a, "What can be asked of a world beside its observations.",
          nb::sig("def reading(self, name: str) -> numpy.typing.NDArray"))
      .def("spec", [](PyEnv& e) { return EnvSpecToPython(e.env().spec()); })
      .def("reset_options", [](PyEnv& e) { return e.env().ResetOptions(); })
      .def("reset", &PyEnv::Reset, "seed"_a = nb::none(), "options"_a = nb::dict())
      .def("step", &PyEnv::Step, "action"_a)
      .def(
          "save", [](PyEnv& e, bool with_random) { return ToBytes(e.env().Save(with_random)); },
          "with_random"_a = true)
      .def(
          "load", [](PyEnv& e, const nb::bytes& bytes) { e.env().Load(View(bytes)); }, "bytes"_a)
      .def("needs_reset", [](PyEnv& e) { return e.env().needs_reset(); })
      .def("oracle_action", &PyEnv::OracleAction)
      .def(
          "render", [](PyEnv& e, int width) { return Picture(&e.env(), width); }, "width"_a = 640,
          nb::sig("def render(self, width: int = 640) -> numpy.typing.NDArray | None"));

  nb::class_<PyVectorEnv>(m, "VectorEnv")
      .def(nb::init<const std::string&, const std::vector<std::vector<std::string>>&, int, int, int,
                    const std::string&, bool>(),
           "id"_a, "settings"_a, "num_envs"_a, "num_threads"_a, "batch_size"_a, "autoreset_mode"_a,
           "pin_threads"_a)
      .def("set_max_steps", &PyVectorEnv::SetMaxSteps, "steps"_a, "Another time limit; 0 = none.")
      .def("spec", [](PyVectorEnv& e) { return EnvSpecToPython(e.vector().spec()); })
      .def("reset_options", [](PyVectorEnv& e) { return e.vector().env(0).ResetOptions(); })
      .def("reset", &PyVectorEnv::Reset, "seeds"_a, "options"_a, "mask"_a)
      .def("step", &PyVectorEnv::Step, "action"_a)
      .def("send", &PyVectorEnv::Send, "action"_a, "env_ids"_a)
      .def(
          "send_reset",
          [](PyVectorEnv& e, const std::vector<uint64_t>& seeds) { e.vector().SendReset(seeds); },
          "seeds"_a)
      .def("recv", &PyVectorEnv::Recv)
      .def(
          "save",
          [](PyVectorEnv& e, bool with_random) { return ToBytes(e.vector().Save(with_random)); },
          "with_random"_a = true)
      .def(
          "load", [](PyVectorEnv& e, const nb::bytes& b) { e.vector().Load(View(b)); }, "bytes"_a)
      .def(
          "render",
          [](PyVectorEnv& e, int index, int width) {
            return Picture(&e.vector().env(index), width);
          },
          "index"_a, "width"_a = 640,
          nb::sig("def render(self, index: int, width: int = 640) -> numpy.typing.NDArray | None"));

  nb::class_<PyAgent>(m, "Agent")
      .def(nb::init<const std::string&>(), "path"_a)
      .def("begin", &PyAgent::Begin, "seed"_a)
      .def("act", &PyAgent::Act, "observation"_a, "explore"_a = false)
      .def("explanation", &PyAgent::Explanation)
      .def("spec", [](PyAgent& a) { return EnvSpecToPython(a.spec()); })
      .def_prop_ro("name", [](PyAgent& a) { return a.facts().agent; })
      .def_prop_ro("env_config", [](PyAgent& a) { return a.facts().env_config; })
      .def_prop_ro("step", [](PyAgent& a) { return a.facts().step; })
      .def_prop_ro("parameters", [](PyAgent& a) { return a.parameters(); });
}

}  // namespace rookery::python
