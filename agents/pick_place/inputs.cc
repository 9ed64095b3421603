#include "agents/pick_place/inputs.h"

#include <cmath>
#include <cstring>
#include <numeric>

#include "agents/pick_place/networks/networks.h"
#include "core/error.h"

namespace rookery::pick_place {
namespace {

constexpr size_t kC = kImageChannels;

template <typename T>
T Convert(float x);
template <>
float Convert<float>(float x) {
  return x;
}
template <>
uint16_t Convert<uint16_t>(float x) {
  return c10::BFloat16(x).x;
}

// Six channels of one pixel.
template <typename T>
void Put(T* to, const T* from) {
  std::memcpy(to, from, kC * sizeof(T));
}

}  // namespace

PixelPoint TurnedOffset(double row, double column, int rotation, int rotations) {
  const double angle = 2 * kPi * rotation / rotations, c = std::cos(angle), s = std::sin(angle);
  // Rounded first: cos 90 degrees is not quite 0.
  const auto snap = [](double v) { return std::floor(std::round(v * 1e9) / 1e9 + 0.5); };
  return {snap(s * column + c * row), snap(c * column - s * row)};
}

InputBuilder::InputBuilder(int rows, int columns, int crop, int rotations, at::ScalarType type,
                           at::Device device)
    : rows_(rows),
      columns_(columns),
      crop_(crop),
      rotations_(rotations),
      type_(type),
      device_(device),
      no_height_(-kHeightMean / kHeightSd) {
  for (int value = 0; value < 256; ++value) {
    colours_.push_back((static_cast<float>(value) / 255.0F - kColourMean) / kColourSd);
  }
  all_bins_.resize(static_cast<size_t>(rotations));
  std::iota(all_bins_.begin(), all_bins_.end(), 0);
  offsets_.reserve(static_cast<size_t>(rotations) * static_cast<size_t>(crop * crop) * 2);
  for (int i = 0; i < rotations; ++i) {
    for (int y = 0; y < crop; ++y) {
      for (int x = 0; x < crop; ++x) {
        const PixelPoint from = TurnedOffset(y - crop / 2, x - crop / 2, i, rotations);
        offsets_.push_back(static_cast<int16_t>(from.row));
        offsets_.push_back(static_cast<int16_t>(from.column));
      }
    }
  }
}

void InputBuilder::SetImage(const Image& image, View view) {
  ROOKERY_CHECK_EQ(image.rows, rows_);
  ROOKERY_CHECK_EQ(image.columns, columns_);
  Normalised& to = view == View::kGoal ? goal_ : scene_;
  const size_t pixels = image.height.size();
  to.full.resize(pixels * kC);
  for (size_t i = 0; i < pixels; ++i) {
    float* out = to.full.data() + i * kC;
    for (size_t c = 0; c < 3; ++c) out[c] = colours_[image.rgb[3 * i + c]];
    out[3] = out[4] = out[5] = (image.height[i] - kHeightMean) / kHeightSd;
  }
  if (type_ == at::kFloat) return;
  to.half.resize(to.full.size());
  for (size_t i = 0; i < to.full.size(); ++i) to.half[i] = Convert<uint16_t>(to.full[i]);
}

const InputBuilder::Normalised& InputBuilder::Of(View view) const {
  const Normalised& from = view == View::kGoal ? goal_ : scene_;
  ROOKERY_CHECK(!from.full.empty());
  return from;
}

template <typename T>
void InputBuilder::FillPadded(const Normalised& from, int pad_rows, int pad_columns, T* out) const {
  const T* image = from.Data(static_cast<T*>(nullptr));
  const T colour = Convert<T>(colours_[0]), height = Convert<T>(no_height_);
  const T nothing[kC] = {colour, colour, colour, height, height, height};
  const size_t width = static_cast<size_t>(columns_ + 2 * pad_columns);
  for (int row = -pad_rows; row < rows_ + pad_rows; ++row, out += width * kC) {
    if (row < 0 || row >= rows_) {
      for (size_t x = 0; x < width; ++x) Put(out + x * kC, nothing);
      continue;
    }
    const size_t pad = static_cast<size_t>(pad_columns), inner = static_cast<size_t>(columns_);
    for (size_t x = 0; x < pad; ++x) {
      Put(out + x * kC, nothing);
      Put(out + (pad + inner + x) * kC, nothing);
    }
    std::memcpy(out + pad * kC, image + static_cast<size_t>(row) * inner * kC,
                inner * kC * sizeof(T));
  }
}

template <typename T>
void InputBuilder::FillCrop(const Normalised& from, int row, int column, int bin, T* out) const {
  const T* image = from.Data(static_cast<T*>(nullptr));
  const T colour = Convert<T>(colours_[0]), height = Convert<T>(no_height_);
  const T padding[kC] = {colour, colour, colour, height, height, height};
  const T beyond[kC] = {};
  const int pad = crop_ / 2;
  const size_t n = static_cast<size_t>(crop_) * static_cast<size_t>(crop_);
  const int16_t* offset = offsets_.data() + static_cast<size_t>(bin) * n * 2;
  for (size_t i = 0; i < n; ++i, out += kC, offset += 2) {
    const int r = row + offset[0], c = column + offset[1];
    if (r >= 0 && r < rows_ && c >= 0 && c < columns_) {
      Put(out, image + static_cast<size_t>(r * columns_ + c) * kC);
    } else if (r >= -pad && r < rows_ + pad && c >= -pad && c < columns_ + pad) {
      Put(out, padding);
    } else {
      Put(out, beyond);
    }
  }
}

Tensor InputBuilder::Padded(int pad_rows, int pad_columns, View view) const {
  if (view == View::kBoth) {
    return at::cat({Padded(pad_rows, pad_columns), Padded(pad_rows, pad_columns, View::kGoal)}, 1)
        .contiguous(at::MemoryFormat::ChannelsLast);
  }
  const Tensor out =
      at::empty({1, static_cast<int64_t>(kC), rows_ + 2 * pad_rows, columns_ + 2 * pad_columns},
                type_, at::MemoryFormat::ChannelsLast);
  if (type_ == at::kFloat) {
    FillPadded(Of(view), pad_rows, pad_columns, static_cast<float*>(out.data_ptr()));
  } else {
    FillPadded(Of(view), pad_rows, pad_columns, static_cast<uint16_t*>(out.data_ptr()));
  }
  return out.to(device_);
}

Tensor InputBuilder::CropsOf(const Normalised& from, int row, int column,
                             const std::vector<int>& bins) const {
  const Tensor out =
      at::empty({static_cast<int64_t>(bins.size()), static_cast<int64_t>(kC), crop_, crop_}, type_,
                at::MemoryFormat::ChannelsLast);
  const size_t size = kC * static_cast<size_t>(crop_) * static_cast<size_t>(crop_);
  for (size_t i = 0; i < bins.size(); ++i) {
    if (type_ == at::kFloat) {
      FillCrop(from, row, column, bins[i], static_cast<float*>(out.data_ptr()) + i * size);
    } else {
      FillCrop(from, row, column, bins[i], static_cast<uint16_t*>(out.data_ptr()) + i * size);
    }
  }
  return out.to(device_);
}

Tensor InputBuilder::Crops(int row, int column, View view) const {
  return Crops(row, column, all_bins_, view);
}

Tensor InputBuilder::Crops(int row, int column, const std::vector<int>& bins, View view) const {
  if (view != View::kBoth) return CropsOf(Of(view), row, column, bins);
  return at::cat({CropsOf(Of(View::kScene), row, column, bins),
                  CropsOf(Of(View::kGoal), row, column, bins)},
                 1)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

Tensor InputBuilder::CropIndex(int row, int column) const {
  const Tensor index = at::empty({rotations_, crop_, crop_}, at::kInt);
  auto* to = index.data_ptr<int32_t>();
  const int pad = crop_ / 2, rows = rows_ + crop_, columns = columns_ + crop_;
  for (size_t i = 0; i < offsets_.size(); i += 2) {
    const int r = row + pad + offsets_[i], c = column + pad + offsets_[i + 1];
    const bool inside = r >= 0 && r < rows && c >= 0 && c < columns;
    *to++ = inside ? r * columns + c : rows * columns;
  }
  return index.to(device_);
}

Tensor TurnedIndex(int side, int rotation, int rotations) {
  const Tensor index = at::empty({side, side}, at::kInt);
  auto* to = index.data_ptr<int32_t>();
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const PixelPoint p = TurnedOffset(y - side / 2, x - side / 2, rotation, rotations);
      const int r = static_cast<int>(p.row) + side / 2, c = static_cast<int>(p.column) + side / 2;
      const bool inside = r >= 0 && r < side && c >= 0 && c < side;
      *to++ = inside ? r * side + c : side * side;
    }
  }
  return index;
}

Tensor Turned(const Tensor& square, const Tensor& index) {
  const int64_t side = square.size(2), channels = square.size(1);
  const Tensor source = square.permute({0, 2, 3, 1}).reshape({side * side, channels});
  // One more row: what lies beyond.
  return at::cat({source, at::zeros({1, channels}, source.options())})
      .index_select(0, index.reshape({-1}))
      .reshape({1, side, side, channels})
      .permute({0, 3, 1, 2});
}

}  // namespace rookery::pick_place
