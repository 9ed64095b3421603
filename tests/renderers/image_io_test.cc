#include "renderers/image_io.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "core/atomic_file.h"
#include "core/error.h"
#include "tests/peers_python.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

// Gradients with some noise: every filter gets used.
Array Picture(const Shape& shape, uint32_t seed = 1) {
  Array image(DType::kUInt8, shape);
  uint32_t state = seed;
  size_t i = 0;
  for (uint8_t& value : image.As<uint8_t>()) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<uint8_t>(i / 7 + i / static_cast<size_t>(shape[1]) * 3 +
                                 (state >> 24 < 20 ? state >> 16 : 0));
    ++i;
  }
  return image;
}

size_t FilesIn(const std::string& folder) {
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files += entry.exists() ? 1 : 0;
  }
  return files;
}

std::string ErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Png, RoundTripOfEveryKindAndSize) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/image.png";
  for (const Shape& shape : {Shape{1, 1}, Shape{7, 13}, Shape{1, 300, 3}, Shape{480, 640, 3},
                             Shape{31, 17, 4}, Shape{64, 1, 3}, Shape{5, 5, 1}}) {
    const Array image = Picture(shape);
    WritePng(path, image);
    const Array back = ReadPng(path);
    Shape expected = shape;
    if (shape.size() == 3 && shape[2] == 1) expected.pop_back();
    EXPECT_TRUE(back.BitEqual(image.Reshaped(expected))) << ShapeText(shape);
    EXPECT_EQ(EncodePng(image), ReadFile(path));
  }
  EXPECT_EQ(FilesIn(folder.path()), 1u);
}

TEST(Png, CompressesFlatImages) {
  EXPECT_LT(EncodePng(Array(DType::kUInt8, {480, 640, 3})).size(), 5000u);
}

TEST(Png, BadInputIsNamed) {
  const testing::TempFolder folder;
  EXPECT_THROW(EncodePng(Array(DType::kFloat32, {4, 4})), UserError);
  EXPECT_THROW(EncodePng(Array(DType::kUInt8, {4, 4, 2})), UserError);
  EXPECT_THROW(EncodePng(Array(DType::kUInt8, {0, 4, 3})), UserError);
  EXPECT_THROW(EncodePng(Array(DType::kUInt8, {4})), UserError);

  const std::string good = EncodePng(Picture({20, 20, 3}));
  const auto reading = [&](const std::string& bytes) {
    const std::string path = folder.Write("bad.png", bytes);
    return ErrorOf([&] { ReadPng(path); });
  };
  EXPECT_NE(reading("hello").find("not a PNG"), std::string::npos);
  EXPECT_NE(reading("hello").find("bad.png"), std::string::npos);
  for (size_t cut : {9u, 30u, 60u}) {
    EXPECT_NE(reading(good.substr(0, cut)).find("cut short"), std::string::npos) << cut;
  }
  std::string flipped = good;
  flipped[60] = static_cast<char>(flipped[60] ^ 1);
  EXPECT_NE(reading(flipped).find("checksum"), std::string::npos);
  EXPECT_NE(ErrorOf([&] { ReadPng(folder.path() + "/none.png"); }).find("none.png"),
            std::string::npos);
  EXPECT_NE(ErrorOf([&] {
              WritePng(folder.path() + "/no/such/a.png", Picture({2, 2}));
            }).find("/no/such/a.png"),
            std::string::npos);
}

// Number of frames and pixel size as ffprobe sees them.
std::string Probe(const std::string& path) {
  return testing::OutputOf(
      "ffprobe -v error -count_frames -select_streams v:0 -show_entries "
      "stream=codec_name,pix_fmt,width,height,nb_read_frames -of csv=p=0 '" +
      path + "'");
}

bool HasFfmpeg() { return std::system("ffmpeg -version >/dev/null 2>&1") == 0; }

TEST(Video, Mp4OfOddSize) {
  if (!HasFfmpeg()) GTEST_SKIP() << "no ffmpeg program";
  const testing::TempFolder folder;
  VideoWriter video(folder.path() + "/film", 12.5);
  for (uint32_t i = 0; i < 10; ++i) video.Add(Picture({47, 61, 3}, i));
  EXPECT_EQ(video.path(), folder.path() + "/film.mp4");
  EXPECT_EQ(FilesIn(folder.path()), 0u) << "nothing before Close";
  video.Close();
  video.Close();
  EXPECT_EQ(FilesIn(folder.path()), 1u);
  EXPECT_EQ(Probe(video.path()), "h264,62,48,yuv420p,10\n");
}

TEST(Video, Mp4IsTheSameTwice) {
  if (!HasFfmpeg()) GTEST_SKIP() << "no ffmpeg program";
  const testing::TempFolder folder;
  for (const char* name : {"/a", "/b"}) {
    VideoWriter video(folder.path() + name, 30);
    for (uint32_t i = 0; i < 5; ++i) video.Add(Picture({48, 64, 3}, i));
    video.Close();
  }
  EXPECT_EQ(ReadFile(folder.path() + "/a.mp4"), ReadFile(folder.path() + "/b.mp4"));
}

TEST(Video, AnimatedPng) {
  const testing::TempFolder folder;
  VideoWriter video(folder.path() + "/film", 10, false);
  const Array first = Picture({33, 20, 3});
  video.Add(first);
  for (uint32_t i = 0; i < 4; ++i) video.Add(Picture({33, 20, 3}, i + 2));
  EXPECT_EQ(FilesIn(folder.path()), 0u);
  video.Close();
  EXPECT_EQ(video.path(), folder.path() + "/film.png");
  EXPECT_EQ(FilesIn(folder.path()), 1u);
  // A plain reader sees the first frame.
  EXPECT_TRUE(ReadPng(video.path()).BitEqual(first));
  if (HasFfmpeg()) {
    EXPECT_EQ(Probe(video.path()), "apng,20,33,rgb24,5\n");
  }
}

TEST(Video, NothingIsLeftBehindWithoutClose) {
  const testing::TempFolder folder;
  for (bool ffmpeg : {false, true}) {
    try {
      VideoWriter video(folder.path() + "/film", 30, ffmpeg);
      for (uint32_t i = 0; i < 30; ++i) video.Add(Picture({240, 320, 3}, i));
      throw Failure("stop");
    } catch (const Failure& stop) {
      EXPECT_STREQ(stop.what(), "stop");
    }
    EXPECT_EQ(FilesIn(folder.path()), 0u);
  }
}

TEST(Video, BadInputIsNamed) {
  const testing::TempFolder folder;
  EXPECT_THROW(VideoWriter(folder.path() + "/a", 0), UserError);
  for (bool ffmpeg : {false, true}) {
    VideoWriter video(folder.path() + "/film", 30, ffmpeg);
    EXPECT_NE(ErrorOf([&] { video.Close(); }).find("no frames"), std::string::npos);
    EXPECT_THROW(video.Add(Picture({4, 4})), UserError);
    video.Add(Picture({4, 4, 3}));
    EXPECT_NE(ErrorOf([&] { video.Add(Picture({4, 5, 3})); }).find("(4, 5, 3)"), std::string::npos);
    video.Close();
    EXPECT_THROW(video.Add(Picture({4, 4, 3})), Bug);

    VideoWriter nowhere(folder.path() + "/no/such/film", 30, ffmpeg);
    nowhere.Add(Picture({4, 4, 3}));
    EXPECT_NE(ErrorOf([&] { nowhere.Close(); }).find("/no/such/film"), std::string::npos);
  }
}

// A program called ffmpeg that fails: its last words are in the message.
TEST(Video, FfmpegsComplaintIsPassedOn) {
  const testing::TempFolder folder, programs;
  const std::string script =
      programs.Write("ffmpeg", "#!/bin/sh\necho one >&2\necho 'encoder is missing' >&2\nexit 3\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const std::string path = std::getenv("PATH");
  setenv("PATH", (programs.path() + ":" + path).c_str(), 1);
  std::string message;
  {
    VideoWriter video(folder.path() + "/film", 30);
    message = ErrorOf([&] {
      for (uint32_t i = 0; i < 200; ++i) video.Add(Picture({240, 320, 3}, i));
      video.Close();
    });
  }
  setenv("PATH", path.c_str(), 1);
  EXPECT_NE(message.find("film.mp4: ffmpeg: encoder is missing"), std::string::npos) << message;
  EXPECT_EQ(FilesIn(folder.path()), 0u);
}

}  // namespace
}  // namespace rookery
