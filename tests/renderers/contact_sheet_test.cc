// Captions and the sheet of many scenes.
#include "renderers/report/contact_sheet.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "renderers/report/lettering.h"

namespace rookery::report {
namespace {

Array Blank(int64_t height, int64_t width) { return Array(DType::kUInt8, {height, width, 3}); }

int64_t Inked(const Array& image, int64_t left, int64_t right) {
  int64_t count = 0;
  for (int64_t row = 0; row < image.shape()[0]; ++row) {
    for (int64_t column = left; column < right; ++column) {
      count += image.AsDouble((row * image.shape()[1] + column) * 3) > 60 ? 1 : 0;
    }
  }
  return count;
}

TEST(Lettering, EveryLetterLooksDifferent) {
  std::set<std::string> seen;
  std::string letters = "-/.,";
  for (char c = 'A'; c <= 'Z'; ++c) letters += c;
  for (char c = 'a'; c <= 'z'; ++c) letters += c;
  for (char c = '1'; c <= '9'; ++c) letters += c;  // 0 is an O
  for (const char c : letters) {
    Array image = Blank(40, 40);
    Canvas canvas(&image);
    DrawText(std::string(1, c), {8, 24}, 18, {255, 255, 255}, &canvas);
    EXPECT_GT(Inked(image, 0, 40), 0) << c;
    EXPECT_TRUE(seen.emplace(static_cast<const char*>(image.data()), image.nbytes()).second) << c;
  }
}

TEST(Lettering, StaysWithinItsWidth) {
  const std::string text = "Block Insertion-v0";
  const double width = TextWidth(text, 12);
  EXPECT_NEAR(TextWidth(text, 24), 2 * width, 1e-9);
  EXPECT_GT(TextWidth(text + "x", 12), width);
  Array image = Blank(40, 300);
  Canvas canvas(&image);
  DrawText(text, {10, 25}, 12, {255, 255, 255}, &canvas);
  EXPECT_EQ(Inked(image, 0, 8), 0);
  EXPECT_EQ(Inked(image, 13 + static_cast<int64_t>(width), 300), 0);
  EXPECT_GT(Inked(image, static_cast<int64_t>(width), 10 + static_cast<int64_t>(width)), 0);
}

TEST(ContactSheet, ShowsEveryPictureAboveItsCaption) {
  std::vector<SheetEntry> entries;
  for (int i = 0; i < 5; ++i) {
    Array picture = Blank(30, 40);
    for (uint8_t& value : picture.As<uint8_t>()) value = static_cast<uint8_t>(100 + i);
    entries.push_back({i == 4 ? "a caption that is much too long" : "name", picture});
  }
  const Array sheet = ContactSheet(entries, 3);
  EXPECT_EQ(sheet.shape()[1], 8 + 3 * (40 + 8));
  EXPECT_EQ(sheet.shape()[0], 8 + 2 * (30 + 30));
  const auto at = [&](int64_t row, int64_t column) {
    return sheet.AsDouble((row * sheet.shape()[1] + column) * 3);
  };
  EXPECT_EQ(at(8, 8), 100);
  EXPECT_EQ(at(37, 143), 102);
  EXPECT_EQ(at(68, 56), 104);
  EXPECT_LT(Inked(sheet, 104, 152), Inked(sheet, 8, 56)) << "the last place is free";
  // The long caption keeps to its column.
  EXPECT_EQ(Inked(sheet, 98, 103), 0);
}

}  // namespace
}  // namespace rookery::report
