#include "core/rng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/error.h"

namespace rookery {
namespace {

using ::testing::ElementsAre;

// What numpy.random.default_rng(seed) of NumPy 2.4.6 draws. Each list starts from the seed anew.
struct NumpyCase {
  uint64_t seed;
  std::vector<uint64_t> raw;      // bit_generator.random_raw()
  std::vector<double> random;     // random()
  std::vector<int64_t> ten;       // integers(10)
  std::vector<int64_t> wide;      // integers(-5, 2**31 + 3)
  std::vector<int64_t> reject32;  // integers(3000000000): 30 % of the draws are rejected
  std::vector<int64_t> full32;    // integers(2**32)
  std::vector<int64_t> reject64;  // integers(3 * 2**61): a quarter is rejected
  std::vector<int64_t> full64;    // integers(-2**63, 2**63 - 1)
  // integers(7), random(), integers(7), integers(7), random(), integers(10**12), integers(100):
  // 32-bit draws leave half a word behind, which others must not disturb.
  std::vector<double> mixed;
  std::vector<double> uniform;  // uniform(-0.05, 0.05)
};

const NumpyCase kNumpy[] = {
    {0,
     {0xa30febcfd9c2825fu, 0x4510bdf882d9d721u, 0x0a7d3da94ecde8b8u, 0x043b27b61342f01du},
     {0.6369616873214543, 0.2697867137638703, 0.04097352393619469, 0.016527635528529094},
     {8, 6, 5, 2, 3, 0, 0, 0, 1, 8, 6, 9},
     {1367864807, 1097657231, 87989967, 376383641, 1746484541},
     {2551872677, 1910885061, 1533409439, 809360140, 923488268, 122920571, 225720425, 49582906},
     {3653403231, 2735729615, 2195314465, 1158725112, 1322117304},
     {4406200961541402851, 1866257423733469356, 114330398526872074, 6314013200959933085,
      4196420588075033327, 5046313636171151833, 3760541658613198823, 6468390634498590712},
     {2526497193922298462, -4246685573565524192, -8467543927005779785, -8918490974116450276},
     {5, 0.2697867137638703, 4, 2, 0.016527635528529094, 813270239200, 4},
     {0.013696168732145436, -0.02302132862361297, -0.045902647606380534, -0.04834723644714709}},
    {1,
     {0x8306bdf37922e4ffu, 0xf35196bbc152a866u, 0x24e7a4f608ec18cdu, 0xf2dab0aed2ac6fd2u},
     {0.5118216247002567, 0.9504636963259353, 0.14415961271963373, 0.9486494471372439},
     {4, 5, 7, 9, 0, 1, 8, 9, 2, 3, 8, 4},
     {1099128568, 74845281, 1767258090, 2037209177, 1866217509},
     {1535464873, 2851391088, 104557657, 2845948340, 935494355, 2607075741, 1269979346, 770976088},
     {2032329983, 2198257139, 3243419750, 4082210491, 149690573},
     {3540540945838446047, 6574860209053695782, 997228305601562956, 6562310087627549166,
      2157103121014000383, 5725656719006722285, 2830646903919334923, 3801830287886695887},
     {218070485381080318, 8309588520621746277, -6564096555250607924, 8276121530152021969},
     {3, 0.9504636963259353, 3, 0, 0.9486494471372439, 311831452010, 14},
     {0.0011821624700256717, 0.045046369632593536, -0.03558403872803663, 0.04486494471372439}},
    {12345,
     {0x3a32b18db2ffc19du, 0x51171315c9e4c4deu, 0xcc2024823444efd9u, 0xad1f06aea486e910u},
     {0.22733602246716966, 0.31675833970975287, 0.7973654573327341, 0.6762546707509746},
     {6, 2, 7, 3, 2, 7, 6, 6, 9, 3, 8, 3},
     {1444732603, 1964759881, 2037706759, 1432881519, 280516897},
     {2097645094, 682008066, 2365940964, 950275018, 2392096371, 2028764011, 2518275128, 1794926260},
     {3003105693, 976400781, 3387213022, 1360466709, 876933081},
     {1572603534445111450, 2191185009689610707, 5515798696737495537, 2705511669276364324,
      4138818170431141402, 1291739149366604771, 4653809462992124752, 6514948658820333695},
     {-5029762611667811940, -3380212011015813923, 5485424487778545624, 3251324803139168527},
     {4, 0.31675833970975287, 1, 1, 0.6762546707509746, 391109550601, 79},
     {-0.027266397753283034, -0.018324166029024716, 0.029736545733273417, 0.017625467075097462}},
    {1ULL << 63,
     {0xcfb443e389167cfdu, 0x98b11eb7647f71b8u, 0xde463a1436212dfdu, 0x6cd50b6497ce000bu},
     {0.8113443785196867, 0.5964526365028158, 0.8682590770096154, 0.42512580114253495},
     {5, 8, 3, 5, 2, 8, 5, 4, 1, 2, 5, 2},
     {1149976189, 1742348786, 1864572171, 535792628, 490207833},
     {1606498179, 634331343, 2604777230, 1778961189, 333738710, 1602154264, 775196542, 2627764102},
     {2299952381, 3484697571, 1686073784, 2561744567, 908144125},
     {5612498289823346398, 6006207368726868286, 1725908874087496909, 1579069971978574085,
      3170015351609788002, 3197169548324333352, 1468489105841026335, 6001004626930168368},
     {5743290069340814588, 1779237100801978807, 6793180946416872956, -1381185184047693814},
     {3, 0.5964526365028158, 5, 1, 0.42512580114253495, 249497886773, 86},
     {0.031134437851968663, 0.00964526365028158, 0.036825907700961544, -0.007487419885746506}},
};

std::string SeedName(const ::testing::TestParamInfo<NumpyCase>& info) {
  return "Seed" + std::to_string(info.param.seed);
}

class NumpyTest : public ::testing::TestWithParam<NumpyCase> {
 protected:
  // `draw` from the seed anew, once for each expected value.
  template <typename T, typename Draw>
  void Expect(const std::vector<T>& expected, Draw draw) {
    Rng rng(GetParam().seed);
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(draw(&rng), expected[i]) << "draw " << i;
  }
};
INSTANTIATE_TEST_SUITE_P(Seeds, NumpyTest, ::testing::ValuesIn(kNumpy), SeedName);

TEST_P(NumpyTest, RawWords) {
  Expect(GetParam().raw, [](Rng* rng) { return rng->NextUInt64(); });
}
TEST_P(NumpyTest, Random) {
  Expect(GetParam().random, [](Rng* rng) { return rng->Uniform(); });
}
TEST_P(NumpyTest, Uniform) {
  Expect(GetParam().uniform, [](Rng* rng) { return rng->Uniform(-0.05, 0.05); });
}
TEST_P(NumpyTest, SmallRange) {
  Expect(GetParam().ten, [](Rng* rng) { return rng->Integer(10); });
}
TEST_P(NumpyTest, WideRangeOf32Bits) {
  Expect(GetParam().wide, [](Rng* rng) { return rng->Integer(-5, (1LL << 31) + 3); });
}
TEST_P(NumpyTest, RejectionOf32Bits) {
  Expect(GetParam().reject32, [](Rng* rng) { return rng->Integer(3000000000); });
}
TEST_P(NumpyTest, All32Bits) {
  Expect(GetParam().full32, [](Rng* rng) { return rng->Integer(1LL << 32); });
}
TEST_P(NumpyTest, RejectionOf64Bits) {
  Expect(GetParam().reject64, [](Rng* rng) { return rng->Integer(3LL << 61); });
}
TEST_P(NumpyTest, All64Bits) {
  Expect(GetParam().full64, [](Rng* rng) { return rng->Integer(INT64_MIN, INT64_MAX); });
}
TEST_P(NumpyTest, MixedDrawsShareTheBufferedHalf) {
  Rng rng(GetParam().seed);
  std::vector<double> drawn;
  drawn.push_back(static_cast<double>(rng.Integer(7)));
  drawn.push_back(rng.Uniform());
  drawn.push_back(static_cast<double>(rng.Integer(7)));
  drawn.push_back(static_cast<double>(rng.Integer(7)));
  drawn.push_back(rng.Uniform());
  drawn.push_back(static_cast<double>(rng.Integer(1000000000000)));
  drawn.push_back(static_cast<double>(rng.Integer(100)));
  EXPECT_EQ(drawn, GetParam().mixed);
}

TEST(SeedSequence, AsNumpy) {
  const uint32_t six[] = {1, 2, 3, 4, 5, 6};  // more words than the pool holds
  EXPECT_THAT(SeedSequence(six).GenerateState(5),
              ElementsAre(0x1d1bca21u, 0xebcd001du, 0xb202608bu, 0xcfea83a4u, 0xe4fcf5b6u));
  const uint32_t zero[] = {0};
  EXPECT_THAT(SeedSequence(zero).GenerateState(4),
              ElementsAre(0xb0f478beu, 0xdb2cd7e7u, 0x2c71ba49u, 0xabf4641au));
  const uint32_t seven[] = {7};
  EXPECT_THAT(SeedSequence(seven).GenerateState(4),
              ElementsAre(0x7c326e58u, 0xead0f701u, 0xf97e037au, 0x0879c4f0u));
}

TEST(Rng, IntegerStaysInRangeAndCoversIt) {
  Rng rng(3);
  std::set<int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(rng.Integer(-3, 4));
  EXPECT_THAT(seen, ElementsAre(-3, -2, -1, 0, 1, 2, 3));
  EXPECT_EQ(rng.Integer(5, 6), 5);
  EXPECT_THROW(rng.Integer(5, 5), Bug);
  EXPECT_THROW(rng.Integer(0), Bug);
}

TEST(Rng, OneChoiceDrawsNothing) {
  Rng a(9), b(9);
  a.Integer(1);
  EXPECT_EQ(a, b);
}

TEST(Rng, NormalHasItsMoments) {
  Rng rng(11);
  constexpr int kDraws = 200000;
  double sum = 0, squares = 0, cubes = 0, fourths = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.Normal();
    sum += x;
    squares += x * x;
    cubes += x * x * x;
    fourths += x * x * x * x;
  }
  // Five standard errors: 1, sqrt 2, sqrt 15 and sqrt 96 over sqrt n.
  const double unit = 5 / std::sqrt(static_cast<double>(kDraws));
  EXPECT_NEAR(sum / kDraws, 0, unit);
  EXPECT_NEAR(squares / kDraws, 1, unit * std::sqrt(2.0));
  EXPECT_NEAR(cubes / kDraws, 0, unit * std::sqrt(15.0));
  EXPECT_NEAR(fourths / kDraws, 3, unit * std::sqrt(96.0));
}

TEST(Rng, SnapshotContinuesMidWayThroughBuffers) {
  Rng rng(42);
  rng.NextUInt32();  // half a word is left
  rng.Normal();      // a second normal is left
  const std::string bytes = rng.Bytes();
  Rng other(7);
  other.FromBytes(bytes);
  EXPECT_EQ(other, rng);
  EXPECT_EQ(other.Bytes(), bytes);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(other.NextUInt32(), rng.NextUInt32());
    EXPECT_EQ(other.Normal(), rng.Normal());
    EXPECT_EQ(other.Uniform(), rng.Uniform());
  }
}

TEST(Rng, DamagedSnapshotIsAUserError) {
  Rng rng(1);
  const std::string bytes = rng.Bytes();
  EXPECT_THROW(rng.FromBytes(bytes.substr(0, bytes.size() - 1)), UserError);
  EXPECT_THROW(rng.FromBytes(bytes + "x"), UserError);
  EXPECT_THROW(rng.FromBytes(""), UserError);
}

TEST(Rng, ShuffleIsAPermutationOfEqualChances) {
  Rng rng(5);
  std::vector<int> counts(9, 0);
  for (int round = 0; round < 9000; ++round) {
    std::vector<int> values = {0, 1, 2};
    rng.Shuffle(&values);
    std::vector<int> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    ASSERT_THAT(sorted, ElementsAre(0, 1, 2));
    for (size_t place = 0; place < 3; ++place) {
      ++counts[3 * place + static_cast<size_t>(values[place])];
    }
  }
  for (int count : counts) EXPECT_NEAR(count, 3000, 5 * std::sqrt(9000 * (1 / 3.0) * (2 / 3.0)));
}

TEST(Stream, EveryPartOfItsAddressMatters) {
  const Rng base = Rng::Stream(1, "noise", 2, 3);
  EXPECT_EQ(base, Rng::Stream(1, "noise", 2, 3));
  EXPECT_NE(base, Rng::Stream(2, "noise", 2, 3));
  EXPECT_NE(base, Rng::Stream(1, "Noise", 2, 3));
  EXPECT_NE(base, Rng::Stream(1, "noise", 3, 3));
  EXPECT_NE(base, Rng::Stream(1, "noise", 2, 4));
  EXPECT_NE(base, Rng::Stream(1, "noise", 3, 2));           // not a sum
  EXPECT_NE(base, Rng::Stream(1, "noise", 2ULL << 32, 3));  // high words count
  EXPECT_NE(Rng::Stream(5, "", 0, 0), Rng(5));
}

TEST(Stream, NeighboursShareNothing) {
  // First draws of 30 x 30 x 2 neighbouring streams: all different.
  std::set<uint64_t> first;
  for (uint64_t run = 0; run < 30; ++run) {
    for (uint64_t index = 0; index < 30; ++index) {
      first.insert(Rng::Stream(run, "a", index).NextUInt64());
      first.insert(Rng::Stream(run, "b", index).NextUInt64());
    }
  }
  EXPECT_EQ(first.size(), 1800u);
  // And their long sequences are uncorrelated: five standard errors.
  constexpr int kDraws = 20000;
  for (uint64_t episode = 1; episode < 6; ++episode) {
    Rng a = Rng::Stream(0, "a", 0, 0), b = Rng::Stream(0, "a", 0, episode);
    double sum = 0;
    for (int i = 0; i < kDraws; ++i) sum += (a.Uniform() - 0.5) * (b.Uniform() - 0.5) * 12;
    EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(static_cast<double>(kDraws)));
  }
}

}  // namespace
}  // namespace rookery
