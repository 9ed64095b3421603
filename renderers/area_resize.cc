#include "renderers/area_resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"

namespace rookery {

namespace {

// Half to even, in the default rounding mode. The sums are not negative.
uint8_t Round(float value) { return static_cast<uint8_t>(std::min(255L, std::lrintf(value))); }

}  // namespace

AreaResize::Taps AreaResize::MakeTaps(int from, int to) {
  constexpr double kLeast = 1e-3;  // shares of a source below it are left out
  const double scale = 1.0 / (static_cast<double>(to) / from);
  std::vector<std::vector<float>> shares(static_cast<size_t>(to));
  Taps taps;
  for (int cell = 0; cell < to; ++cell) {
    // The cell covers [begin, end) of the sources: a part of one, whole ones, a part of one.
    const double begin = cell * scale, end = begin + scale;
    const double width = std::min(scale, from - begin);
    const int last_whole = std::min(static_cast<int>(std::floor(end)), from - 1);
    const int first_whole = std::min(static_cast<int>(std::ceil(begin)), last_whole);
    std::vector<float>& own = shares[static_cast<size_t>(cell)];
    int first = first_whole;
    if (first_whole - begin > kLeast) {
      first = first_whole - 1;
      own.push_back(static_cast<float>((first_whole - begin) / width));
    }
    for (int i = first_whole; i < last_whole; ++i) {
      own.push_back(static_cast<float>(1.0 / width));
    }
    if (end - last_whole > kLeast) {
      own.push_back(static_cast<float>(std::min(std::min(end - last_whole, 1.0), width) / width));
    }
    taps.first.push_back(first);
    taps.per_cell = std::max(taps.per_cell, static_cast<int>(own.size()));
  }
  for (int tap = 0; tap < taps.per_cell; ++tap) {
    for (const std::vector<float>& own : shares) {
      taps.shares.push_back(static_cast<size_t>(tap) < own.size() ? own[static_cast<size_t>(tap)]
                                                                  : 0.0F);
    }
  }
  return taps;
}

AreaResize::AreaResize(int height, int width, int channels, int out_height, int out_width)
    : height_(height),
      width_(width),
      channels_(channels),
      out_height_(out_height),
      out_width_(out_width) {
  ROOKERY_CHECK(out_height >= 1 && out_width >= 1);
  ROOKERY_CHECK(out_height <= height && out_width <= width);
  columns_ = MakeTaps(width, out_width);
  rows_ = MakeTaps(height, out_height);
  for (int tap = 0; tap < columns_.per_cell; ++tap) {
    for (int cell = 0; cell < out_width; ++cell) {
      // Taps without a share read something that exists.
      const int column = std::min(columns_.first[static_cast<size_t>(cell)] + tap, width - 1);
      for (int channel = 0; channel < channels; ++channel) {
        source_.push_back(column * channels + channel);
        share_.push_back(columns_.shares[static_cast<size_t>(tap * out_width + cell)]);
      }
    }
  }
  sum_.resize(static_cast<size_t>(out_width) * static_cast<size_t>(channels));
  MakeGroups();
  shrunk_.resize(std::max(sum_.size(), 4 * groups_.size()));
}

// In pairs; what is beyond the last column has shares of 0.
void AreaResize::MakeGroups() {
  if (!internal::HasAvx2() || channels_ != 1 || width_ < 16 ||
      columns_.per_cell > internal::ColumnGroup::kTaps)
    return;
  const auto columns = static_cast<size_t>(out_width_);
  std::vector<internal::ColumnGroup> groups((columns + 7) / 8 * 2);
  for (size_t g = 0; g < groups.size(); ++g) {
    internal::ColumnGroup& group = groups[g];
    std::memset(group.pick, 0x80, sizeof(group.pick));  // gives 0
    const size_t begin = 4 * g, end = std::min(begin + 4, columns);
    // The 16 bytes lie within the row.
    if (begin < end) {
      group.base = std::min(
          width_ - 16, *std::min_element(&columns_.first[begin], &columns_.first[end - 1] + 1));
    }
    for (size_t cell = begin; cell < end; ++cell) {
      for (size_t tap = 0; tap < static_cast<size_t>(columns_.per_cell); ++tap) {
        const int at = source_[tap * columns + cell] - group.base;
        if (at > 15) return;
        group.pick[tap][4 * (cell - begin)] = static_cast<uint8_t>(at);
        group.share[tap][cell - begin] = share_[tap * columns + cell];
      }
    }
  }
  groups_ = std::move(groups);
}

void AreaResize::operator()(const uint8_t* in, uint8_t* out) {
  if (out_height_ == height_ && out_width_ == width_) {
    std::memcpy(out, in, static_cast<size_t>(height_) * static_cast<size_t>(width_ * channels_));
    return;
  }
  if (height_ % out_height_ == 0 && width_ % out_width_ == 0) {
    ShrinkByWholeNumbers(in, out);
    return;
  }
  const size_t row_bytes = static_cast<size_t>(width_) * static_cast<size_t>(channels_);
  const size_t n = sum_.size();
  int ready = -1;  // the source row that shrunk_ holds
  for (int y = 0; y < out_height_; ++y) {
    const auto cell = static_cast<size_t>(y);
    for (int tap = 0; tap < rows_.per_cell; ++tap) {
      const float share =
          rows_.shares[static_cast<size_t>(tap) * static_cast<size_t>(out_height_) + cell];
      if (share == 0.0F) break;
      const int row = rows_.first[cell] + tap;
      if (row != ready) {
        ShrinkRow(in + static_cast<size_t>(row) * row_bytes);
        ready = row;
      }
      if (tap == 0) {
        for (size_t i = 0; i < n; ++i) sum_[i] = share * shrunk_[i];
      } else {
        for (size_t i = 0; i < n; ++i) sum_[i] += share * shrunk_[i];
      }
    }
    for (size_t i = 0; i < n; ++i) out[i] = Round(sum_[i]);
    out += n;
  }
}

// One source row to the output's columns.
void AreaResize::ShrinkRow(const uint8_t* row) {
#if defined(__x86_64__)
  if (!groups_.empty()) {
    internal::ShrinkRowAvx2(row, groups_.data(), groups_.size(), shrunk_.data());
    return;
  }
#endif
  const size_t n = sum_.size();
  const int* source = source_.data();
  const float* share = share_.data();
  if (columns_.per_cell == 3) {  // of 160 columns to 84 or 64
    for (size_t i = 0; i < n; ++i) {
      shrunk_[i] = share[i] * static_cast<float>(row[source[i]]) +
                   share[n + i] * static_cast<float>(row[source[n + i]]) +
                   share[2 * n + i] * static_cast<float>(row[source[2 * n + i]]);
    }
    return;
  }
  std::fill(shrunk_.begin(), shrunk_.end(), 0.0F);
  for (int tap = 0; tap < columns_.per_cell; ++tap) {
    for (size_t i = 0; i < n; ++i) shrunk_[i] += share[i] * static_cast<float>(row[source[i]]);
    source += n;
    share += n;
  }
}

// Cells of whole pixels are summed as integers; those of 2 x 2 are rounded half up.
void AreaResize::ShrinkByWholeNumbers(const uint8_t* in, uint8_t* out) {
  const int high = height_ / out_height_, wide = width_ / out_width_;
  const float share = 1.0F / static_cast<float>(high * wide);
  for (int y = 0; y < out_height_; ++y) {
    for (int x = 0; x < out_width_; ++x) {
      for (int channel = 0; channel < channels_; ++channel) {
        int sum = 0;
        for (int dy = 0; dy < high; ++dy) {
          const uint8_t* row = in + (y * high + dy) * width_ * channels_;
          for (int dx = 0; dx < wide; ++dx) sum += row[(x * wide + dx) * channels_ + channel];
        }
        *out++ = high == 2 && wide == 2 ? static_cast<uint8_t>((sum + 2) >> 2)
                                        : Round(static_cast<float>(sum) * share);
      }
    }
  }
}

}  // namespace rookery
