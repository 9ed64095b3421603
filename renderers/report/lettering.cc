#include "renderers/report/lettering.h"

#include <algorithm>
#include <map>
#include <string>

namespace rookery::report {
namespace {

constexpr double kCapital = 6;   // grid units from the baseline to the top of capitals
constexpr double kGap = 1.5;     // between letters
constexpr double kBlank = 3;     // width of a space
constexpr double kStroke = 0.9;  // width of the pen

// Strokes of a letter: points "xy" of a grid, x from 0 to 4, y from 0 (top) over 6 (baseline) to 8;
// blanks join points, a comma lifts the pen. A single point is a dot.
const std::map<char, std::string>& Glyphs() {
  static const std::map<char, std::string> glyphs = {
      {'A', "06 20 46,14 34"},
      {'B', "00 06 36 45 44 33 03,33 42 41 30 00"},
      {'C', "41 30 10 01 05 16 36 45"},
      {'D', "00 06 26 45 41 20 00"},
      {'E', "40 00 06 46,03 33"},
      {'F', "40 00 06,03 33"},
      {'G', "41 30 10 01 05 16 36 45 43 23"},
      {'H', "00 06,40 46,03 43"},
      {'I', "20 26"},
      {'J', "40 45 36 16 05"},
      {'K', "00 06,40 03 46"},
      {'L', "00 06 46"},
      {'M', "06 00 23 40 46"},
      {'N', "06 00 46 40"},
      {'O', "10 30 41 45 36 16 05 01 10"},
      {'P', "06 00 30 41 42 33 03"},
      {'Q', "10 30 41 45 36 16 05 01 10,34 46"},
      {'R', "06 00 30 41 42 33 03,23 46"},
      {'S', "41 30 10 01 02 13 33 44 45 36 16 05"},
      {'T', "00 40,20 26"},
      {'U', "00 05 16 36 45 40"},
      {'V', "00 26 40"},
      {'W', "00 16 22 36 40"},
      {'X', "00 46,40 06"},
      {'Y', "00 23 40,23 26"},
      {'Z', "00 40 06 46"},
      {'a', "12 32 43 46,45 36 16 05 14 44"},
      {'b', "00 06,03 12 32 43 45 36 16 05"},
      {'c', "43 32 12 03 05 16 36 45"},
      {'d', "40 46,43 32 12 03 05 16 36 45"},
      {'e', "04 44 43 32 12 03 05 16 36 45"},
      {'f', "30 20 11 16,02 32"},
      {'g', "42 47 38 18 07,43 32 12 03 05 16 36 45"},
      {'h', "00 06,03 12 32 43 46"},
      {'i', "22 26,20"},
      {'j', "22 27 18,20"},
      {'k', "00 06,32 04,14 36"},
      {'l', "20 25 36"},
      {'m', "02 06,03 12 23 26,23 32 43 46"},
      {'n', "02 06,03 12 32 43 46"},
      {'o', "12 32 43 45 36 16 05 03 12"},
      {'p', "02 08,03 12 32 43 45 36 16 05"},
      {'q', "42 48,43 32 12 03 05 16 36 45"},
      {'r', "02 06,03 12 32"},
      {'s', "43 32 12 03 14 34 45 36 16 05"},
      {'t', "10 15 26 36,02 32"},
      {'u', "02 05 16 36 45,42 46"},
      {'v', "02 26 42"},
      {'w', "02 16 23 36 42"},
      {'x', "02 46,42 06"},
      {'y', "02 26,42 18"},
      {'z', "02 42 06 46"},
      {'0', "10 30 41 45 36 16 05 01 10"},
      {'1', "11 20 26"},
      {'2', "01 10 30 41 42 06 46"},
      {'3', "01 10 30 41 42 33 44 45 36 16 05,23 33"},
      {'4', "36 30 04 44"},
      {'5', "40 00 03 33 44 45 36 16 05"},
      {'6', "30 20 02 05 16 36 45 44 33 03"},
      {'7', "00 40 16"},
      {'8', "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33"},
      {'9', "43 13 02 01 10 30 41 44 26 16"},
      {'-', "14 34"},
      {'/', "06 40"},
      {'.', "26"},
      {',', "26 17"},
  };
  return glyphs;
}

struct Extent {
  double left = 0, right = kBlank;
};

Extent ExtentOf(const std::string& strokes) {
  Extent out{4, 0};
  for (size_t i = 0; i + 1 < strokes.size(); i += 3) {
    out.left = std::min(out.left, static_cast<double>(strokes[i] - '0'));
    out.right = std::max(out.right, static_cast<double>(strokes[i] - '0'));
  }
  return out;
}

// Calls draw(strokes, x of the letter's left edge) for each letter; gives the width, in grid units.
template <typename Draw>
double LayOut(std::string_view text, const Draw& draw) {
  double x = 0;
  for (char c : text) {
    const auto found = Glyphs().find(c);
    if (found == Glyphs().end()) {
      x += kBlank + kGap;
      continue;
    }
    const Extent extent = ExtentOf(found->second);
    draw(found->second, x - extent.left);
    x += extent.right - extent.left + kGap;
  }
  return std::max(0.0, x - kGap);
}

}  // namespace

double TextWidth(std::string_view text, double height) {
  return LayOut(text, [](const std::string&, double) {}) * height / kCapital;
}

void DrawText(std::string_view text, Point at, double height, const Rgb& color, Canvas* canvas) {
  const double unit = height / kCapital;
  LayOut(text, [&](const std::string& strokes, double x) {
    const auto point = [&](size_t i) -> Point {
      return {at.x + (x + strokes[i] - '0') * unit,
              at.y + (strokes[i + 1] - '0' - kCapital) * unit};
    };
    for (size_t i = 0; i + 1 < strokes.size(); i += 3) {
      const bool joined = i + 2 < strokes.size() && strokes[i + 2] == ' ';
      // Discs make the ends and corners round.
      canvas->Disc(point(i), kStroke * unit / 2, color);
      if (joined) canvas->Line(point(i), point(i + 3), kStroke * unit, color);
    }
  });
}

}  // namespace rookery::report
