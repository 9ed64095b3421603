#include "renderers/heightmap.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "renderers/kernels/dispatch.h"

namespace rookery {
namespace {

using internal::HeightmapCell;
using internal::HeightmapView;

int Cells(double low, double high, double pixel) {
  return static_cast<int>(std::nearbyint((high - low) / pixel));
}

void CheckBounds(const HeightmapBounds& b) {
  const auto fail = [](const std::string& what) { throw UserError("heightmap bounds: " + what); };
  if (!(b.pixel_m > 0 && std::isfinite(b.pixel_m))) {
    fail("pixel_m = " + std::to_string(b.pixel_m) + "; expected a positive number of metres");
  }
  for (int i = 0; i < 3; ++i) {
    if (!(b.low[i] < b.high[i] && std::isfinite(b.high[i] - b.low[i]))) {
      fail(std::string(1, "xyz"[i]) + " from " + std::to_string(b.low[i]) + " to " +
           std::to_string(b.high[i]) + "; expected low < high");
    }
    const double cells = (b.high[i] - b.low[i]) / b.pixel_m;
    if (i < 2 && (cells > 16384 || Cells(b.low[i], b.high[i], b.pixel_m) < 1)) {
      fail(std::to_string(cells) + " pixels along " + "xy"[i] + "; expected 1 to 16384");
    }
  }
}

// Sum / count rounded to the nearest whole number, halves to the even one.
uint8_t RoundedMean(int sum, int count) {
  const int whole = sum / count, twice_rest = 2 * (sum % count);
  const bool up = twice_rest > count || (twice_rest == count && whole % 2 == 1);
  return static_cast<uint8_t>(whole + (up ? 1 : 0));
}

void CheckImage(const Camera& camera, const char* what, const Array& image, DType dtype,
                Shape shape) {
  if (image.dtype() == dtype && image.shape() == shape) return;
  throw UserError("camera '" + camera.name + "': the " + what + " image is " +
                  DTypeName(image.dtype()) + " " + ShapeText(image.shape()) + "; expected " +
                  DTypeName(dtype) + " " + ShapeText(shape));
}

void Ensure(DType dtype, Shape shape, Array* image) {
  if (image->dtype() == dtype && image->shape() == shape && image->owner().use_count() == 1) return;
  *image = Array(dtype, std::move(shape));
}

}  // namespace

int HeightmapBounds::rows() const { return Cells(low.y, high.y, pixel_m); }
int HeightmapBounds::columns() const { return Cells(low.x, high.x, pixel_m); }

class HeightmapFuser::Impl {
 public:
  Impl(const HeightmapBounds& bounds, ThreadPool* pool)
      : bounds_(bounds), bands_(pool != nullptr && pool->threads() > 1 ? 2 : 1), pool_(pool) {
    CheckBounds(bounds);
    rows_ = bounds.rows();
    columns_ = bounds.columns();
  }

  const HeightmapBounds& bounds() const { return bounds_; }

  void Fuse(std::span<const Camera> cameras, std::span<const Frame> frames, Heightmap* out) {
    if (cameras.size() != frames.size() || cameras.empty()) {
      throw UserError("a heightmap needs one frame of each camera, got " +
                      std::to_string(cameras.size()) + " cameras and " +
                      std::to_string(frames.size()) + " frames");
    }
    Bin(cameras, frames);
    PrepareImages(out);
    constexpr int kRowsPerTask = 32;
    Parallel((rows_ + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task, int) {
      const int first = static_cast<int>(task) * kRowsPerTask;
      FuseRows(frames, first, std::min(first + kRowsPerTask, rows_), out);
    });
  }

  void FuseWithSegmentation(const Camera& camera, const Frame& frame, Heightmap* out) {
    CheckImage(camera, "segmentation", frame.segmentation, DType::kUInt8,
               {camera.height, camera.width});
    const std::span<const Frame> frames(&frame, 1);
    Bin(std::span<const Camera>(&camera, 1), frames);
    PrepareImages(out);
    Ensure(DType::kUInt8, {rows_, columns_}, &out->segmentation);
    FuseRows(frames, 0, rows_, out);
    const auto seen = frame.segmentation.As<uint8_t>();
    const auto segmentation = out->segmentation.As<uint8_t>();
    for (size_t cell = 0; cell < segmentation.size(); ++cell) {
      const uint32_t pixel = Winner(0, cell).pixel;
      segmentation[cell] = pixel == internal::kNoPixel ? 0 : seen[pixel];
    }
  }

 private:
  template <typename Body>
  void Parallel(int64_t n, const Body& body) {
    if (pool_ != nullptr && n > 1) {
      pool_->ParallelFor(n, std::cref(body));
    } else {
      for (int64_t i = 0; i < n; ++i) body(i, 0);
    }
  }

  HeightmapView ViewOf(const Camera& camera, const Frame& frame) const {
    const Shape shape = {camera.height, camera.width};
    CheckImage(camera, "depth", frame.depth, DType::kFloat32, shape);
    CheckImage(camera, "colour", frame.rgb, DType::kUInt8, {camera.height, camera.width, 3});
    if (!(camera.fx > 0 && camera.fy > 0)) {
      throw UserError(
          "camera '" + camera.name + "': focal lengths fx = " + std::to_string(camera.fx) +
          ", fy = " + std::to_string(camera.fy) + "; expected positive numbers of pixels");
    }
    HeightmapView view = {};
    view.depth = frame.depth.As<float>().data();
    view.width = camera.width;
    view.fx = camera.fx;
    view.fy = camera.fy;
    view.cx = camera.cx;
    view.cy = camera.cy;
    const std::array<double, 9> rotation = RotationMatrix(camera.X_WC.q);
    for (int i = 0; i < 3; ++i) {
      for (int k = 0; k < 3; ++k) {
        view.transform[i][k] = rotation[static_cast<size_t>(3 * i + k)];
      }
      view.transform[i][3] = camera.X_WC.p[i];
      view.low[i] = bounds_.low[i];
      view.high[i] = bounds_.high[i];
    }
    view.pixel = bounds_.pixel_m;
    view.rows = rows_;
    view.columns = columns_;
    return view;
  }

  // Each view is binned in bands of rows, each into cells of its own.
  void Bin(std::span<const Camera> cameras, std::span<const Frame> frames) {
    views_.clear();
    for (size_t i = 0; i < cameras.size(); ++i) views_.push_back(ViewOf(cameras[i], frames[i]));
    cells_.resize(views_.size() * bands_ * size());
    const internal::Kernels& kernels = internal::ActiveKernels();
    Parallel(static_cast<int64_t>(views_.size() * bands_), [&](int64_t task, int) {
      const auto i = static_cast<size_t>(task) / bands_;
      const auto band = static_cast<int64_t>(static_cast<size_t>(task) % bands_);
      HeightmapCell* const cells = cells_.data() + static_cast<size_t>(task) * size();
      std::fill_n(cells, size(),
                  HeightmapCell{-std::numeric_limits<float>::infinity(), internal::kNoPixel});
      const int64_t height = cameras[i].height, bands = static_cast<int64_t>(bands_);
      kernels.bin(views_[i], static_cast<int>(height * band / bands),
                  static_cast<int>(height * (band + 1) / bands), cells);
    });
  }

  size_t size() const { return static_cast<size_t>(rows_) * static_cast<size_t>(columns_); }

  // Of all bands: the highest, the later one of equals.
  const HeightmapCell& Winner(size_t view, size_t cell) const {
    const HeightmapCell* best = &cells_[view * bands_ * size() + cell];
    for (size_t band = 1; band < bands_; ++band) {
      const HeightmapCell& other = cells_[(view * bands_ + band) * size() + cell];
      if (other.pixel != internal::kNoPixel && other.z >= best->z) best = &other;
    }
    return *best;
  }

  void PrepareImages(Heightmap* out) const {
    Ensure(DType::kUInt8, {rows_, columns_, 3}, &out->rgb);
    Ensure(DType::kFloat32, {rows_, columns_}, &out->height);
  }

  void FuseRows(std::span<const Frame> frames, int first, int last, Heightmap* out) const {
    uint8_t* const rgb = static_cast<uint8_t*>(out->rgb.data());
    float* const height = static_cast<float*>(out->height.data());
    const auto begin = static_cast<size_t>(first) * static_cast<size_t>(columns_);
    const auto end = static_cast<size_t>(last) * static_cast<size_t>(columns_);
    for (size_t cell = begin; cell < end; ++cell) {
      int sum[3] = {0, 0, 0}, count = 0;
      float highest = 0;
      for (size_t i = 0; i < frames.size(); ++i) {
        const HeightmapCell& winner = Winner(i, cell);
        if (winner.pixel == internal::kNoPixel) continue;
        const auto above = static_cast<float>(static_cast<double>(winner.z) - bounds_.low.z);
        highest = std::max(highest, above);
        const uint8_t* const color =
            static_cast<const uint8_t*>(frames[i].rgb.data()) + 3 * size_t{winner.pixel};
        // A black point counts as not seen.
        if ((color[0] | color[1] | color[2]) == 0) continue;
        ++count;
        for (int c = 0; c < 3; ++c) sum[c] += color[c];
      }
      height[cell] = highest;
      for (int c = 0; c < 3; ++c) {
        rgb[3 * cell + static_cast<size_t>(c)] = count > 0 ? RoundedMean(sum[c], count) : 0;
      }
    }
  }

  const HeightmapBounds bounds_;
  const size_t bands_;
  ThreadPool* const pool_;
  int rows_ = 0, columns_ = 0;
  std::vector<HeightmapView> views_;
  std::vector<HeightmapCell> cells_;  // [view][band][row][column]
};

HeightmapFuser::HeightmapFuser(const HeightmapBounds& bounds, ThreadPool* pool)
    : impl_(std::make_unique<Impl>(bounds, pool)) {}
HeightmapFuser::~HeightmapFuser() = default;
const HeightmapBounds& HeightmapFuser::bounds() const { return impl_->bounds(); }

void HeightmapFuser::Fuse(std::span<const Camera> cameras, std::span<const Frame> frames,
                          Heightmap* out) {
  impl_->Fuse(cameras, frames, out);
}

void HeightmapFuser::FuseWithSegmentation(const Camera& camera, const Frame& frame,
                                          Heightmap* out) {
  impl_->FuseWithSegmentation(camera, frame, out);
}

}  // namespace rookery
