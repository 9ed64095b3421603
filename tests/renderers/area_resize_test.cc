#include "renderers/area_resize.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/hash.h"

namespace rookery {
namespace {

std::vector<uint8_t> Picture(int height, int width, int channels) {
  std::vector<uint8_t> out;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        out.push_back(static_cast<uint8_t>(3 * y + 7 * x + y * x / 5 + 91 * c));
      }
    }
  }
  return out;
}
std::vector<uint8_t> Shrunk(const std::vector<uint8_t>& in, int height, int width, int channels,
                            int out_height, int out_width) {
  AreaResize resize(height, width, channels, out_height, out_width);
  std::vector<uint8_t> out(static_cast<size_t>(out_height * out_width * channels));
  resize(in.data(), out.data());
  return out;
}

// Sums and hashes of what OpenCV made of the same pictures: general cells, cells of 2 x 2 and
// 3 x 5 pixels; one channel and three.
TEST(AreaResize, GivesOpenCvsPictures) {
  constexpr struct {
    int height, width, channels, out_height, out_width, sum;
    const char* hash;
  } kPictures[] = {
      {210, 160, 1, 84, 84, 900556, "321fe60f48a6dbbe"},
      {210, 160, 1, 64, 64, 522777, "98efa0cd0826fedb"},
      {96, 96, 3, 84, 84, 2700631, "b544128b3cfbddf4"},
      {42, 36, 3, 21, 18, 144532, "18f17a40eef41605"},
      {40, 36, 3, 20, 18, 137608, "a8f111f667aab5ef"},
      {30, 35, 3, 10, 7, 26628, "e8a3534498250456"},
      {50, 31, 4, 17, 31, 269682, "930fd030ff6ba81e"},
      {8, 12, 3, 4, 6, 8686, "27dedc5bf2fce52a"},
      {8, 12, 1, 8, 5, 2101, "b939594f60d6c73f"},
  };
  for (const auto& p : kPictures) {
    const std::vector<uint8_t> out = Shrunk(Picture(p.height, p.width, p.channels), p.height,
                                            p.width, p.channels, p.out_height, p.out_width);
    int sum = 0;
    for (const uint8_t value : out) sum += value;
    EXPECT_EQ(sum, p.sum);
    EXPECT_EQ(HashHex(HashBytes(out.data(), out.size(), 0)), p.hash);
  }
}

TEST(AreaResize, TheSameSizeIsTheSamePicture) {
  const std::vector<uint8_t> in = Picture(6, 5, 3);
  EXPECT_EQ(Shrunk(in, 6, 5, 3, 6, 5), in);
}

}  // namespace
}  // namespace rookery
