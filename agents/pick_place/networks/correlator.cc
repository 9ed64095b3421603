#include "agents/pick_place/networks/correlator.h"

#include <array>

#include "core/error.h"

namespace rookery::pick_place {
namespace {

class SimdFftCorrelator final : public Correlator {
 public:
  explicit SimdFftCorrelator(const CorrelationShape& shape) : correlation_(shape) {}

  Tensor Forward(const Tensor& scene, const Tensor& kernels, double scale) override {
    const CorrelationShape& s = correlation_.shape();
    const Tensor maps = at::empty({s.rotations, s.rows, s.columns}, at::kFloat);
    correlation_.Forward(scene.data_ptr<float>(), kernels.data_ptr<float>(),
                         static_cast<float>(scale), maps.data_ptr<float>());
    return maps;
  }

  std::pair<Tensor, Tensor> Backward(const Tensor& maps, double scale) override {
    const CorrelationShape& s = correlation_.shape();
    const Tensor scene = at::empty({1, s.channels, s.scene_rows(), s.scene_columns()}, at::kFloat);
    const Tensor kernels = at::empty({s.rotations, s.channels, s.crop, s.crop}, at::kFloat);
    correlation_.Backward(maps.data_ptr<float>(), static_cast<float>(scale),
                          scene.data_ptr<float>(), kernels.data_ptr<float>());
    return {scene, kernels};
  }

 private:
  FftCorrelation correlation_;
};

class FftCorrelator final : public Correlator {
 public:
  explicit FftCorrelator(const CorrelationShape& shape)
      : shape_(shape), size_{FftLength(shape.scene_rows()), FftLength(shape.scene_columns())} {}

  Tensor Forward(const Tensor& scene, const Tensor& kernels, double scale) override {
    scene_ = at::fft_rfft2(scene, size_);
    kernels_ = at::fft_rfft2(kernels, size_);
    return Back((scene_ * kernels_.conj()).sum(1), shape_.rows, shape_.columns, scale);
  }

  std::pair<Tensor, Tensor> Backward(const Tensor& maps, double scale) override {
    const Tensor gradient = at::fft_rfft2(maps, size_).unsqueeze(1);
    const Tensor scene = (gradient * kernels_).sum(0, true);
    const Tensor kernels = scene_ * gradient.conj();
    return {Back(scene, shape_.scene_rows(), shape_.scene_columns(), scale),
            Back(kernels, shape_.crop, shape_.crop, scale)};
  }

 private:
  Tensor Back(const Tensor& spectrum, int rows, int columns, double scale) const {
    return at::fft_irfft2(spectrum, size_)
        .narrow(-2, 0, rows)
        .narrow(-1, 0, columns)
        .mul(scale)
        .contiguous();
  }

  CorrelationShape shape_;
  std::array<int64_t, 2> size_;
  Tensor scene_, kernels_;  // spectra of the last Forward
};

class DirectCorrelator final : public Correlator {
 public:
  explicit DirectCorrelator(const CorrelationShape& shape) : crop_(shape.crop) {}

  Tensor Forward(const Tensor& scene, const Tensor& kernels, double scale) override {
    scene_ = scene;
    // The extra row and column make the output rows x columns, with no half-pixel shift.
    kernels_ = at::constant_pad_nd(kernels, {0, 1, 0, 1});
    return at::conv2d(scene, kernels_).squeeze(0).mul(scale).contiguous();
  }

  std::pair<Tensor, Tensor> Backward(const Tensor& maps, double scale) override {
    const std::array<int64_t, 2> zeros = {0, 0}, ones = {1, 1};
    const auto [scene, kernels, bias] =
        at::convolution_backward(maps.unsqueeze(0), scene_, kernels_, std::nullopt, ones, zeros,
                                 ones, false, zeros, 1, {true, true, false});
    return {scene.mul(scale).contiguous(),
            kernels.narrow(2, 0, crop_).narrow(3, 0, crop_).mul(scale).contiguous()};
  }

 private:
  int crop_;
  Tensor scene_, kernels_;
};

}  // namespace

std::unique_ptr<Correlator> MakeCorrelator(CorrelatorKind kind, const CorrelationShape& shape) {
  switch (kind) {
    case CorrelatorKind::kSimdFft:
      return std::make_unique<SimdFftCorrelator>(shape);
    case CorrelatorKind::kFft:
      return std::make_unique<FftCorrelator>(shape);
    case CorrelatorKind::kDirect:
      return std::make_unique<DirectCorrelator>(shape);
  }
  throw Bug("unknown correlator");
}

}  // namespace rookery::pick_place
