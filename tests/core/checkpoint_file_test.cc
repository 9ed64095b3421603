#include "core/checkpoint_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/rng.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

Checkpoint Sample() {
  Checkpoint out;
  out.tensors.Set("z.flags", Array::Of<bool>({true, false, true}));
  out.tensors.Set("weights",
                  Array::Of<float>({1.5F, -0.0F, std::nanf("7"), 3e-42F}).Reshaped({2, 2}));
  out.tensors.Set("bytes", Array::Of<uint8_t>({0, 255, 7, 9, 1}));
  out.tensors.Set("a/double \"quoted\"", Array::Scalar<double>(0.1));
  out.tensors.Set("counts", Array::Of<int64_t>({INT64_MIN, INT64_MAX}));
  out.tensors.Set("small", Array::Of<int32_t>({-1, 2, 3}).Reshaped({3, 1, 1}));
  out.tensors.Set("none", Array(DType::kFloat32, {0, 4}));
  out.meta = {{"config", R"({"lr": 0.001})"}, {"empty", ""}, {"unicode", "µ → ∞"}};
  return out;
}

bool Same(const Checkpoint& a, const Checkpoint& b) {
  return a.tensors.BitEqual(b.tensors) && a.meta == b.meta;
}

std::string ErrorOf(const std::string& path) {
  try {
    ReadCheckpoint(path);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

class CheckpointFile : public ::testing::Test {
 protected:
  std::string Path() const { return folder_.path() + "/file.safetensors"; }
  std::string Written() {
    WriteCheckpoint(Path(), Sample());
    return ReadFile(Path());
  }
  // The file with another header around the same data.
  void WriteWithHeader(const std::string& bytes, const std::function<void(json*)>& change) {
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    json header = json::parse(bytes.substr(8, length));
    change(&header);
    const std::string text = header.dump();
    length = text.size();
    std::string out(reinterpret_cast<const char*>(&length), 8);
    folder_.Write("file.safetensors", out + text + bytes.substr(8 + header_length(bytes)));
  }
  // A new file each time: some disks flush files that are truncated and written again.
  void Rewrite(const std::string& bytes) {
    std::filesystem::remove(Path());
    folder_.Write("file.safetensors", bytes);
  }
  static uint64_t header_length(const std::string& bytes) {
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    return length;
  }
  testing::TempFolder folder_;
};

TEST_F(CheckpointFile, ReadsBackEveryBitInOrder) {
  WriteCheckpoint(Path(), Sample());
  const Checkpoint read = ReadCheckpoint(Path());
  EXPECT_TRUE(Same(read, Sample()));
  EXPECT_EQ(read.tensors.Names(), Sample().tensors.Names());
  WriteCheckpoint(Path(), Checkpoint());
  EXPECT_TRUE(Same(ReadCheckpoint(Path()), Checkpoint()));
}

TEST_F(CheckpointFile, WhatWasReadCanBeWrittenAgainWithTheSameBytes) {
  const std::string bytes = Written();
  WriteCheckpoint(Path(), ReadCheckpoint(Path()));
  EXPECT_EQ(ReadFile(Path()), bytes);
}

// https://github.com/huggingface/safetensors: header length, JSON, padding, no gaps.
TEST_F(CheckpointFile, FollowsTheSafetensorsFormat) {
  const std::string bytes = Written();
  const uint64_t length = header_length(bytes);
  EXPECT_EQ(length % 8, 0U);
  EXPECT_EQ(bytes[8], '{');
  const json header = json::parse(bytes.substr(8, length));
  EXPECT_EQ(header["__metadata__"]["config"], R"({"lr": 0.001})");
  const Checkpoint sample = Sample();
  std::map<uint64_t, uint64_t> ranges;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    const uint64_t begin = entry["data_offsets"][0], end = entry["data_offsets"][1];
    const Array& tensor = sample.tensors.at(name);
    EXPECT_EQ(entry["shape"], json(tensor.shape())) << name;
    EXPECT_EQ(end - begin, tensor.nbytes()) << name;
    EXPECT_EQ((8 + length + begin) % ItemSize(tensor.dtype()), 0U) << name << " is not aligned";
    EXPECT_EQ(std::memcmp(bytes.data() + 8 + length + begin, tensor.data(), tensor.nbytes()), 0);
    if (end > begin) ranges[begin] = end;
  }
  EXPECT_EQ(header["weights"]["dtype"], "F32");
  EXPECT_EQ(header["z.flags"]["dtype"], "BOOL");
  EXPECT_EQ(header["bytes"]["dtype"], "U8");
  EXPECT_EQ(header["counts"]["dtype"], "I64");
  EXPECT_EQ(header["small"]["dtype"], "I32");
  EXPECT_EQ(header["a/double \"quoted\""]["dtype"], "F64");
  uint64_t covered = 0;
  for (const auto& [begin, end] : ranges) {
    EXPECT_EQ(begin, covered) << "a gap";
    covered = end;
  }
  EXPECT_EQ(8 + length + covered, bytes.size());
}

TEST_F(CheckpointFile, EveryTruncationIsAnErrorThatNamesBothSizes) {
  const std::string bytes = Written();
  for (size_t size = 0; size < bytes.size(); ++size) {
    Rewrite(bytes.substr(0, size));
    const std::string error = ErrorOf(Path());
    ASSERT_THAT(error, AllOf(HasSubstr(Path()), HasSubstr("is truncated: expected"),
                             HasSubstr("found " + std::to_string(size))))
        << size;
  }
}

TEST_F(CheckpointFile, EveryFlippedBitIsNoticed) {
  const std::string bytes = Written();
  int noticed = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      Rewrite(damaged);
      const std::string error = ErrorOf(Path());
      ASSERT_NE(error, "no error") << "bit " << bit << " of byte " << i;
      ASSERT_THAT(error, HasSubstr(Path()));
      ++noticed;
    }
  }
  EXPECT_EQ(noticed, static_cast<int>(8 * bytes.size()));
}

TEST_F(CheckpointFile, RandomDamageNeverLoadsSomethingElse) {
  const std::string bytes = Written();
  const Checkpoint sample = Sample();
  Rng rng(1);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = bytes;
    const int64_t changes = rng.Integer(1, 20);
    for (int64_t i = 0; i < changes; ++i) {
      const auto at = static_cast<size_t>(rng.Integer(static_cast<int64_t>(damaged.size())));
      switch (rng.Integer(4)) {
        case 0:
          damaged[at] = static_cast<char>(rng.Integer(256));
          break;
        case 1:
          damaged.erase(at, static_cast<size_t>(rng.Integer(1, 9)));
          break;
        case 2:
          damaged.insert(at, static_cast<size_t>(rng.Integer(1, 9)), '[');
          break;
        default:
          damaged.insert(at, damaged.substr(at / 2, 16));
      }
      if (damaged.empty()) break;
    }
    Rewrite(damaged);
    try {
      ASSERT_TRUE(Same(ReadCheckpoint(Path()), sample)) << "round " << round;
    } catch (const UserError& error) {
      ASSERT_THAT(error.what(), HasSubstr(Path()));
    }
  }
}

TEST_F(CheckpointFile, MalformedHeadersSayWhatIsWrong) {
  const std::string bytes = Written();
  const auto error_after = [&](const std::function<void(json*)>& change) {
    WriteWithHeader(bytes, change);
    return ErrorOf(Path());
  };
  EXPECT_EQ(error_after([](json*) {}).find("no error"), std::string::npos)
      << "another order is another checkpoint";
  EXPECT_THAT(error_after([](json* h) { h->erase("__metadata__"); }),
              HasSubstr("was not written by rookery"));
  EXPECT_THAT(error_after([](json* h) { (*h)["__metadata__"]["rookery.format"] = "2"; }),
              HasSubstr("has format 2; this program reads format 1"));
  EXPECT_THAT(error_after([](json* h) { (*h)["__metadata__"]["config"] = 3; }),
              HasSubstr("'config' is no text"));
  EXPECT_THAT(error_after([](json* h) { (*h)["small"]["dtype"] = "F16"; }),
              HasSubstr("tensor 'small' has dtype \"F16\"; expected BOOL, U8, I32"));
  EXPECT_THAT(error_after([](json* h) { (*h)["small"].erase("shape"); }),
              HasSubstr("tensor 'small' has no shape"));
  EXPECT_THAT(error_after([](json* h) { (*h)["small"]["shape"] = {4}; }),
              HasSubstr("tensor 'small' has data_offsets"));
  EXPECT_THAT(error_after([](json* h) {
                (*h)["small"]["shape"] = {-3, -1};
              }),
              HasSubstr("has shape [-3,-1]"));
  EXPECT_THAT(error_after([](json* h) {
                (*h)["small"]["shape"] = {1ULL << 40, 1ULL << 40};
              }),
              HasSubstr("has shape"));
  EXPECT_THAT(error_after([](json* h) {
                (*h)["small"]["data_offsets"] = {12, 0};
              }),
              HasSubstr("has data_offsets [12,0]"));
  EXPECT_THAT(error_after([](json* h) {
                (*h)["small"]["data_offsets"] = {UINT64_MAX - 11, UINT64_MAX};
                (*h)["small"]["shape"] = {11};
                (*h)["small"]["dtype"] = "U8";
              }),
              HasSubstr("is truncated"));
  EXPECT_THAT(error_after([](json* h) { (*h)["small"] = 1; }), HasSubstr("has no dtype"));
  EXPECT_THAT(error_after([](json* h) { h->erase("small"); }), HasSubstr("bytes of tensors"));
  folder_.Write("file.safetensors", bytes + "x");
  EXPECT_THAT(ErrorOf(Path()), HasSubstr("bytes of tensors; expected"));
  folder_.Write("file.safetensors", "PK\3\4 this is some other kind of file");
  EXPECT_THAT(ErrorOf(Path()), HasSubstr("is not a safetensors file"));
  EXPECT_THAT(ErrorOf(folder_.path() + "/absent"), HasSubstr("No such file"));
}

TEST_F(CheckpointFile, TextsMustBeUtf8) {
  Checkpoint checkpoint = Sample();
  checkpoint.meta["bytes"] = "\xff\xfe";
  EXPECT_THROW(WriteCheckpoint(Path(), checkpoint), UserError);
  EXPECT_THAT(ErrorOf(Path()), HasSubstr("No such file")) << "nothing was written";
}

}  // namespace
}  // namespace rookery
