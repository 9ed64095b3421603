#include "envs/car_racing/picture.h"

#include <cmath>
#include <cstdio>
#include <cstring>

#include "envs/car_racing/shapes.h"

namespace rookery::car_racing {
namespace {

// From the canvas to the small picture.
constexpr double kScaleX = static_cast<double>(kStateSize) / kScreenWidth;
constexpr double kScaleY = static_cast<double>(kStateSize) / kScreenHeight;
// v3 fills whole canvas pixels and adds an antialiased outline: its polygons are larger, by this
// on average.
constexpr double kOutset = 0.6;
// v3's scaling loses two levels: 102 becomes 100, black stays.
constexpr int kLoss = 2;

// The car is drawn on canvas pixels, in a window around it.
constexpr int kWindow = 160;
constexpr int kWindowX = 500 - kWindow / 2, kWindowY = kScreenHeight - 200 - kWindow / 2;
// A canvas pixel is 12/125 of a column and 3/25 of a row.
constexpr int kColumnUnits = 125, kPixelColumns = 12, kRowUnits = 25, kPixelRows = 3;
constexpr int kWhole = kColumnUnits * kRowUnits;
constexpr int kFirstColumn = kWindowX * kPixelColumns / kColumnUnits;  // of the window
constexpr int kFirstRow = kWindowY * kPixelRows / kRowUnits;
constexpr int kCarColumns = kWindow * kPixelColumns / kColumnUnits + 2;
constexpr int kCarRows = kWindow * kPixelRows / kRowUnits + 2;
constexpr size_t kParts = 4;  // none, tyre, stripe, hull
constexpr std::array<std::array<int, 3>, kParts> kPartColors = {
    {{0, 0, 0}, {0, 0, 0}, {77, 77, 77}, {204, 0, 0}}};

constexpr int kPanelRow = kStateSize - kStateSize * 5 / 40;  // the first of the black panel
constexpr int kScoreSize = 12;                               // px, of the corner with the score
// On canvas pixels of that corner, 125 x 100: a digit, and the middle of the text.
constexpr int kDigitWidth = 23, kDigitHeight = 31, kDigitAdvance = 25, kMinusWidth = 14,
              kScoreX = 60, kScoreTop = 31;

uint8_t Dimmed(int color) { return static_cast<uint8_t>(std::max(color - kLoss, 0)); }

void Fill(uint8_t* out, int count, const std::array<uint8_t, 3>& color) {
  for (int i = 0; i < count; ++i, out += 3) {
    out[0] = color[0];
    out[1] = color[1];
    out[2] = color[2];
  }
}

// Calls span(row, begin, end) for the pixels of a convex polygon whose centres are inside.
template <typename Span>
void CrispSpans(std::span<const Point2> polygon, int width, int height, Span&& span) {
  double top = polygon[0].y, bottom = top;
  for (const Point2& point : polygon) {
    top = std::min(top, point.y);
    bottom = std::max(bottom, point.y);
  }
  const auto first_centre = [](double at, int most) {  // of pixels with a centre at or after `at`
    return static_cast<int>(std::clamp(std::ceil(at - 0.5), 0.0, static_cast<double>(most)));
  };
  const int first = first_centre(top, height), last = first_centre(bottom, height);
  for (int row = first; row < last; ++row) {
    const double y = row + 0.5;
    double left = width, right = 0;
    for (size_t i = 0; i < polygon.size(); ++i) {
      const Point2 &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
      if ((a.y <= y) == (b.y <= y)) continue;
      const double x = a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y);
      left = std::min(left, x);
      right = std::max(right, x);
    }
    const int begin = first_centre(left, width), end = first_centre(right, width);
    if (begin < end) span(row, begin, end);
  }
}

// The same for corners on whole pixels of the window, with everything on the outline.
template <typename Span>
void OutlinedSpans(std::span<const std::array<int, 2>> polygon, Span&& span) {
  std::array<int16_t, kWindow> left, right;  // of each row
  int top = kWindow, bottom = -1;
  for (const auto& [x, y] : polygon) {
    top = std::min(top, y);
    bottom = std::max(bottom, y);
  }
  top = std::max(top, 0);
  bottom = std::min(bottom, kWindow - 1);
  for (int y = top; y <= bottom; ++y) {
    left[static_cast<size_t>(y)] = kWindow;
    right[static_cast<size_t>(y)] = -1;
  }
  for (size_t i = 0; i < polygon.size(); ++i) {
    const std::array<int, 2>*a = &polygon[i], *b = &polygon[(i + 1) % polygon.size()];
    if ((*a)[1] > (*b)[1]) std::swap(a, b);
    const auto [ax, ay] = *a;
    const auto [bx, by] = *b;
    for (int y = std::max(ay, 0); y <= std::min(by, kWindow - 1); ++y) {
      const int x = ay == by ? ax : ax + (y - ay) * (bx - ax) / (by - ay);
      const int other = ay == by ? bx : x;
      int16_t &l = left[static_cast<size_t>(y)], &r = right[static_cast<size_t>(y)];
      l = static_cast<int16_t>(std::clamp(std::min(x, other), 0, static_cast<int>(l)));
      r = static_cast<int16_t>(std::clamp(std::max(x, other), static_cast<int>(r), kWindow - 1));
    }
  }
  for (int y = top; y <= bottom; ++y) {
    const int begin = left[static_cast<size_t>(y)], end = right[static_cast<size_t>(y)] + 1;
    if (begin < end) span(y, begin, end);
  }
}

// How a canvas pixel that begins at `from` divides between the pixel there and the next.
struct Shared {
  Shared(int from, int length, int pixel)
      : first(from / pixel),
        over(std::max(from % pixel + length - pixel, 0)),
        share(length - over) {}
  int first, over, share;
};

int AdvanceOf(char c) { return c == '-' ? kMinusWidth : kDigitAdvance; }

// Adds the canvas pixels of a digit to those of the corner's pixels, each with its share of them.
void AddDigit(const Array& digit, int left, std::array<int, kScoreSize * kScoreSize>* sums) {
  const int width = static_cast<int>(digit.shape()[1]);
  const uint8_t* canvas = digit.As<uint8_t>().data();
  for (int y = kScoreTop; y < kScoreTop + kDigitHeight; ++y) {
    for (int x = left; x < left + width; ++x, canvas += 3) {
      if (*canvas == 0 || x < 0 || x >= kScoreSize * kColumnUnits / kPixelColumns) continue;
      const Shared row(y * kPixelRows, kPixelRows, kRowUnits);
      const Shared column(x * kPixelColumns, kPixelColumns, kColumnUnits);
      int* const sum = &(*sums)[static_cast<size_t>(row.first * kScoreSize + column.first)];
      sum[0] += *canvas * row.share * column.share;
      if (column.over > 0) sum[1] += *canvas * row.share * column.over;
      if (row.over == 0) continue;
      sum[kScoreSize] += *canvas * row.over * column.share;
      if (column.over > 0) sum[kScoreSize + 1] += *canvas * row.over * column.over;
    }
  }
}

// Colour over the pixels of a rectangle (px), by the share of each that it covers.
void Blend(double x0, double y0, double x1, double y1, const std::array<uint8_t, 3>& color,
           uint8_t* out) {
  if (x0 > x1) std::swap(x0, x1);
  if (y0 > y1) std::swap(y0, y1);
  const double most = kStateSize;
  x0 = std::clamp(x0, 0.0, most);
  x1 = std::clamp(x1, 0.0, most);
  y0 = std::clamp(y0, 0.0, most);
  y1 = std::clamp(y1, 0.0, most);
  for (int y = static_cast<int>(y0); y < y1; ++y) {
    const double high = std::min(y1, y + 1.0) - std::max(y0, static_cast<double>(y));
    for (int x = static_cast<int>(x0); x < x1; ++x) {
      const double share = high * (std::min(x1, x + 1.0) - std::max(x0, static_cast<double>(x)));
      uint8_t* const pixel = out + (y * kStateSize + x) * 3;
      const double behind = y < kPanelRow ? share : 0;  // on the black panel neighbours add up
      for (size_t c = 0; c < 3; ++c) {
        const double value = pixel[c] - behind * pixel[c] + share * color[c] + 0.5;
        pixel[c] = static_cast<uint8_t>(std::min(value, 255.0));
      }
    }
  }
}

}  // namespace

Camera::Camera(const View& view, bool along_velocity)
    : x_(static_cast<double>(view.car.hull.x)),
      y_(static_cast<double>(view.car.hull.y)),
      zoom_(0.1 * kScale * std::max(1 - view.time_s, 0.0) +
            2.7 * kScale * std::min(view.time_s, 1.0)) {
  double angle = -static_cast<double>(view.car.hull.angle);
  if (along_velocity) {
    const double vx = static_cast<double>(view.car.hull.vx);
    const double vy = static_cast<double>(view.car.hull.vy);
    if (std::sqrt(vx * vx + vy * vy) > 0.5) angle = std::atan2(vx, vy);
  }
  cos_ = std::cos(angle);
  sin_ = std::sin(angle);
}

double Camera::reach() const { return std::hypot(500.0, 600.0) / zoom_; }

StatePicture::StatePicture(bool smooth)
    : smooth_(smooth),
      ground_(kStateSize, kStateSize),
      car_(smooth ? kWindow * kWindow : 0),
      kinds_(smooth ? 0 : kStateSize * kStateSize),
      digits_() {
  for (size_t i = 0; i < digits_.size(); ++i) {
    const bool minus = i == 10;
    Canvas canvas(minus ? kMinusWidth : kDigitWidth, kDigitHeight);
    const char text[] = {"0123456789-"[i], '\0'};
    canvas.AddText(text, minus ? -3 : 1, 0, kDigitHeight);
    canvas.Paint({255, 255, 255});
    digits_[i] = canvas.image();
  }
}

void StatePicture::Draw(const View& view, uint8_t* out) {
  const Camera camera(view, /*along_velocity=*/!smooth_);
  if (smooth_) {
    DrawSmooth(view, camera, out);
    DrawCar(view, camera, out);
  } else {
    DrawCrisp(view, camera, out);
  }
  DrawIndicators(view, out);
  DrawScore(view.reward, out);
}

void StatePicture::DrawSmooth(const View& view, const Camera& camera, uint8_t* out) {
  EachGround(view, camera, kOutset, [&](Layer layer, std::span<const Point2> corners) {
    std::array<Point2, 4> scaled;
    for (size_t i = 0; i < 4; ++i) {
      scaled[i] = {corners[i].x * kScaleX, kStateSize - corners[i].y * kScaleY};
    }
    ground_.Add(scaled, layer);
  });
  const Palette palette(view.colors, /*round=*/false);
  std::array<std::array<uint8_t, 3>, kLayerCount> flat;  // of pixels with one thing only
  for (size_t layer = 0; layer < kLayerCount; ++layer) {
    for (size_t c = 0; c < 3; ++c) flat[layer][c] = Dimmed(palette.of[layer][c]);
  }
  ground_.Sweep(true, [&](int y, int begin, int end, const Coverage<8>::Cover& cover) {
    constexpr int64_t kFull = kFullCover;
    const int32_t field = std::clamp(cover[kField], 0, kFullCover);
    const int32_t grass = std::clamp(cover[kGrass], 0, field);
    int32_t road = 0;
    for (size_t layer = kRoad; layer < kLayerCount; ++layer) road += cover[layer];
    const int32_t whole = std::max(road, kFullCover), ground = whole - road;
    uint8_t* pixel = out + (y * kStateSize + begin) * 3;
    if (road == 0 && field == kFullCover && view.background == nullptr) {
      if (grass == 0 || grass == kFullCover) {
        Fill(pixel, end - begin, flat[grass == 0 ? kField : kGrass]);
        return;
      }
    } else if (road == kFullCover) {
      for (size_t layer : {kRoad, kRoad1, kRoad2}) {
        if (cover[layer] != kFullCover) continue;
        Fill(pixel, end - begin, flat[layer]);
        return;
      }
    }
    std::array<int32_t, 3> sum = {};  // of colour and share
    if (road != 0) {
      for (size_t layer = kRoad; layer < kLayerCount; ++layer) {
        for (size_t c = 0; c < 3; ++c) sum[c] += cover[layer] * palette.of[layer][c];
      }
    }
    if (view.background == nullptr && ground != 0) {
      for (size_t c = 0; c < 3; ++c) {
        const int32_t under =
            grass * palette.of[kGrass][c] + (field - grass) * palette.of[kField][c];
        sum[c] += static_cast<int32_t>(static_cast<int64_t>(under) * ground / kFull);
      }
    }
    const int64_t picture = static_cast<int64_t>(ground) * field / kFull;  // the background's share
    if (view.background != nullptr && picture != 0) {
      const uint8_t* behind = view.background + (pixel - out);
      if (picture == kFull) {
        std::memcpy(pixel, behind, static_cast<size_t>(end - begin) * 3);
        return;
      }
      for (int i = 0; i < (end - begin) * 3; ++i) {
        const int64_t value = sum[static_cast<size_t>(i % 3)] - kLoss * road + picture * behind[i];
        pixel[i] = static_cast<uint8_t>(std::max<int64_t>(value + whole / 2, 0) / whole);
      }
      return;
    }
    std::array<uint8_t, 3> color;
    for (size_t c = 0; c < 3; ++c) {
      // Rounded up: both passes of v3's scaling round down.
      const int32_t up = sum[c] + whole - 1;
      color[c] = Dimmed(whole == kFullCover ? up / kFullCover : up / whole);
    }
    Fill(pixel, end - begin, color);
  });
}

void StatePicture::DrawCar(const View& view, const Camera& camera, uint8_t* out) {
  int left = kWindow, right = 0, top = kWindow, bottom = 0;
  EachCarPart(view.car, camera, [&](CarPart part, std::span<const Point2> corners) {
    std::array<std::array<int, 2>, 8> pixels;
    for (size_t i = 0; i < corners.size(); ++i) {
      pixels[i] = {static_cast<int>(corners[i].x) - kWindowX,
                   kScreenHeight - 1 - static_cast<int>(corners[i].y) - kWindowY};
    }
    OutlinedSpans({pixels.data(), corners.size()}, [&](int y, int begin, int end) {
      std::memset(&car_[static_cast<size_t>(y * kWindow + begin)], part,
                  static_cast<size_t>(end - begin));
      left = std::min(left, begin);
      right = std::max(right, end);
      top = std::min(top, y);
      bottom = std::max(bottom, y + 1);
    });
  });

  // The share of each part in each pixel of the picture.
  std::array<std::array<std::array<int, kParts>, kCarColumns>, kCarRows> shares = {};
  for (int y = top; y < bottom; ++y) {
    std::array<std::array<int, kParts>, kCarColumns> row = {};
    uint8_t* const parts = &car_[static_cast<size_t>(y * kWindow)];
    for (int x = left; x < right;) {
      const uint8_t part = parts[x];
      const int begin = x;
      do {
        ++x;
      } while (x < right && parts[x] == part);
      if (part == 0) continue;
      const auto units = [](int at) {
        return (kWindowX + at) * kPixelColumns - kFirstColumn * kColumnUnits;
      };
      for (int from = units(begin), to = units(x); from < to;) {
        const int column = from / kColumnUnits;
        const int next = std::min((column + 1) * kColumnUnits, to);
        row[static_cast<size_t>(column)][part] += next - from;
        from = next;
      }
    }
    std::memset(parts + left, 0, static_cast<size_t>(right - left));
    const Shared at((kWindowY + y) * kPixelRows - kFirstRow * kRowUnits, kPixelRows, kRowUnits);
    const auto index = static_cast<size_t>(at.first);
    const auto first_column = static_cast<size_t>(left * kPixelColumns / kColumnUnits);
    const auto last_column = static_cast<size_t>(right * kPixelColumns / kColumnUnits + 1);
    for (size_t column = first_column; column <= last_column; ++column) {
      for (size_t part = 1; part < kParts; ++part) {
        shares[index][column][part] += row[column][part] * at.share;
        shares[index + 1][column][part] += row[column][part] * at.over;
      }
    }
  }
  for (size_t row = 0; row < kCarRows; ++row) {
    for (size_t column = 0; column < kCarColumns; ++column) {
      const auto& share = shares[row][column];
      const int covered = share[1] + share[2] + share[3];
      if (covered == 0) continue;
      uint8_t* const pixel = out + ((kFirstRow + row) * kStateSize + kFirstColumn + column) * 3;
      for (size_t c = 0; c < 3; ++c) {
        int sum = pixel[c] * (kWhole - covered);
        for (size_t part = 1; part < kParts; ++part) {
          sum += share[part] * Dimmed(kPartColors[part][c]);
        }
        pixel[c] = static_cast<uint8_t>((sum + kWhole / 2) / kWhole);
      }
    }
  }
}

// One kind for each pixel, in the order of drawing; colours afterwards.
void StatePicture::DrawCrisp(const View& view, const Camera& camera, uint8_t* out) {
  constexpr uint8_t kNothing = 255, kCar = kLayerCount;  // CarPart p is kCar + p
  std::fill(kinds_.begin(), kinds_.end(), kNothing);
  const auto draw = [&](uint8_t kind, std::span<const Point2> corners) {
    std::array<Point2, 8> scaled;
    for (size_t i = 0; i < corners.size(); ++i) {
      scaled[i] = {corners[i].x * kScaleX, kStateSize - corners[i].y * kScaleY};
    }
    CrispSpans({scaled.data(), corners.size()}, kStateSize, kStateSize,
               [&](int y, int begin, int end) {
                 std::memset(&kinds_[static_cast<size_t>(y * kStateSize + begin)], kind,
                             static_cast<size_t>(end - begin));
               });
  };
  EachGround(view, camera, 0, draw);
  EachCarPart(view.car, camera, [&](CarPart part, std::span<const Point2> corners) {
    draw(static_cast<uint8_t>(kCar + part), corners);
  });

  std::array<std::array<uint8_t, 3>, 256> colors = {};
  const Palette palette(view.colors, /*round=*/true);
  for (size_t c = 0; c < 3; ++c) {
    for (size_t layer = 0; layer < kLayerCount; ++layer) {
      colors[layer][c] = static_cast<uint8_t>(palette.of[layer][c]);
    }
    for (size_t part = 1; part < kParts; ++part) {
      colors[kCar + part][c] = static_cast<uint8_t>(kPartColors[part][c]);
    }
  }
  for (size_t i = 0; i < kinds_.size(); ++i) {
    const uint8_t kind = kinds_[i];
    const bool behind = view.background != nullptr && kind <= kGrass;
    std::memcpy(out + 3 * i, behind ? view.background + 3 * i : colors[kind].data(), 3);
  }
}

void StatePicture::DrawIndicators(const View& view, uint8_t* out) {
  std::memset(out + kPanelRow * kStateSize * 3, 0, (kStateSize - kPanelRow) * kStateSize * 3);
  const std::array<Bar, 7> bars = Bars(view);
  for (const Bar& bar : bars) {
    if (smooth_) {
      if (std::abs(bar.value) <= 1e-4) continue;
      // Whole canvas pixels with their outline.
      const auto whole = [](double a) { return static_cast<double>(static_cast<int>(a)); };
      // The next of the four bars side by side covers the outline.
      const bool covered = &bar >= &bars[1] && &bar < &bars[4];
      const double x0 = whole(std::min(bar.x0, bar.x1));
      const double x1 = whole(std::max(bar.x0, bar.x1)) + (covered ? 0 : 1);
      const double y0 = whole(std::min(bar.y0, bar.y1)), y1 = whole(std::max(bar.y0, bar.y1)) + 1;
      Blend(x0 * kScaleX, y0 * kScaleY, x1 * kScaleX, y1 * kScaleY,
            {Dimmed(bar.color[0]), Dimmed(bar.color[1]), Dimmed(bar.color[2])}, out);
    } else {
      // Pixels whose centres are inside.
      const auto pixel = [](double at, double scale) { return std::ceil(at * scale - 0.5); };
      Blend(pixel(bar.x0, kScaleX), pixel(bar.y0, kScaleY), pixel(bar.x1, kScaleX),
            pixel(bar.y1, kScaleY),
            {static_cast<uint8_t>(bar.color[0]), static_cast<uint8_t>(bar.color[1]),
             static_cast<uint8_t>(bar.color[2])},
            out);
    }
  }
}

void StatePicture::DrawScore(double reward, uint8_t* out) {
  std::array<char, 16> text = {};
  ScoreText(reward, &text);
  if (text != score_text_) {  // drawn anew only when it changes
    score_text_ = text;
    std::array<int, kScoreSize* kScoreSize> sums = {};
    int text_width = 0;
    for (const char* c = text.data(); *c != '\0'; ++c) text_width += AdvanceOf(*c);
    int left = kScoreX - text_width / 2;
    for (const char* c = text.data(); *c != '\0'; ++c) {
      AddDigit(digits_[*c == '-' ? 10 : static_cast<size_t>(*c - '0')], left, &sums);
      left += AdvanceOf(*c);
    }
    for (size_t i = 0; i < sums.size(); ++i) {
      score_[i] = Dimmed((sums[i] + kWhole - 1) / kWhole);
    }
  }
  for (int y = 0; y < kScoreSize; ++y) {
    uint8_t* const row = out + (kStateSize - kScoreSize + y) * kStateSize * 3;
    for (int x = 0; x < kScoreSize * 3; ++x)
      row[x] = score_[static_cast<size_t>(y * kScoreSize + x / 3)];
  }
}

}  // namespace rookery::car_racing
