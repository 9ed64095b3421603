// robomimic: one HDF5 file with data/demo_<i> and filter keys mask/train, mask/valid.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/export/exporter.h"
#include "core/episode_store.h"
#include "core/hdf5_file.h"

namespace rookery {
namespace {

constexpr int64_t kValidEvery = 10;  // share of demonstrations kept for validation: one in ten

void WriteDemo(hid_t data, const std::string& name, const Episode& episode) {
  const int64_t steps = episode.steps();
  const hdf5::Id demo = hdf5::NewGroup(data, name);
  hdf5::SetAttribute(demo, "num_samples", steps);
  hdf5::SetAttribute(demo, "seed", episode.seed);
  hdf5::SetAttribute(demo, "success", episode.Success());
  hdf5::SetAttribute(demo, "instruction", episode.instruction);

  std::vector<std::vector<double>> actions;
  std::vector<std::string> sentences;
  std::vector<uint8_t> dones;
  for (int64_t t = 0; t < steps; ++t) {
    const auto at = static_cast<size_t>(t);
    actions.push_back(FlatAction(episode.actions[at]));
    sentences.push_back(SentenceOf(episode, t));
    dones.push_back(episode.terminated[at] != 0 || episode.truncated[at] != 0 ? 1 : 0);
  }
  const hdf5::Id float64 = hdf5::TypeOf(DType::kFloat64);
  hdf5::WriteRows(demo, "actions", float64, {std::ssize(actions[0])}, steps,
                  [&](int64_t t) { return actions[static_cast<size_t>(t)].data(); });
  hdf5::WriteRows(demo, "rewards", float64, {}, steps,
                  [&](int64_t t) { return &episode.rewards[static_cast<size_t>(t)]; });
  hdf5::WriteRows(demo, "dones", hdf5::TypeOf(DType::kUInt8), {}, steps,
                  [&](int64_t t) { return &dones[static_cast<size_t>(t)]; });
  hdf5::WriteTexts(demo, "sentences", sentences);
  // Simulator states are not recorded; readers ask for the dataset all the same.
  hdf5::WriteRows(demo, "states", float64, {0}, steps, [](int64_t) { return nullptr; });
  hdf5::WriteArrays(hdf5::NewGroup(demo, "obs"), episode.observations, 0, steps);
  hdf5::WriteArrays(hdf5::NewGroup(demo, "next_obs"), episode.observations, 1, steps);
}

void Write(const ExportSource& set, const std::string&, const std::string& temporary) {
  const hdf5::Lock lock;
  const hdf5::Id file = hdf5::NewFile(temporary);
  const hdf5::Id data = hdf5::NewGroup(file, "data");
  int64_t total = 0;
  std::vector<std::string> names;
  set.ForEach([&](int64_t index, const Episode& episode) {
    names.push_back("demo_" + std::to_string(index));
    WriteDemo(data, names.back(), episode);
    total += episode.steps();
  });
  hdf5::SetAttribute(data, "total", total);
  hdf5::SetAttribute(data, "env_args", EnvArgs(set.spec().id, set.env_config()));
  hdf5::SetAttribute(data, "action_names", nlohmann::json(ActionColumns(set.spec())).dump());
  // The last tenth, and at least one of two or more, is for validation.
  const auto n = std::ssize(names);
  const int64_t valid = n < 2 ? 0 : std::max<int64_t>(1, n / kValidEvery);
  const hdf5::Id mask = hdf5::NewGroup(file, "mask");
  hdf5::WriteTexts(mask, "train", {names.begin(), names.end() - valid});
  hdf5::WriteTexts(mask, "valid", {names.end() - valid, names.end()});
}

ROOKERY_REGISTER_EXPORTER(
    Robomimic, {.name = "robomimic",
                .summary = "one HDF5 file: data/demo_<i>, filter keys mask/train and mask/valid",
                .landmark = "",
                .write = Write});

}  // namespace
}  // namespace rookery
