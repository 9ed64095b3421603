// The fast correlations, on every instruction set, against the direct one.
#ifndef ROOKERY_TESTS_AGENTS_FFT_AGAINST_DIRECT_H_
#define ROOKERY_TESTS_AGENTS_FFT_AGAINST_DIRECT_H_

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <string>

#include "agents/pick_place/networks/correlation.h"
#include "agents/pick_place/networks/correlator.h"
#include "tests/agents/kernel_sets.h"
#include "tests/agents/reference_networks.h"

namespace rookery::pick_place {

inline double RelativeError(const Tensor& a, const Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

inline void ExpectFftEqualsDirect(const CorrelationShape& shape) {
  using rookery::testing::RandomTensor;
  const Tensor scene =
      RandomTensor({1, shape.channels, shape.scene_rows(), shape.scene_columns()}, 1);
  const Tensor kernels = RandomTensor({shape.rotations, shape.channels, shape.crop, shape.crop}, 2);
  const Tensor gradient = RandomTensor({shape.rotations, shape.rows, shape.columns}, 3);
  const auto direct = MakeCorrelator(CorrelatorKind::kDirect, shape);
  const Tensor expected = direct->Forward(scene, kernels, 0.5);
  const auto [expected_scene, expected_kernels] = direct->Backward(gradient, 0.5);
  const auto check = [&](CorrelatorKind kind, const std::string& what) {
    const auto fft = MakeCorrelator(kind, shape);
    EXPECT_LT(RelativeError(fft->Forward(scene, kernels, 0.5), expected), 1e-5) << what;
    const auto [dscene, dkernels] = fft->Backward(gradient, 0.5);
    EXPECT_LT(RelativeError(dscene, expected_scene), 1e-5) << what;
    EXPECT_LT(RelativeError(dkernels, expected_kernels), 1e-5) << what;
  };
  check(CorrelatorKind::kFft, "LibTorch's transforms");
  for (const std::string& set : rookery::testing::KernelSets()) {
    const rookery::testing::WithKernelSet with(set);
    check(CorrelatorKind::kSimdFft, set);
  }
}

}  // namespace rookery::pick_place

#endif  // ROOKERY_TESTS_AGENTS_FFT_AGAINST_DIRECT_H_
