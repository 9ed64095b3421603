#include "renderers/area_resize.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/hash.h"
#include "core/rng.h"

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

// The widths of other screen sizes, with and without the fast path.
TEST(AreaResize, RowsAreSumsOfTheirShares) {
  Rng rng(8);
  for (const int width : {54, 61, 64, 79, 84, 100, 159}) {
    std::vector<uint8_t> in(3 * 160);
    for (uint8_t& value : in) value = static_cast<uint8_t>(rng.Integer(256));
    AreaResize resize(3, 160, 1, 2, width);  // rows of 1.5: the last row has one whole share
    std::vector<uint8_t> out(2 * static_cast<size_t>(width));
    resize(in.data(), out.data());
    const AreaResize::Taps columns = AreaResize::MakeTaps(160, width);
    for (int x = 0; x < width; ++x) {
      const auto row = [&](int y) {
        double sum = 0;
        for (int tap = 0; tap < columns.per_cell; ++tap) {
          const float share = columns.shares[static_cast<size_t>(tap * width + x)];
          const int source = std::min(columns.first[static_cast<size_t>(x)] + tap, 159);
          sum += static_cast<double>(share) * in[static_cast<size_t>(160 * y + source)];
        }
        return sum;
      };
      EXPECT_NEAR(out[static_cast<size_t>(x)], (row(0) + 0.5 * row(1)) / 1.5, 0.501);
      EXPECT_NEAR(out[static_cast<size_t>(width + x)], (0.5 * row(1) + row(2)) / 1.5, 0.501);
    }
  }
}

}  // namespace
}  // namespace rookery
