#include "core/episode_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/hdf5_file.h"
#include "core/log.h"
#include "tests/core/sample_episode.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::EpisodeDifference;
using ::testing::HasSubstr;
using testing::SampleEpisode;

// A new file each time: some disks flush files that are truncated and written again.
void Rewrite(const testing::TempFolder& folder, const std::string& bytes) {
  fs::remove(folder.path() + "/episode.hdf5");
  folder.Write("episode.hdf5", bytes);
}

std::string ReadError(const std::string& path) {
  try {
    ReadEpisode(path);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(EpisodeFile, ReadsBackEveryBit) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/episode.hdf5";
  for (int64_t steps : {0, 1, 2, 9}) {
    const Episode episode = SampleEpisode(UINT64_MAX - static_cast<uint64_t>(steps), steps);
    WriteEpisode(path, episode);
    const Episode read = ReadEpisode(path);
    EXPECT_EQ(EpisodeDifference(read, episode), "") << steps << " steps";
    EXPECT_EQ(read.steps(), steps);
    EXPECT_EQ(read.TraceHash(), episode.TraceHash());
    EXPECT_EQ(read.Return(), episode.Return());
    EXPECT_TRUE(read.Success());
  }
}

TEST(EpisodeFile, ReadArraysCanBeChangedOneByOne) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/episode.hdf5";
  WriteEpisode(path, SampleEpisode(1, 3));
  Episode read = ReadEpisode(path);
  const Episode before = ReadEpisode(path);
  std::ranges::fill(read.observations[1].at("heightmap.rgb").As<uint8_t>(), 0);
  for (size_t t : {size_t{0}, size_t{2}, size_t{3}}) {
    EXPECT_TRUE(read.observations[t].BitEqual(before.observations[t])) << t;
  }
  EXPECT_FALSE(read.observations[1].BitEqual(before.observations[1]));
}

TEST(EpisodeFile, TheSameEpisodeMakesTheSameBytes) {
  const testing::TempFolder folder;
  const Episode episode = SampleEpisode(3, 4);
  WriteEpisode(folder.path() + "/a", episode);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // times are in whole seconds
  WriteEpisode(folder.path() + "/b", SampleEpisode(3, 4));
  EXPECT_EQ(ReadFile(folder.path() + "/a"), ReadFile(folder.path() + "/b"));
}

TEST(EpisodeFile, WithoutObservationsOrActionArrays) {
  const testing::TempFolder folder;
  Episode episode = SampleEpisode(3, 2);
  for (ArrayMap& observation : episode.observations) observation.Clear();
  for (ArrayMap& action : episode.actions) action.Clear();
  for (ArrayMap& info : episode.infos) info.Clear();
  WriteEpisode(folder.path() + "/a", episode);
  EXPECT_EQ(EpisodeDifference(ReadEpisode(folder.path() + "/a"), episode), "");
}

TEST(EpisodeFile, WhatCannotBeStoredIsRefusedByName) {
  const testing::TempFolder folder;
  const auto error = [&](const Episode& episode) -> std::string {
    try {
      WriteEpisode(folder.path() + "/a", episode);
    } catch (const UserError& e) {
      return e.what();
    }
    return "no error";
  };
  Episode episode = SampleEpisode(3, 2);
  episode.observations[2].Set("flags", Array::Of<float>({1}));
  EXPECT_THAT(error(episode), AllOf(HasSubstr("seed 3"), HasSubstr("observation of step 2"),
                                    HasSubstr("'flags' float32 (1); step 0 has bool (3)")));
  episode = SampleEpisode(3, 2);
  episode.infos[1].Erase("count");
  EXPECT_THAT(error(episode),
              HasSubstr("info of step 1 has arrays success; step 0 has success, count"));
  episode = SampleEpisode(3, 1);
  episode.actions[0].Set("a/b", Array::Of<float>({1}));
  EXPECT_THAT(error(episode), HasSubstr("expected a name without '/'"));
  episode = SampleEpisode(3, 1);
  episode.env_config = "[1]";
  EXPECT_THAT(error(episode), HasSubstr("expected a JSON object, found [1]"));
  episode = SampleEpisode(3, 1);
  episode.rewards.clear();
  EXPECT_THROW(WriteEpisode(folder.path() + "/a", episode), Bug);
  EXPECT_FALSE(fs::exists(folder.path() + "/a"));
}

TEST(EpisodeFile, TruncatedFilesAreErrors) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/episode.hdf5";
  WriteEpisode(path, SampleEpisode(1, 2, 16, 16));
  const std::string bytes = ReadFile(path);
  const size_t seal = std::string("\nrookery xxh3 0123456789abcdef").size();
  const size_t hdf5_size = bytes.size() - seal;
  for (size_t size = 0; size < hdf5_size; size += size + 97 < hdf5_size ? 97 : 1) {
    Rewrite(folder, bytes.substr(0, size));
    ASSERT_THAT(ReadError(path), HasSubstr("cannot read episode " + path)) << size;
  }
  Rewrite(folder, bytes.substr(0, hdf5_size - 1));
  EXPECT_THAT(ReadError(path),
              AllOf(HasSubstr("truncated file: eof = " + std::to_string(hdf5_size - 1)),
                    HasSubstr("stored_eof = " + std::to_string(hdf5_size))));
  // Cut within the seal, the episode is whole.
  for (size_t size = hdf5_size; size < bytes.size(); ++size) {
    Rewrite(folder, bytes.substr(0, size));
    ASSERT_EQ(ReadError(path), "no error") << size;
  }
}

TEST(EpisodeFile, EveryDamagedByteIsNoticed) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/episode.hdf5";
  const Episode episode = SampleEpisode(1, 2);
  WriteEpisode(path, episode);
  const std::string bytes = ReadFile(path);
  const size_t hdf5_size = bytes.rfind("\nrookery xxh3 ");
  Rng rng(1);
  for (int round = 0; round < 1000; ++round) {
    std::string damaged = bytes;
    const auto at = static_cast<size_t>(rng.Integer(static_cast<int64_t>(bytes.size())));
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << rng.Integer(8)));
    Rewrite(folder, damaged);
    const std::string error = ReadError(path);
    if (error == "no error") {
      ASSERT_GE(at, hdf5_size) << "only the seal's own text may change unnoticed";
      ASSERT_EQ(EpisodeDifference(ReadEpisode(path), episode), "");
    } else {
      ASSERT_THAT(error, AllOf(HasSubstr(path), HasSubstr("damaged: expected checksum")));
    }
  }
}

TEST(EpisodeFile, OtherProgramsMayAddToTheFile) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/episode.hdf5";
  const Episode episode = SampleEpisode(1, 2);
  WriteEpisode(path, episode);
  {
    const hdf5::Lock lock;
    const hdf5::Id file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), path);
    hdf5::SetAttribute(hdf5::OpenGroup(file, "data/demo_0"), "language",
                       std::string("put it there"));
  }
  EXPECT_EQ(EpisodeDifference(ReadEpisode(path), episode), "");
}

TEST(EpisodeFile, ForeignAndMissingFilesAreErrors) {
  const testing::TempFolder folder;
  EXPECT_THAT(ReadError(folder.path() + "/absent"), HasSubstr("No such file or directory"));
  EXPECT_THAT(ReadError(folder.Write("text", "hello, this is text")),
              HasSubstr("not a complete HDF5 file"));
  std::string image;
  {
    const hdf5::Lock lock;
    image = hdf5::Image(hdf5::NewFile());
  }
  EXPECT_THAT(ReadError(folder.Write("empty", image)), HasSubstr("group '/data/demo_0'"));
  {
    const hdf5::Lock lock;
    const hdf5::Id file = hdf5::NewFile();
    hdf5::NewGroup(hdf5::NewGroup(file, "data"), "demo_0");
    image = hdf5::Image(file);
  }
  EXPECT_THAT(ReadError(folder.Write("other", image)), HasSubstr("attribute 'rookery_format'"));
}

// Applies `change` to the group data/demo_0 of a good file and returns the error of reading it.
std::string ErrorAfter(const std::function<void(hid_t demo)>& change) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/episode.hdf5";
  WriteEpisode(path, SampleEpisode(1, 3, 64, 64));
  {
    const hdf5::Lock lock;
    const hdf5::Id file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), path);
    change(hdf5::OpenGroup(file, "data/demo_0"));
  }
  const std::string error = ReadError(path);
  EXPECT_THAT(error, ::testing::StartsWith("cannot read episode " + path)) << error;
  return error;
}

TEST(EpisodeFile, EveryMissingFieldIsNamed) {
  for (const char* name : {"rewards", "terminated", "truncated", "hashes", "random_state",
                           "action_parts", "infos", "observations", "reset_options"}) {
    EXPECT_THAT(ErrorAfter([&](hid_t demo) { H5Ldelete(demo, name, H5P_DEFAULT); }),
                HasSubstr("'" + std::string(name) + "'"));
  }
  for (const char* name : {"rookery_format", "num_samples", "seed", "agent", "env_id", "env_config",
                           "versions", "checksum", "instruction", "annotations"}) {
    EXPECT_THAT(ErrorAfter([&](hid_t demo) { H5Adelete(demo, name); }),
                HasSubstr("attribute '" + std::string(name) + "'"));
  }
}

// Format 1 had neither texts nor reset options.
TEST(EpisodeFile, ReadsTheFirstFormat) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/episode.hdf5";
  Episode episode = SampleEpisode(1, 3);
  episode.instruction.clear();
  episode.annotations.assign(3, "");
  WriteEpisode(path, episode);
  {
    const hdf5::Lock lock;
    const hdf5::Id file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), path);
    const hdf5::Id demo = hdf5::OpenGroup(file, "data/demo_0");
    for (const char* name : {"rookery_format", "instruction", "annotations"}) {
      H5Adelete(demo, name);
    }
    H5Ldelete(demo, "reset_options", H5P_DEFAULT);
    hdf5::SetAttribute(demo, "rookery_format", int64_t{1});
  }
  EXPECT_EQ(EpisodeDifference(ReadEpisode(path), episode), "");
}

TEST(EpisodeFile, WrongLengthsTypesAndValuesAreNamed) {
  const auto set = [](hid_t demo, const char* name, int64_t value) {
    H5Adelete(demo, name);
    hdf5::SetAttribute(demo, name, value);
  };
  EXPECT_THAT(ErrorAfter([&](hid_t demo) { set(demo, "num_samples", 4); }),
              HasSubstr("'rewards' has 3 rows; expected 4"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) { set(demo, "num_samples", -1); }),
              HasSubstr("'num_samples' = -1"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) { set(demo, "rookery_format", 9); }),
              HasSubstr("format 9; this program reads formats 1 to 2"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) { set(demo, "agent", 9); }),
              HasSubstr("attribute 'agent': expected a text"));
  const auto replace = [](hid_t group, const char* name, DType dtype, Shape row, int64_t rows) {
    H5Ldelete(group, name, H5P_DEFAULT);
    const Array zeros(dtype, row);
    hdf5::WriteRows(group, name, hdf5::TypeOf(dtype), row, rows,
                    [&](int64_t) { return zeros.data(); });
  };
  EXPECT_THAT(ErrorAfter([&](hid_t demo) { replace(demo, "rewards", DType::kFloat32, {}, 3); }),
              HasSubstr("'rewards' is float32 (3); expected one column of float64"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) { replace(demo, "rewards", DType::kFloat64, {1}, 3); }),
              HasSubstr("'rewards' is float64 (3, 1); expected one column of float64"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) { replace(demo, "truncated", DType::kUInt8, {}, 2); }),
              HasSubstr("'truncated' has 2 rows; expected 3"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) {
                replace(hdf5::OpenGroup(demo, "observations"), "flags", DType::kBool, {3}, 3);
              }),
              HasSubstr("'observations/flags' has 3 rows; expected 4"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) {
                replace(hdf5::OpenGroup(demo, "observations"), "flags", DType::kBool, {3}, 4);
              }),
              HasSubstr("damaged: expected checksum"));
  EXPECT_THAT(ErrorAfter([&](hid_t demo) {
                H5Ldelete(demo, "hashes", H5P_DEFAULT);
                constexpr hsize_t kHuge = hsize_t{1} << 50;
                const hdf5::Id space(H5Screate_simple(1, &kHuge, nullptr), "space");
                const hdf5::Id options(H5Pcreate(H5P_DATASET_CREATE), "options");
                constexpr hsize_t kChunk = 8;
                H5Pset_chunk(options, 1, &kChunk);
                const hdf5::Id made(H5Dcreate2(demo, "hashes", H5T_STD_U64LE, space, H5P_DEFAULT,
                                               options, H5P_DEFAULT),
                                    "dataset");
              }),
              HasSubstr("'hashes': shape (1125899906842624) is more than the file can hold"));
}

TEST(EpisodeFile, TheLibraryPrintsNothing) {
  ::testing::internal::CaptureStderr();
  ErrorAfter([](hid_t demo) { H5Ldelete(demo, "rewards", H5P_DEFAULT); });
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(EpisodeFile, ThreadsMayReadAndWriteAtOnce) {
  const testing::TempFolder folder;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&folder, i] {
      const std::string path = folder.path() + "/" + std::to_string(i);
      for (int round = 0; round < 5; ++round) {
        const Episode episode = SampleEpisode(static_cast<uint64_t>(10 * i + round), 2);
        WriteEpisode(path, episode);
        EXPECT_EQ(EpisodeDifference(ReadEpisode(path), episode), "");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// ---- the store ---------------------------------------------------------------------------------

TEST(EpisodeStore, AddsReadsAndReopens) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/new/store/";
  EpisodeStore store(path);
  EXPECT_EQ(store.size(), 0);
  EXPECT_EQ(store.last_seed(), std::nullopt);
  for (uint64_t seed : {uint64_t{4}, uint64_t{1} << 63, uint64_t{6}}) {
    store.Add(SampleEpisode(seed, 2));
  }
  EXPECT_EQ(store.path(1),
            folder.path() + "/new/store/episode_000001_seed_9223372036854775808.hdf5");
  const EpisodeStore again(path);
  EXPECT_EQ(again.size(), 3);
  EXPECT_EQ(again.last_seed(), uint64_t{1} << 63);
  EXPECT_EQ(EpisodeDifference(again.Read(2), SampleEpisode(6, 2)), "");
  EXPECT_THROW(again.Read(3), Bug);
}

TEST(EpisodeStore, KeepsOneEnvironment) {
  const testing::TempFolder folder;
  EpisodeStore(folder.path()).Add(SampleEpisode(0, 1));
  EpisodeStore store(folder.path());
  const auto error = [&](const Episode& episode) -> std::string {
    try {
      store.Add(episode);
    } catch (const UserError& e) {
      return e.what();
    }
    return "no error";
  };
  Episode other = SampleEpisode(2, 1);
  other.env_id = "Test/Other-v0";
  EXPECT_THAT(error(other),
              HasSubstr("holds episodes of Test/Sample-v0; the new one is of Test/Other-v0"));
  other = SampleEpisode(2, 1);
  other.env_config = "{}";
  EXPECT_THAT(error(other), HasSubstr("the new one has {}"));
  EXPECT_EQ(store.size(), 1);
  store.Add(SampleEpisode(2, 1));
  EXPECT_EQ(store.size(), 2);
}

TEST(EpisodeStore, SaysWhatIsWrongWithAFolder) {
  const auto error = [](const std::string& path) -> std::string {
    try {
      const EpisodeStore store(path);
    } catch (const UserError& e) {
      return e.what();
    }
    return "no error";
  };
  const testing::TempFolder folder;
  const auto touch = [&](const std::string& name) { folder.Write(name, ""); };
  EXPECT_THAT(error(folder.Write("file", "")), HasSubstr("is a file; expected a folder"));
  touch("gap/episode_000000_seed_4.hdf5");
  touch("gap/episode_000003_seed_8.hdf5");
  EXPECT_THAT(error(folder.path() + "/gap"),
              HasSubstr("lacks episode 1: expected a file episode_000001_seed_*.hdf5 before "
                        "episode_000003_seed_8.hdf5"));
  touch("start/episode_000001_seed_4.hdf5");
  EXPECT_THAT(error(folder.path() + "/start"), HasSubstr("lacks episode 0"));
  touch("twice/episode_000000_seed_4.hdf5");
  touch("twice/episode_000000_seed_6.hdf5");
  EXPECT_THAT(error(folder.path() + "/twice"),
              HasSubstr("holds episode 0 twice: episode_000000_seed_4.hdf5 and "
                        "episode_000000_seed_6.hdf5"));
  touch("other/demo.hdf5");
  EXPECT_THAT(error(folder.path() + "/other"), HasSubstr("holds another data set, demo.hdf5"));
  touch("almost/episode_000000_seed_04.hdf5");
  EXPECT_THAT(error(folder.path() + "/almost"), HasSubstr("holds another data set"));
  touch("fine/config.json");
  touch("fine/pictures/a.png");
  EXPECT_EQ(error(folder.path() + "/fine"), "no error");
}

TEST(EpisodeStore, AddedEpisodesSurviveAKillAndUnfinishedOnesVanish) {
  const testing::TempFolder folder;
  int added[2];
  ASSERT_EQ(pipe(added), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    EpisodeStore store(folder.path());
    for (uint64_t seed = 0;; seed += 2) {
      store.Add(SampleEpisode(seed, 2));
      [[maybe_unused]] const ssize_t n = write(added[1], "x", 1);
    }
  }
  int reported = 0;
  char byte = 0;
  while (reported < 5 && read(added[0], &byte, 1) == 1) ++reported;
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(added[1]);
  while (read(added[0], &byte, 1) == 1) ++reported;
  close(added[0]);
  folder.Write(".rookery-tmp-4194304999-1-0", "what a killed process left");

  const EpisodeStore store(folder.path());
  EXPECT_GE(store.size(), reported);
  EXPECT_LE(store.size(), reported + 1);
  for (int64_t i = 0; i < store.size(); ++i) {
    EXPECT_EQ(EpisodeDifference(store.Read(i), SampleEpisode(2 * static_cast<uint64_t>(i), 2)), "");
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), store.size());
}

TEST(EpisodeStore, IndexLinksEveryEpisode) {
  const testing::TempFolder folder;
  EpisodeStore store(folder.path() + "/store");
  store.WriteIndex();
  for (uint64_t seed : {0, 2, 4}) store.Add(SampleEpisode(seed, 1 + static_cast<int64_t>(seed)));
  store.WriteIndex();
  EXPECT_EQ(EpisodeStore(store.folder()).size(), 3) << "the index is no episode";
  // Also after the folder has moved.
  fs::rename(store.folder(), folder.path() + "/moved");
  const hdf5::Lock lock;
  const std::string path = folder.path() + "/moved/dataset.hdf5";
  const hdf5::Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), path);
  const hdf5::Id data = hdf5::OpenGroup(file, "data");
  int64_t total = 0, samples = 0;
  hdf5::GetAttribute(data, "total", &total);
  EXPECT_EQ(total, 9);
  EXPECT_EQ(hdf5::MembersInOrder(data).size(), 3U);
  const hdf5::Id demo = hdf5::OpenGroup(data, "demo_2");
  hdf5::GetAttribute(demo, "num_samples", &samples);
  EXPECT_EQ(samples, 5);
  // The virtual datasets of the linked file find their data.
  const Episode episode = SampleEpisode(4, 5);
  for (const auto& [group, first] : {std::pair("obs", 0), std::pair("next_obs", 1)}) {
    const hdf5::Id observations = hdf5::OpenGroup(demo, group);
    for (const auto& [name, array] : episode.observations[0]) {
      const Array all = hdf5::ReadArray(observations, name, UINT64_MAX);
      ASSERT_EQ(all.shape()[0], 5) << name;
      std::string expected;
      for (int t = first; t < first + 5; ++t) {
        const Array& row = episode.observations[static_cast<size_t>(t)].at(name);
        expected.append(static_cast<const char*>(row.data()), row.nbytes());
      }
      EXPECT_EQ(std::string(static_cast<const char*>(all.data()), all.nbytes()), expected)
          << group << "/" << name;
    }
  }
}

}  // namespace
}  // namespace rookery
