#include "core/episode_store.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <system_error>

#include "core/atomic_file.h"
#include "core/episode_file.h"
#include "core/error.h"
#include "core/hdf5_file.h"

namespace rookery {
namespace {

constexpr char kIndex[] = "dataset.hdf5";
constexpr std::string_view kPrefix = "episode_", kMiddle = "_seed_", kSuffix = ".hdf5";

struct NameParts {
  int64_t index = 0;
  uint64_t seed = 0;
};

std::string IndexText(int64_t index) {
  std::string digits = std::to_string(index);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return digits;
}

std::string FileName(int64_t index, uint64_t seed) {
  return std::string(kPrefix) + IndexText(index) + std::string(kMiddle) + std::to_string(seed) +
         std::string(kSuffix);
}

// The parts of a name made by FileName, else nothing.
std::optional<NameParts> Parse(const std::string& name) {
  NameParts parts;
  const char* const end = name.data() + name.size();
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const auto index = std::from_chars(name.data() + kPrefix.size(), end, parts.index);
  if (index.ec != std::errc() || !std::string_view(index.ptr, end).starts_with(kMiddle)) {
    return std::nullopt;
  }
  std::from_chars(index.ptr + kMiddle.size(), end, parts.seed);
  if (parts.index < 0 || name != FileName(parts.index, parts.seed)) return std::nullopt;
  return parts;
}

}  // namespace

EpisodeStore::EpisodeStore(std::string folder) : folder_(std::move(folder)) {
  while (folder_.size() > 1 && folder_.back() == '/') folder_.pop_back();
  std::error_code error;
  const bool exists = std::filesystem::exists(folder_, error);
  if (exists && !std::filesystem::is_directory(folder_)) {
    throw UserError(folder_ + " is a file; expected a folder of episodes");
  }
  if (!exists) std::filesystem::create_directories(folder_, error);
  if (error) throw Failure("cannot make folder " + folder_ + ": " + error.message());
  RemoveLeftovers(folder_);

  std::map<int64_t, std::string> found;
  std::filesystem::directory_iterator entries(folder_, error);
  if (error) throw Failure("cannot list folder " + folder_ + ": " + error.message());
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename().string();
    const std::optional<NameParts> parts = Parse(name);
    if (!parts) {
      const std::string extension = entry.path().extension().string();
      if (name != kIndex && (extension == ".hdf5" || extension == ".h5")) {
        throw UserError(folder_ + " holds another data set, " + name + "; expected files like " +
                        FileName(0, 0));
      }
      continue;
    }
    const auto [place, added] = found.emplace(parts->index, name);
    if (!added) {
      throw UserError(folder_ + " holds episode " + std::to_string(parts->index) + " twice: " +
                      std::min(place->second, name) + " and " + std::max(place->second, name));
    }
  }
  for (const auto& [index, name] : found) {
    if (index != size()) {
      throw UserError(folder_ + " lacks episode " + std::to_string(size()) + ": expected a file " +
                      std::string(kPrefix) + IndexText(size()) + std::string(kMiddle) + "*" +
                      std::string(kSuffix) + " before " + name);
    }
    files_.push_back(name);
  }
}

bool EpisodeStore::Owns(const std::string& file_name) {
  return file_name == kIndex || Parse(file_name).has_value();
}

std::string EpisodeStore::path(int64_t index) const {
  ROOKERY_CHECK_GE(index, 0);
  ROOKERY_CHECK_LT(index, size());
  return folder_ + "/" + files_[static_cast<size_t>(index)];
}

std::vector<uint64_t> EpisodeStore::seeds() const {
  std::vector<uint64_t> out;
  for (const std::string& name : files_) out.push_back(Parse(name)->seed);
  return out;
}

std::optional<uint64_t> EpisodeStore::last_seed() const {
  const std::vector<uint64_t> all = seeds();
  return all.empty() ? std::nullopt : std::optional(*std::max_element(all.begin(), all.end()));
}

void EpisodeStore::Add(const Episode& episode) {
  if (size() > 0) {
    if (env_id_.empty()) {
      const EpisodeFacts first = ReadEpisodeFacts(path(0));
      env_id_ = first.env_id;
      env_config_ = first.env_config;
    }
    if (episode.env_id != env_id_) {
      throw UserError(folder_ + " holds episodes of " + env_id_ + "; the new one is of " +
                      episode.env_id);
    }
    if (episode.env_config != env_config_) {
      throw UserError(folder_ + " holds episodes with options " + env_config_ +
                      "; the new one has " + episode.env_config);
    }
  }
  const std::string name = FileName(size(), episode.seed);
  WriteEpisode(folder_ + "/" + name, episode);
  files_.push_back(name);
  env_id_ = episode.env_id;
  env_config_ = episode.env_config;
}

Episode EpisodeStore::Read(int64_t index) const { return ReadEpisode(path(index)); }

void EpisodeStore::WriteIndex() const {
  int64_t total = 0;
  EpisodeFacts facts;
  for (int64_t i = 0; i < size(); ++i) {
    facts = ReadEpisodeFacts(path(i));
    total += facts.steps;
  }
  std::string image;
  {
    const hdf5::Lock lock;
    const hdf5::Id file = hdf5::NewFile();
    const hdf5::Id data = hdf5::NewGroup(file, "data");
    hdf5::SetAttribute(data, "total", total);
    hdf5::SetAttribute(data, "env_args", EnvArgs(facts.env_id, facts.env_config));
    for (int64_t i = 0; i < size(); ++i) {
      // Relative names are looked up beside the index.
      const std::string demo = "demo_" + std::to_string(i);
      hdf5::Check(H5Lcreate_external(files_[static_cast<size_t>(i)].c_str(), "/data/demo_0", data,
                                     demo.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                  demo);
    }
    image = hdf5::Image(file);
  }
  WriteFileAtomic(folder_ + "/" + kIndex, image);
}

}  // namespace rookery
