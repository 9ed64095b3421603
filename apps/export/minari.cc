// Minari: a folder NAME-v<n> with data/main_data.hdf5 and data/metadata.json, as load_dataset finds
// it below MINARI_DATASETS_PATH.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/export/exporter.h"
#include "core/atomic_file.h"
#include "core/error.h"
#include "core/hdf5_file.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr char kMinariVersion[] = "0.5.3";  // whose layout this is

// Python's JSON has infinities, which nlohmann's has not: the space is written as text.
void AppendNumber(double value, bool integer, std::string* out) {
  if (std::isinf(value)) {
    *out += value < 0 ? "-Infinity" : "Infinity";
  } else {
    *out += integer ? std::to_string(static_cast<int64_t>(value)) : json(value).dump();
  }
}

// `at(i)` in nested lists of this shape.
template <typename At>
void AppendNested(const Shape& shape, size_t axis, bool integer, const At& at, int64_t* next,
                  std::string* out) {
  if (axis == shape.size()) {
    AppendNumber(at((*next)++), integer, out);
    return;
  }
  *out += "[";
  for (int64_t i = 0; i < shape[axis]; ++i) {
    if (i > 0) *out += ",";
    AppendNested(shape, axis + 1, integer, at, next, out);
  }
  *out += "]";
}

// Where an integer array has no bound, that of its type.
double Within(DType dtype, double value) {
  switch (dtype) {
    case DType::kBool:
      return std::clamp(value, 0.0, 1.0);
    case DType::kUInt8:
      return std::clamp(value, 0.0, 255.0);
    case DType::kInt32:
      return std::clamp(value, -2147483648.0, 2147483647.0);
    case DType::kInt64:
      return std::clamp(value, -9007199254740992.0, 9007199254740992.0);
    case DType::kFloat32:
    case DType::kFloat64:
      break;
  }
  return value;
}

template <typename Low, typename High>
std::string BoxText(DType dtype, const Shape& shape, const Low& low, const High& high) {
  const bool integer = dtype != DType::kFloat32 && dtype != DType::kFloat64;
  std::string text = R"({"type": "Box", "dtype": ")" + std::string(DTypeName(dtype)) +
                     R"(", "shape": )" + json(shape).dump() + R"(, "low": )";
  int64_t next = 0;
  AppendNested(
      shape, 0, integer, [&](int64_t i) { return Within(dtype, low(i)); }, &next, &text);
  text += R"(, "high": )";
  next = 0;
  AppendNested(
      shape, 0, integer, [&](int64_t i) { return Within(dtype, high(i)); }, &next, &text);
  return text + "}";
}

// Of the arrays that were recorded.
std::string ObservationSpace(const EnvSpec& spec, const ArrayMap& recorded) {
  std::string text = R"({"type": "Dict", "subspaces": {)";
  bool first = true;
  for (const auto& [name, array] : recorded) {
    const ArraySpec& bounds = spec.observation.at(name);
    text += (first ? "" : ", ") + json(name).dump() + ": " +
            BoxText(
                array.dtype(), array.shape(), [&](int64_t i) { return bounds.LowAt(i); },
                [&](int64_t i) { return bounds.HighAt(i); });
    first = false;
  }
  return text + "}}";
}

std::string ActionSpace(const EnvSpec& spec) {
  std::vector<double> low, high;
  for (const ArraySpec& array : spec.action.arrays()) {
    for (int64_t i = 0; i < NumElements(array.shape); ++i) {
      low.push_back(Within(array.dtype, array.LowAt(i)));
      high.push_back(Within(array.dtype, array.HighAt(i)));
    }
  }
  return BoxText(
      DType::kFloat64, {std::ssize(low)}, [&](int64_t i) { return low[static_cast<size_t>(i)]; },
      [&](int64_t i) { return high[static_cast<size_t>(i)]; });
}

void WriteFlags(hid_t group, const char* name, const std::vector<uint8_t>& flags) {
  hdf5::WriteRows(group, name, hdf5::TypeOf(DType::kBool), {}, std::ssize(flags),
                  [&](int64_t t) { return &flags[static_cast<size_t>(t)]; });
}

void WriteOne(hid_t file, int64_t index, const Episode& episode) {
  const int64_t steps = episode.steps();
  const hdf5::Id group = hdf5::NewGroup(file, "episode_" + std::to_string(index));
  hdf5::SetAttribute(group, "id", index);
  hdf5::SetAttribute(group, "seed", episode.seed);
  hdf5::SetAttribute(group, "total_steps", steps);
  hdf5::SetAttribute(group, "rewards_sum", episode.Return());
  hdf5::SetAttribute(group, "rewards_mean", episode.Return() / static_cast<double>(steps));
  hdf5::SetAttribute(group, "rewards_min", *std::ranges::min_element(episode.rewards));
  hdf5::SetAttribute(group, "rewards_max", *std::ranges::max_element(episode.rewards));
  hdf5::SetAttribute(group, "instruction", episode.instruction);

  std::vector<std::vector<double>> actions;
  std::vector<std::string> sentences;
  for (int64_t t = 0; t < steps; ++t) {
    actions.push_back(FlatAction(episode.actions[static_cast<size_t>(t)]));
    sentences.push_back(SentenceOf(episode, t));
  }
  const hdf5::Id float64 = hdf5::TypeOf(DType::kFloat64);
  hdf5::WriteRows(group, "actions", float64, {std::ssize(actions[0])}, steps,
                  [&](int64_t t) { return actions[static_cast<size_t>(t)].data(); });
  hdf5::WriteRows(group, "rewards", float64, {}, steps,
                  [&](int64_t t) { return &episode.rewards[static_cast<size_t>(t)]; });
  WriteFlags(group, "terminations", episode.terminated);
  WriteFlags(group, "truncations", episode.truncated);
  hdf5::WriteArrays(hdf5::NewGroup(group, "observations"), episode.observations, 0, steps + 1);
  const hdf5::Id infos = hdf5::NewGroup(group, "infos");
  hdf5::WriteArrays(infos, episode.infos, 0, steps + 1);
  hdf5::WriteTexts(infos, "sentence", sentences);
}

// "insertion-v0": letters, digits, - and _, then the version.
bool IsDataSetName(const std::string& id) {
  const size_t version = id.rfind("-v");
  if (version == 0 || version == std::string::npos || version + 2 == id.size()) return false;
  const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return std::all_of(id.begin() + static_cast<int64_t>(version) + 2, id.end(), digit) &&
         std::all_of(id.begin(), id.end(),
                     [&](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

void Write(const ExportSource& set, const std::string& out, const std::string& temporary) {
  const std::string id = fs::path(out).filename().string();
  if (!IsDataSetName(id)) {
    throw UserError("--out " + out +
                    ": Minari's data sets have names such as insertion-v0, this is '" + id + "'");
  }
  const std::string folder = temporary + "/data";
  fs::create_directories(folder);
  int64_t steps = 0, episodes = 0;
  std::string observation_space, agent;
  {
    const hdf5::Lock lock;
    const hdf5::Id file = hdf5::NewFile(folder + "/main_data.hdf5");
    episodes = set.ForEach([&](int64_t index, const Episode& episode) {
      if (index == 0) observation_space = ObservationSpace(set.spec(), episode.observations[0]);
      agent = episode.agent;
      WriteOne(file, index, episode);
      steps += episode.steps();
    });
  }
  const auto bytes = static_cast<double>(fs::file_size(folder + "/main_data.hdf5"));
  const json metadata = {{"dataset_id", id},
                         {"total_episodes", episodes},
                         {"total_steps", steps},
                         {"data_format", "hdf5"},
                         {"jpeg_encoding", false},
                         {"observation_space", observation_space},
                         {"action_space", ActionSpace(set.spec())},
                         {"action_names", ActionColumns(set.spec())},
                         {"algorithm_name", agent},
                         {"description", set.spec().id + ": " + set.spec().instruction},
                         {"env_config", set.env_config()},
                         {"dataset_size", std::round(bytes / 1e5) / 10},  // MB
                         {"minari_version", kMinariVersion}};
  WriteFileAtomic(folder + "/metadata.json", metadata.dump());
}

ROOKERY_REGISTER_EXPORTER(
    Minari, {.name = "minari",
             .summary = "a folder NAME-v0 with data/main_data.hdf5 and data/metadata.json",
             .landmark = "data/metadata.json",
             .write = Write});

}  // namespace
}  // namespace rookery
