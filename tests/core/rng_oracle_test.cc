// Draw for draw against NumPy itself, for many seeds and ranges.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include "core/rng.h"
#include "tests/peers_python.h"

namespace rookery {
namespace {

// Prints, for each seed, 64 draws as 16 hexadecimal digits of their bits.
constexpr char kScript[] = R"(
import numpy as np, sys
ranges = [2, 3, 10, 255, 65537, 2**31 - 1, 2**31 + 1, 3000000000, 2**32 - 1, 2**32, 2**32 + 1,
          10**12, 3 * 2**61, 2**63 - 1]
for seed in [int(x) for x in sys.argv[1:]]:
    g = np.random.default_rng(seed)
    for i in range(64):
        kind = i % 4
        if kind == 0: v = np.float64(g.random()).view(np.uint64)
        elif kind == 1: v = np.float64(g.uniform(-2.5, 7.25)).view(np.uint64)
        elif kind == 2: v = g.integers(ranges[(i // 4) % len(ranges)])
        else: v = g.integers(-17, ranges[(7 * i) % len(ranges)] - 17)
        print('%016x' % (int(v) % 2**64))
)";

TEST(RngOracle, DrawsWhatNumpyDraws) {
  const std::string python = testing::PeersPython("numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  std::vector<uint64_t> seeds = {0, 1, 2, 12345, UINT32_MAX, 1ULL << 32, 1ULL << 63, UINT64_MAX};
  Rng choose(2024);
  while (seeds.size() < 200) seeds.push_back(choose.NextUInt64() >> choose.Integer(64));
  std::string arguments;
  for (uint64_t seed : seeds) arguments += " " + std::to_string(seed);
  std::istringstream numpy(testing::RunPython(python, kScript, arguments));

  const int64_t ranges[] = {
      2,          3,          10,         255,        65537,         2147483647, 2147483649,
      3000000000, 4294967295, 4294967296, 4294967297, 1000000000000, 3LL << 61,  INT64_MAX};
  const auto bits = [](double x) { return std::bit_cast<uint64_t>(x); };
  for (uint64_t seed : seeds) {
    Rng rng(seed);
    for (size_t i = 0; i < 64; ++i) {
      uint64_t ours;
      switch (i % 4) {
        case 0:
          ours = bits(rng.Uniform());
          break;
        case 1:
          ours = bits(rng.Uniform(-2.5, 7.25));
          break;
        case 2:
          ours = static_cast<uint64_t>(rng.Integer(ranges[(i / 4) % 14]));
          break;
        default:
          ours = static_cast<uint64_t>(rng.Integer(-17, ranges[(7 * i) % 14] - 17));
      }
      std::string theirs;
      ASSERT_TRUE(numpy >> theirs) << "NumPy printed too little";
      ASSERT_EQ(ours, std::strtoull(theirs.c_str(), nullptr, 16))
          << "seed " << seed << " draw " << i;
    }
  }
}

// Normal draws of some seeds: a checksum of each thousand, and all that are in the tail.
constexpr char kNormalScript[] = R"(
import numpy as np, sys
count = int(sys.argv[1])
for seed in [int(x) for x in sys.argv[2:]]:
    g = np.random.default_rng(seed)
    g.random()
    draws = g.standard_normal(count)
    for some in draws.view(np.uint64).reshape(-1, 1000):
        print('%016x' % np.bitwise_xor.reduce(some * (2 * np.arange(1000, dtype=np.uint64) + 1)))
    tail = draws[abs(draws) > 3.6541528853610088]
    print(len(tail))
    for x in tail: print('%016x' % x.view(np.uint64))
    print('%016x' % np.float64(g.random()).view(np.uint64))
)";

TEST(RngOracle, DrawsNumpysStandardNormal) {
  const std::string python = testing::PeersPython("numpy");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  constexpr int kDraws = 400000;
  std::vector<uint64_t> seeds = {0, 1, 123, UINT64_MAX};
  Rng choose(7);
  while (seeds.size() < 12) seeds.push_back(choose.NextUInt64() >> choose.Integer(64));
  std::string arguments = std::to_string(kDraws);
  for (uint64_t seed : seeds) arguments += " " + std::to_string(seed);
  std::istringstream numpy(testing::RunPython(python, kNormalScript, arguments));
  const auto next = [&] {
    std::string theirs;
    EXPECT_TRUE(numpy >> theirs) << "NumPy printed too little";
    return std::strtoull(theirs.c_str(), nullptr, 16);
  };
  for (uint64_t seed : seeds) {
    Rng rng(seed);
    rng.Uniform();
    std::vector<uint64_t> tail;
    for (int i = 0; i < kDraws / 1000; ++i) {
      uint64_t sum = 0;
      for (uint64_t k = 0; k < 1000; ++k) {
        const double x = rng.StandardNormal();
        sum ^= std::bit_cast<uint64_t>(x) * (2 * k + 1);
        if (std::abs(x) > 3.6541528853610088) tail.push_back(std::bit_cast<uint64_t>(x));
      }
      ASSERT_EQ(sum, next()) << "seed " << seed << ", draws from " << 1000 * i;
    }
    size_t count = 0;
    ASSERT_TRUE(numpy >> count);
    ASSERT_EQ(tail.size(), count);
    EXPECT_GT(count, 50u);
    for (uint64_t x : tail) ASSERT_EQ(x, next()) << "seed " << seed << ", tail";
    // And the generator is left in the same state.
    ASSERT_EQ(std::bit_cast<uint64_t>(rng.Uniform()), next());
  }
}

}  // namespace
}  // namespace rookery
