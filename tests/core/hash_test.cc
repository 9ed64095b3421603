#include "core/hash.h"

#include <gtest/gtest.h>

#include <set>

#include "core/error.h"

namespace rookery {
namespace {

// Values printed by the Python package xxhash 3 (xxh3_64_hexdigest).
TEST(Hash, IsXxh3) {
  EXPECT_EQ(HashText(""), 0x2d06800538d394c2ULL);
  EXPECT_EQ(HashText("a"), 0xe6c632b61e964e1fULL);
  EXPECT_EQ(HashText("abc"), 0x78af5f94892f3950ULL);
  EXPECT_EQ(HashText("abc", 7), 0x48ff56f569e39912ULL);
  std::string longer;
  for (int i = 0; i < 1024; ++i) longer.push_back(static_cast<char>(i));
  EXPECT_EQ(HashText(longer, uint64_t{1} << 63), 0x90857971591fd704ULL);
  EXPECT_EQ(HashBytes("abc", 3, 7), HashText("abc", 7));
}

ArrayMap Two(std::string_view a, std::string_view b) {
  ArrayMap map;
  map.Set(a, Array::Of<float>({1, 2}));
  map.Set(b, Array::Of<float>({3}));
  return map;
}

TEST(Hash, OfArraysDependsOnEverything) {
  const ArrayMap base = Two("a", "b");
  std::set<uint64_t> seen = {HashArrays(base)};
  EXPECT_EQ(HashArrays(base.Clone()), HashArrays(base));
  EXPECT_TRUE(seen.insert(HashArrays(base, 1)).second) << "seed";
  EXPECT_TRUE(seen.insert(HashArrays(Two("a", "c"))).second) << "name";
  EXPECT_TRUE(seen.insert(HashArrays(Two("b", "a"))).second) << "order";
  EXPECT_TRUE(seen.insert(HashArrays({})).second) << "count";
  ArrayMap changed = base.Clone();
  changed.at("a").As<float>()[1] = -2;
  EXPECT_TRUE(seen.insert(HashArrays(changed)).second) << "value";
  changed = base.Clone();
  changed.Set("a", base.at("a").Reshaped({2, 1}));
  EXPECT_TRUE(seen.insert(HashArrays(changed)).second) << "shape";
  changed.Set("a", Array::FromBytes(DType::kInt32, {2}, base.at("a").data()));
  EXPECT_TRUE(seen.insert(HashArrays(changed)).second) << "dtype";
  changed = base.Clone();
  changed.Erase("a");
  changed.Set("a", Array::Of<float>({1, 2, 3}));
  EXPECT_TRUE(seen.insert(HashArrays(changed)).second) << "what belongs to which";
}

TEST(Hash, HexIsSixteenDigitsBothWays) {
  for (uint64_t hash : {uint64_t{0}, uint64_t{0xabc}, UINT64_MAX, uint64_t{1} << 63}) {
    EXPECT_EQ(HashHex(hash).size(), 16U);
    EXPECT_EQ(HashFromHex(HashHex(hash)), hash);
  }
  EXPECT_EQ(HashHex(0xabc), "0000000000000abc");
  EXPECT_EQ(HashFromHex("0000000000000ABC"), 0xabcU);
  for (const char* wrong : {"", "abc", "0000000000000abc0", "000000000000abg0", "-000000000000abc",
                            "0x00000000000abc", " 00000000000abc0"}) {
    EXPECT_THROW(HashFromHex(wrong), UserError) << wrong;
  }
}

}  // namespace
}  // namespace rookery
