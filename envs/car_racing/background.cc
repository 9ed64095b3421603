#include "envs/car_racing/background.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/error.h"
#include "core/log.h"
#include "core/pose.h"
#include "envs/car_racing/picture.h"
#include "renderers/image_io.h"

namespace rookery::car_racing {
namespace {

namespace fs = std::filesystem;

Rgb8 AnyColor(Rng* rng) {
  Rgb8 color;
  for (uint8_t& channel : color) channel = static_cast<uint8_t>(rng->Integer(256));
  return color;
}

Point2 AnyPoint(Rng* rng) {
  const double x = rng->Uniform(0, kStateSize);
  return {x, rng->Uniform(0, kStateSize)};
}

void Stripes(Rng* rng, Canvas* canvas) {
  const Rgb8 colors[] = {AnyColor(rng), AnyColor(rng), AnyColor(rng)};
  canvas->Clear(colors[0]);
  const double angle = rng->Uniform(0, kPi), pitch = rng->Uniform(8, 24);
  const Point2 along = {std::cos(angle), std::sin(angle)},
               middle = {kStateSize / 2.0, kStateSize / 2.0};
  for (int i = -12; i <= 12; ++i) {
    const Point2 at = {middle.x - along.y * pitch * i, middle.y + along.x * pitch * i};
    const Point2 line[] = {{at.x - 100 * along.x, at.y - 100 * along.y},
                           {at.x + 100 * along.x, at.y + 100 * along.y}};
    canvas->AddLine(line, pitch * 0.45);
    canvas->Paint(colors[1 + (i & 1)]);
  }
}

void Discs(Rng* rng, Canvas* canvas) {
  canvas->Clear(AnyColor(rng));
  for (int i = 0; i < 24; ++i) {
    canvas->AddDisc(AnyPoint(rng), rng->Uniform(4, 20));
    canvas->Paint(AnyColor(rng), 0.85);
  }
}

void Mosaic(Rng* rng, Canvas* canvas) {
  const int cells = static_cast<int>(rng->Integer(4, 13));
  const double edge = static_cast<double>(kStateSize) / cells;
  for (int row = 0; row < cells; ++row) {
    for (int column = 0; column < cells; ++column) {
      canvas->AddRectangle(column * edge, row * edge, (column + 1) * edge, (row + 1) * edge);
      canvas->Paint(AnyColor(rng));
    }
  }
}

void Shards(Rng* rng, Canvas* canvas) {
  canvas->Clear(AnyColor(rng));
  for (int i = 0; i < 40; ++i) {
    const Point2 a = AnyPoint(rng), b = AnyPoint(rng), c = AnyPoint(rng);
    const Point2 corners[] = {a, b, c};
    canvas->Fill(corners, AnyColor(rng), 0.6);
  }
}

}  // namespace

Array ResizeBilinear(const Array& image, int height, int width) {
  const int64_t rows = image.shape()[0], columns = image.shape()[1];
  const int64_t channels = image.shape().size() == 3 ? image.shape()[2] : 1;
  Array out(DType::kUInt8, {height, width, 3});
  const uint8_t* const in = image.As<uint8_t>().data();
  uint8_t* pixel = out.As<uint8_t>().data();
  struct Between {
    int64_t before, after;
    double share;  // of `after`
  };
  const auto between = [](int i, int count, int64_t from) -> Between {
    const double at = (i + 0.5) * static_cast<double>(from) / count - 0.5;
    const double low = std::floor(at);
    const auto clamp = [&](double index) {
      return std::clamp<int64_t>(static_cast<int64_t>(index), 0, from - 1);
    };
    return {clamp(low), clamp(low + 1), at - low};
  };
  for (int y = 0; y < height; ++y) {
    const Between row = between(y, height, rows);
    for (int x = 0; x < width; ++x) {
      const Between column = between(x, width, columns);
      for (int64_t c = 0; c < 3; ++c) {
        const int64_t channel = channels >= 3 ? c : 0;
        const auto at = [&](int64_t r, int64_t k) {
          return static_cast<double>(in[(r * columns + k) * channels + channel]);
        };
        const double above = at(row.before, column.before) * (1 - column.share) +
                             at(row.before, column.after) * column.share;
        const double below = at(row.after, column.before) * (1 - column.share) +
                             at(row.after, column.after) * column.share;
        *pixel++ = static_cast<uint8_t>(above * (1 - row.share) + below * row.share + 0.5);
      }
    }
  }
  return out;
}

Background::Background(const std::string& source)
    : generated_(source == kGenerated), pattern_(kStateSize, kStateSize) {
  if (source.empty() || generated_) return;
  std::vector<std::string> paths;
  std::error_code error;
  if (fs::is_directory(source, error)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(source, error)) {
      if (entry.path().extension() == ".png") paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());  // the same choice on every machine
    if (error || paths.empty()) {
      throw UserError("background: the folder " + source +
                      (error ? " cannot be read: " + error.message() : " has no .png pictures"));
    }
  } else if (fs::exists(source, error)) {
    paths.push_back(source);
  } else {
    throw UserError("background: there is no " + source +
                    "; give a folder of PNG pictures, or 'generated'");
  }
  for (const std::string& path : paths) {
    Array picture;
    try {
      picture = ReadPng(path);
    } catch (const Error& e) {
      throw UserError(std::string("background: ") + e.what());
    }
    const int64_t height = picture.shape()[0], width = picture.shape()[1];
    if (height != kStateSize || width != kStateSize) {
      LogWarningOnce("background " + path, "background: " + path + " is " + std::to_string(width) +
                                               " x " + std::to_string(height) +
                                               "; scaled to 96 x 96");
    }
    pictures_.push_back(ResizeBilinear(picture, kStateSize, kStateSize));
  }
}

void Background::Choose(Rng* rng) {
  if (generated_) {
    Show(rng->NextUInt64());
  } else if (!pictures_.empty()) {
    Show(static_cast<uint64_t>(rng->Integer(static_cast<int64_t>(pictures_.size()))));
  }
}

void Background::Show(uint64_t choice) {
  if (!pictures_.empty() && choice >= pictures_.size()) {
    throw UserError("snapshot is damaged: background " + std::to_string(choice) + " of " +
                    std::to_string(pictures_.size()));
  }
  choice_ = choice;
  if (!generated_) return;
  Rng rng(choice);
  constexpr void (*kPatterns[])(Rng*, Canvas*) = {Stripes, Discs, Mosaic, Shards};
  kPatterns[static_cast<size_t>(rng.Integer(std::ssize(kPatterns)))](&rng, &pattern_);
}

const uint8_t* Background::pixels() const {
  if (generated_) return pattern_.image().As<uint8_t>().data();
  return pictures_.empty() ? nullptr : pictures_[choice_].As<uint8_t>().data();
}

}  // namespace rookery::car_racing
