#include "core/episode_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/episode_store.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/hdf5_file.h"

namespace rookery {
namespace {

using nlohmann::json;

constexpr char kDemo[] = "/data/demo_0";
// 1: without reset options and texts.
constexpr int64_t kFormat = 2, kOldestFormat = 1;
constexpr int kGymType = 2;  // robomimic's EnvType for Gymnasium-like environments
// Deflate cannot shrink more than about 1030 times: a file that claims more is damaged.
constexpr uint64_t kMostExpansion = 2048;

// Files end with this text and the hash of all bytes before it. HDF5 ignores what follows its own
// end, and drops it when a program changes the file. It guards the library, which crashes on
// some damaged files.
constexpr std::string_view kSeal = "\nrookery xxh3 ";
constexpr size_t kSealSize = kSeal.size() + 16;

std::string Sealed(std::string image) {
  const std::string hash = HashHex(HashText(image));
  return image.append(kSeal).append(hash);
}

// Failure when the bytes are not those that were sealed.
void CheckSeal(std::string_view image) {
  if (image.size() < kSealSize) return;
  const std::string_view contents = image.substr(0, image.size() - kSealSize);
  const std::string_view seal = image.substr(contents.size());
  if (!seal.starts_with(kSeal)) return;
  const std::string_view expected = seal.substr(kSeal.size());
  if (const std::string found = HashHex(HashText(contents)); found != expected) {
    throw Failure("damaged: expected checksum " + std::string(expected) + ", found " + found);
  }
}

bool HasText(const std::vector<std::string>& annotations) {
  return std::any_of(annotations.begin(), annotations.end(),
                     [](const std::string& text) { return !text.empty(); });
}

std::string AnnotationText(const std::vector<std::string>& annotations) {
  return json(annotations).dump(-1, ' ', false, json::error_handler_t::replace);
}

// Everything in an episode: tells whether a changed file still holds the same.
uint64_t Checksum(const Episode& episode) {
  uint64_t hash = HashText(episode.env_id, episode.seed);
  const auto text = [&hash](const std::string& value) { hash = HashText(value, hash); };
  const auto bytes = [&hash](const auto& values) {
    hash = HashBytes(values.data(), values.size() * sizeof(values[0]), hash);
  };
  text(episode.env_config);
  text(episode.agent);
  text(episode.random_state);
  text(json(episode.versions).dump());
  bytes(episode.rewards);
  bytes(episode.terminated);
  bytes(episode.truncated);
  bytes(episode.hashes);
  for (const auto* list : {&episode.observations, &episode.infos, &episode.actions}) {
    for (const ArrayMap& arrays : *list) hash = HashArrays(arrays, hash);
  }
  // What format 1 lacks.
  if (!episode.reset_options.empty()) hash = HashArrays(episode.reset_options, hash);
  if (!episode.instruction.empty()) text(episode.instruction);
  if (HasText(episode.annotations)) text(AnnotationText(episode.annotations));
  return hash;
}

// ---- writing -----------------------------------------------------------------------------------

std::string ArrayText(const Array& array) {
  return std::string(DTypeName(array.dtype())) + " " + ShapeText(array.shape());
}

// Datasets need the same arrays at every step; `what` is "observation", "info" or "action".
void CheckSameArrays(const Episode& episode, const std::vector<ArrayMap>& list, const char* what) {
  const auto wrong = [&](size_t t, const std::string& why) {
    throw UserError("episode of " + episode.env_id + " (seed " + std::to_string(episode.seed) +
                    "): " + what + " of step " + std::to_string(t) + " " + why);
  };
  for (size_t t = 0; t < list.size(); ++t) {
    if (list[t].size() != list[0].size()) {
      wrong(t, "has arrays " + Join(list[t].Names()) + "; step 0 has " + Join(list[0].Names()));
    }
    for (const auto& [name, array] : list[t]) {
      if (name.empty() || name == "." || name.find('/') != name.npos ||
          name.find('\0') != name.npos) {
        wrong(t, "has an array named '" + name + "'; expected a name without '/'");
      }
      const Array* const first = list[0].Find(name);
      if (first == nullptr) wrong(t, "has an array '" + name + "' that step 0 lacks");
      if (first->dtype() != array.dtype() || first->shape() != array.shape()) {
        wrong(t, "has '" + name + "' " + ArrayText(array) + "; step 0 has " + ArrayText(*first));
      }
    }
  }
}

void CheckComplete(const Episode& episode) {
  const size_t steps = episode.actions.size();
  ROOKERY_CHECK_EQ(episode.observations.size(), steps + 1);
  ROOKERY_CHECK_EQ(episode.infos.size(), steps + 1);
  ROOKERY_CHECK_EQ(episode.hashes.size(), steps + 1);
  ROOKERY_CHECK_EQ(episode.rewards.size(), steps);
  ROOKERY_CHECK_EQ(episode.terminated.size(), steps);
  ROOKERY_CHECK_EQ(episode.truncated.size(), steps);
  ROOKERY_CHECK(episode.annotations.empty() || episode.annotations.size() == steps);
  CheckSameArrays(episode, episode.observations, "observation");
  CheckSameArrays(episode, episode.infos, "info");
  CheckSameArrays(episode, episode.actions, "action");
  CheckSameArrays(episode, {episode.reset_options}, "reset option");
}

// One dataset for each array of `list`, rows are steps.
void WriteArrays(hid_t parent, const std::string& group_name, const std::vector<ArrayMap>& list) {
  hdf5::WriteArrays(hdf5::NewGroup(parent, group_name), list, 0, std::ssize(list));
}

template <typename T>
void WriteColumn(hid_t group, const char* name, const hdf5::Id& type,
                 const std::vector<T>& values) {
  hdf5::WriteRows(group, name, type, {}, static_cast<int64_t>(values.size()),
                  [&](int64_t t) { return &values[static_cast<size_t>(t)]; });
}

// robomimic's `actions`: all arrays side by side as float64.
void WriteFlatActions(hid_t group, const Episode& episode) {
  std::vector<std::vector<double>> rows;
  for (const ArrayMap& action : episode.actions) {
    std::vector<double>& row = rows.emplace_back();
    for (const auto& [name, first] : episode.actions[0]) {
      const Array& array = action.at(name);
      for (int64_t i = 0; i < array.size(); ++i) row.push_back(array.AsDouble(i));
    }
  }
  const int64_t width = rows.empty() ? 0 : static_cast<int64_t>(rows[0].size());
  hdf5::WriteRows(group, "actions", hdf5::TypeOf(DType::kFloat64), {width}, episode.steps(),
                  [&](int64_t t) { return rows[static_cast<size_t>(t)].data(); });
}

std::string EpisodeImage(const Episode& episode) {
  const hdf5::Lock lock;
  const hdf5::Id file = hdf5::NewFile();
  const hdf5::Id data = hdf5::NewGroup(file, "data");
  hdf5::SetAttribute(data, "total", episode.steps());
  hdf5::SetAttribute(data, "env_args", EnvArgs(episode.env_id, episode.env_config));

  const hdf5::Id demo = hdf5::NewGroup(data, "demo_0");
  hdf5::SetAttribute(demo, "rookery_format", kFormat);
  hdf5::SetAttribute(demo, "num_samples", episode.steps());
  hdf5::SetAttribute(demo, "seed", episode.seed);
  hdf5::SetAttribute(demo, "agent", episode.agent);
  hdf5::SetAttribute(demo, "env_id", episode.env_id);
  hdf5::SetAttribute(demo, "env_config", episode.env_config);
  hdf5::SetAttribute(demo, "instruction", episode.instruction);
  hdf5::SetAttribute(demo, "annotations", AnnotationText(episode.annotations));
  hdf5::SetAttribute(demo, "versions", json(episode.versions).dump());
  hdf5::SetAttribute(demo, "success", episode.Success());
  hdf5::SetAttribute(demo, "return", episode.Return());
  hdf5::SetAttribute(demo, "checksum", Checksum(episode));

  const hdf5::Id uint8 = hdf5::TypeOf(DType::kUInt8);
  std::vector<uint8_t> dones;
  for (size_t t = 0; t < episode.actions.size(); ++t) {
    dones.push_back(episode.terminated[t] != 0 || episode.truncated[t] != 0 ? 1 : 0);
  }
  WriteFlatActions(demo, episode);
  WriteArrays(demo, "action_parts", episode.actions);
  WriteColumn(demo, "rewards", hdf5::TypeOf(DType::kFloat64), episode.rewards);
  WriteColumn(demo, "dones", uint8, dones);
  WriteColumn(demo, "terminated", uint8, episode.terminated);
  WriteColumn(demo, "truncated", uint8, episode.truncated);
  WriteColumn(demo, "hashes", {H5Tcopy(H5T_STD_U64LE), "type"}, episode.hashes);
  WriteColumn(demo, "random_state", uint8,
              std::vector<uint8_t>(episode.random_state.begin(), episode.random_state.end()));
  WriteArrays(demo, "infos", episode.infos);
  WriteArrays(demo, "reset_options", {episode.reset_options});
  // Simulator states are not stored: seed and actions repeat them exactly.
  hdf5::WriteRows(demo, "states", hdf5::TypeOf(DType::kFloat64), {0}, episode.steps(),
                  [](int64_t) { return nullptr; });

  // T + 1 observations, of which obs and next_obs show the first and the last T.
  WriteArrays(demo, "observations", episode.observations);
  for (const auto& [group_name, first] : {std::pair("obs", 0), std::pair("next_obs", 1)}) {
    const hdf5::Id group = hdf5::NewGroup(demo, group_name);
    for (const auto& [name, array] : episode.observations[0]) {
      hdf5::LinkRows(group, name, hdf5::TypeOf(array.dtype()), array.shape(),
                     std::string(kDemo) + "/observations", episode.steps() + 1, first,
                     episode.steps());
    }
  }
  return Sealed(hdf5::Image(file));
}

// ---- reading -----------------------------------------------------------------------------------

// Runs `read` with the lock held; what goes wrong becomes a UserError that names the file.
template <typename Read>
void ReadImage(const std::string& path, const Read& read) {
  std::string image = ReadFile(path);
  const uint64_t most_bytes = kMostExpansion * image.size();
  try {
    CheckSeal(image);
    const hdf5::Lock lock;
    const hdf5::Id file = hdf5::OpenImage(&image);
    const hdf5::Id demo = hdf5::OpenGroup(file, kDemo);
    int64_t format = 0;
    hdf5::GetAttribute(demo, "rookery_format", &format);
    if (format < kOldestFormat || format > kFormat) {
      throw Failure("format " + std::to_string(format) + "; this program reads formats " +
                    std::to_string(kOldestFormat) + " to " + std::to_string(kFormat));
    }
    read(demo, format, most_bytes);
  } catch (const Bug&) {
    throw;
  } catch (const std::exception& error) {
    throw UserError("cannot read episode " + path + ": " + error.what());
  }
}

void CheckRows(const std::string& name, int64_t found, int64_t expected) {
  if (found != expected) {
    throw Failure("'" + name + "' has " + std::to_string(found) + " rows; expected " +
                  std::to_string(expected));
  }
}

std::vector<ArrayMap> ReadArrays(hid_t demo, const std::string& group_name, int64_t rows,
                                 uint64_t most_bytes) {
  const hdf5::Id group = hdf5::OpenGroup(demo, group_name);
  std::vector<ArrayMap> list(static_cast<size_t>(rows));
  for (const std::string& name : hdf5::MembersInOrder(group)) {
    const Array all = hdf5::ReadArray(group, name, most_bytes);
    CheckRows(group_name + "/" + name, all.shape().empty() ? -1 : all.shape()[0], rows);
    const Shape row_shape(all.shape().begin() + 1, all.shape().end());
    // Rows share the storage of the whole.
    auto* row = static_cast<char*>(all.owner().get());
    for (ArrayMap& arrays : list) {
      Array view(all.dtype(), row_shape, row, all.owner());
      row += view.nbytes();
      arrays.Set(name, std::move(view));
    }
  }
  return list;
}

template <typename T>
std::vector<T> ReadColumn(hid_t demo, const char* name, uint64_t most_bytes) {
  const Array array = hdf5::ReadArray(demo, name, most_bytes);
  if (array.dtype() != DTypeOf<T>() || array.shape().size() != 1) {
    throw Failure("'" + std::string(name) + "' is " + ArrayText(array) +
                  "; expected one column of " + DTypeName(DTypeOf<T>()));
  }
  const std::span<const T> values = array.As<T>();
  return {values.begin(), values.end()};
}

template <typename T>
std::vector<T> ReadColumn(hid_t demo, const char* name, int64_t rows, uint64_t most_bytes) {
  std::vector<T> values = ReadColumn<T>(demo, name, most_bytes);
  CheckRows(name, static_cast<int64_t>(values.size()), rows);
  return values;
}

int64_t ReadSteps(hid_t demo) {
  int64_t steps = 0;
  hdf5::GetAttribute(demo, "num_samples", &steps);
  if (steps < 0 || steps > INT32_MAX) {
    throw Failure("attribute 'num_samples' = " + std::to_string(steps) +
                  "; expected a number of steps");
  }
  return steps;
}

// What format 1 lacks.
void ReadLaterFields(hid_t demo, uint64_t most_bytes, Episode* out) {
  hdf5::GetAttribute(demo, "instruction", &out->instruction);
  std::string annotations;
  hdf5::GetAttribute(demo, "annotations", &annotations);
  const json list = json::parse(annotations, nullptr, false);
  const bool texts = list.is_array() && std::all_of(list.begin(), list.end(), [](const json& text) {
                       return text.is_string();
                     });
  if (!texts) throw Failure("attribute 'annotations': expected a JSON list of texts");
  if (!list.empty()) {
    CheckRows("annotations", std::ssize(list), out->steps());
    out->annotations = list.get<std::vector<std::string>>();
  }
  out->reset_options = ReadArrays(demo, "reset_options", 1, most_bytes)[0];
}

Episode ReadDemo(hid_t demo, int64_t format, uint64_t most_bytes) {
  Episode out;
  const int64_t steps = ReadSteps(demo);
  uint64_t expected_checksum = 0;
  std::string versions;
  hdf5::GetAttribute(demo, "seed", &out.seed);
  hdf5::GetAttribute(demo, "agent", &out.agent);
  hdf5::GetAttribute(demo, "env_id", &out.env_id);
  hdf5::GetAttribute(demo, "env_config", &out.env_config);
  hdf5::GetAttribute(demo, "versions", &versions);
  hdf5::GetAttribute(demo, "checksum", &expected_checksum);
  out.versions = json::parse(versions).get<std::map<std::string, std::string>>();

  const auto random_state = ReadColumn<uint8_t>(demo, "random_state", most_bytes);
  out.random_state.assign(random_state.begin(), random_state.end());
  // Before anything is sized by `steps`.
  out.rewards = ReadColumn<double>(demo, "rewards", steps, most_bytes);
  out.terminated = ReadColumn<uint8_t>(demo, "terminated", steps, most_bytes);
  out.truncated = ReadColumn<uint8_t>(demo, "truncated", steps, most_bytes);
  out.hashes = hdf5::ReadUInt64(demo, "hashes", most_bytes);
  CheckRows("hashes", static_cast<int64_t>(out.hashes.size()), steps + 1);
  out.actions = ReadArrays(demo, "action_parts", steps, most_bytes);
  out.infos = ReadArrays(demo, "infos", steps + 1, most_bytes);
  out.observations = ReadArrays(demo, "observations", steps + 1, most_bytes);

  out.annotations.resize(static_cast<size_t>(steps));
  if (format > kOldestFormat) ReadLaterFields(demo, most_bytes, &out);

  if (const uint64_t found = Checksum(out); found != expected_checksum) {
    throw Failure("damaged: expected checksum " + HashHex(expected_checksum) + ", found " +
                  HashHex(found));
  }
  return out;
}

}  // namespace

std::string EnvArgs(const std::string& env_id, const std::string& env_config) {
  const json kwargs = env_config.empty() ? json::object() : json::parse(env_config, nullptr, false);
  if (!kwargs.is_object()) {
    throw UserError("options of " + env_id + ": expected a JSON object, found " + env_config);
  }
  // robomimic's documents call it env_type, its code reads type.
  return json{
      {"env_name", env_id}, {"env_type", kGymType}, {"type", kGymType}, {"env_kwargs", kwargs}}
      .dump();
}

void WriteEpisode(const std::string& path, const Episode& episode) {
  CheckComplete(episode);
  std::string image;
  try {
    image = EpisodeImage(episode);
  } catch (const Failure& failure) {
    throw Failure("cannot write episode " + path + ": " + failure.what());
  }
  WriteFileAtomic(path, image);
}

Episode ReadEpisode(const std::string& path) {
  Episode episode;
  ReadImage(path, [&](hid_t demo, int64_t format, uint64_t most_bytes) {
    episode = ReadDemo(demo, format, most_bytes);
  });
  return episode;
}

EpisodeFacts ReadEpisodeFacts(const std::string& path) {
  EpisodeFacts facts;
  ReadImage(path, [&](hid_t demo, int64_t, uint64_t) {
    facts.steps = ReadSteps(demo);
    hdf5::GetAttribute(demo, "env_id", &facts.env_id);
    hdf5::GetAttribute(demo, "env_config", &facts.env_config);
    hdf5::GetAttribute(demo, "agent", &facts.agent);
    hdf5::GetAttribute(demo, "seed", &facts.seed);
    hdf5::GetAttribute(demo, "return", &facts.score);
    hdf5::GetAttribute(demo, "success", &facts.success);
  });
  return facts;
}

}  // namespace rookery
