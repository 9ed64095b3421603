// Every fused operation against LibTorch's own operators, forward and backward.
#include <gtest/gtest.h>

#include "agents/nn/ops.h"
#include "core/error.h"
#include "tests/agents/kernel_sets.h"
#include "tests/agents/reference_networks.h"

namespace rookery::nn {
namespace {

using rookery::testing::KernelSets;
using rookery::testing::RandomTensor;
using rookery::testing::WithKernelSet;

Tensor Last(const Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

void ExpectNear(const Tensor& a, const Tensor& b, double relative, const char* what) {
  ASSERT_EQ(a.sizes(), b.sizes()) << what;
  EXPECT_LE((a.to(at::kFloat) - b.to(at::kFloat)).abs().max().item<double>(),
            relative * b.abs().max().item<double>() + 1e-7)
      << what;
}

// Runs an operation both ways.
template <typename F>
auto Both(const F& f) {
  UseReferenceOps(true);
  auto expected = f();
  UseReferenceOps(false);
  return std::pair{f(), expected};
}

// Samples, channels, height, width: panels of 64, 32 and 16 channels, more pixels than one chunk.
const std::vector<std::vector<int64_t>> kShapes = {
    {1, 16, 8, 8}, {3, 32, 6, 10}, {2, 112, 4, 4}, {1, 64, 128, 80}};

// Activations of a type on the kernels of an instruction set.
class OpsOfType : public ::testing::TestWithParam<std::tuple<at::ScalarType, std::string>> {
 protected:
  at::ScalarType type() const { return std::get<0>(GetParam()); }
  double tolerance() const { return type() == at::kFloat ? 2e-5 : 1.2e-2; }
  Tensor Cast(const Tensor& x) const { return Last(x.to(type())); }

  WithKernelSet with_ = WithKernelSet(std::get<1>(GetParam()));
};

TEST_P(OpsOfType, GroupNorm) {
  c10::InferenceMode guard;
  for (const auto& shape : kShapes) {
    const Tensor x = Cast(RandomTensor(shape, 1) * 3 + 1), add = Cast(RandomTensor(shape, 2));
    const Tensor gamma = RandomTensor({shape[1]}, 3), beta = RandomTensor({shape[1]}, 4);
    const Tensor dy = Cast(RandomTensor(shape, 5));
    for (bool relu : {true, false}) {
      NormState state, state_reference;
      const auto forward = [&](NormState* keep) {
        return relu ? NormRelu(x, gamma, beta, keep)
                    : NormAddRelu(x, gamma, beta, add, false, keep);
      };
      UseReferenceOps(true);
      const Tensor expected = forward(&state_reference);
      const NormGradients wanted = NormBackward(dy, state_reference, gamma, beta, relu);
      UseReferenceOps(false);
      ExpectNear(forward(&state), expected, tolerance(), "norm");
      ExpectNear(state.mean, state_reference.mean, 1e-4, "mean");
      ExpectNear(state.rstd, state_reference.rstd, 1e-4, "rstd");
      const NormGradients got = NormBackward(dy, state, gamma, beta, relu);
      ExpectNear(got.input, wanted.input, tolerance(), "input gradient");
      ExpectNear(got.gamma, wanted.gamma, 1e-3, "gamma gradient");
      ExpectNear(got.beta, wanted.beta, 1e-3, "beta gradient");
    }
  }
}

TEST_P(OpsOfType, Doubling) {
  c10::InferenceMode guard;
  for (const auto& shape : kShapes) {
    const std::vector<int64_t> wide = {shape[0], shape[1], 2 * shape[2], 2 * shape[3]};
    const Tensor x = Cast(RandomTensor(shape, 1)), skip = Cast(RandomTensor(wide, 2));
    for (bool relu : {true, false}) {
      for (const Tensor& add : {skip, Tensor()}) {
        const auto [got, expected] = Both([&] { return Upsample(x, add, relu); });
        ExpectNear(got, expected, tolerance(), "doubling");
      }
    }
    const auto [got, expected] = Both([&] { return UpsampleBackward(skip); });
    ExpectNear(got, expected, tolerance(), "gradient of doubling");
  }
}

TEST_P(OpsOfType, Masks) {
  c10::InferenceMode guard;
  const Tensor y = Cast(RandomTensor({2, 32, 6, 6}, 1)), add = Cast(RandomTensor({2, 32, 6, 6}, 2));
  const Tensor d = Cast(RandomTensor({2, 32, 6, 6}, 3));
  const auto run = [&](const auto& f) {
    return Both([&] {
      Tensor copy = d.clone();
      f(copy);
      return copy;
    });
  };
  const auto [a, b] = run([&](Tensor& t) { MaskInPlace(y, t); });
  EXPECT_TRUE(at::equal(a, b));
  const auto [c, e] = run([&](Tensor& t) { AddMaskInPlace(add, y, t); });
  ExpectNear(c, e, tolerance(), "add and mask");
  const auto [g, h] = run([&](Tensor& t) { AddMaskInPlace(add, Tensor(), t); });
  ExpectNear(g, h, tolerance(), "add");
}

TEST_P(OpsOfType, ThinConvolutions) {
  c10::InferenceMode guard;
  for (int64_t planes : {1, 3, 9}) {
    const Tensor x = Cast(RandomTensor({2, 32, 8, 6}, 1)),
                 mask = Cast(RandomTensor({2, 32, 8, 6}, 2));
    const Tensor maps = RandomTensor({2, planes, 8, 6}, 3), weight = RandomTensor({planes, 32}, 4);
    const Tensor plane_bias = RandomTensor({planes}, 5), bias = RandomTensor({32}, 6);
    const auto [a, b] = Both([&] { return Reduce(x, weight, plane_bias, Tensor()); });
    ExpectNear(a, b, 1e-5, "reduce");
    const auto [c, d] = Both([&] { return Reduce(x, weight, Tensor(), maps.clone()); });
    ExpectNear(c, d, 1e-5, "reduce and add");
    for (bool relu : {true, false}) {
      const auto [e, f] = Both([&] { return Spread(maps, weight, bias, relu, mask, type()); });
      ExpectNear(e, f, tolerance(), "spread");
    }
    const auto [g, h] = Both([&] {
      Tensor gradient = at::ones({planes, 32});
      OuterInPlace(maps, x, gradient);
      return gradient;
    });
    ExpectNear(g, h, 1e-5, "outer");
    const auto [i, j] = Both([&] { return ChannelSums(x); });
    ExpectNear(i, j, 1e-4, "sums");
  }
}

TEST_P(OpsOfType, Convolutions) {
  c10::InferenceMode guard;
  const Tensor x = Cast(RandomTensor({2, 16, 8, 8}, 1)), bias = RandomTensor({32}, 2).to(type());
  for (int64_t window : {1, 3}) {
    for (int stride : {1, 2}) {
      const Tensor weight = Cast(RandomTensor({32, 16, window, window}, 3) * 0.1);
      const auto [a, b] = Both([&] { return Conv(x, weight, bias, stride, true); });
      ExpectNear(a, b, tolerance(), "convolution");
      EXPECT_TRUE(a.is_contiguous(at::MemoryFormat::ChannelsLast));
    }
    const Tensor weight = Cast(RandomTensor({32, 16, window, window}, 4) * 0.1);
    const Tensor add = Cast(RandomTensor({2, 32, 8, 8}, 5));
    const auto [a, b] = Both([&] { return ConvAddRelu(x, weight, bias, add); });
    ExpectNear(a, b, tolerance(), "convolution and addition");
  }
}

std::vector<at::ScalarType> Types() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16")) return {at::kFloat, at::kBFloat16};
#endif
  return {at::kFloat};
}
INSTANTIATE_TEST_SUITE_P(Types, OpsOfType,
                         ::testing::Combine(::testing::ValuesIn(Types()),
                                            ::testing::ValuesIn(KernelSets())),
                         [](const auto& c) {
                           return (std::get<0>(c.param) == at::kFloat ? "Float_" : "Bfloat16_") +
                                  std::get<1>(c.param);
                         });

TEST(Ops, KernelSetsAreChosenByName) {
  EXPECT_EQ(FindKernels("sse9"), nullptr);
  for (const std::string& set : KernelSets()) {
    const WithKernelSet with(set);
    EXPECT_EQ(GetKernels().name, set);
  }
}

// The kernels read raw memory: another order or type must not get there.
TEST(Ops, RefuseActivationsOfAnotherLayout) {
  c10::InferenceMode guard;
  const Tensor rows = RandomTensor({2, 32, 6, 6}, 1), y = Last(RandomTensor({2, 32, 6, 6}, 2));
  Tensor d = Last(RandomTensor({2, 32, 6, 6}, 3));
  EXPECT_THROW(MaskInPlace(rows, d), Bug);
  EXPECT_THROW(AddMaskInPlace(rows, y, d), Bug);
  EXPECT_THROW(MaskInPlace(y.to(at::kBFloat16), d), Bug);
  EXPECT_THROW(Upsample(rows, Tensor(), true), Bug);
  EXPECT_THROW(ChannelSums(rows), Bug);
}

// What the references mean, by autograd.
TEST(Ops, GradientsAreThoseOfAutograd) {
  Tensor x = RandomTensor({2, 16, 6, 4}, 1), gamma = RandomTensor({16}, 2),
         beta = RandomTensor({16}, 3);
  Tensor add = RandomTensor({2, 16, 6, 4}, 4);
  const Tensor dy = RandomTensor({2, 16, 6, 4}, 5), dwide = RandomTensor({2, 16, 12, 8}, 6);
  for (Tensor* t : {&x, &gamma, &beta, &add}) t->set_requires_grad(true);
  const Tensor y = (torch::group_norm(x, 2, gamma, beta) + add).relu();
  y.backward(dy);
  {
    c10::InferenceMode guard;
    NormState state;
    const Tensor got = NormAddRelu(Last(x), gamma, beta, Last(add), false, &state);
    ExpectNear(got, y, 1e-5, "norm");
    Tensor d = Last(dy).clone();
    MaskInPlace(got, d);
    ExpectNear(d, add.grad(), 1e-5, "shortcut gradient");
    const NormGradients g = NormBackward(d, state, gamma, beta, false);
    ExpectNear(g.input, x.grad(), 1e-4, "input gradient");
    ExpectNear(g.gamma, gamma.grad(), 1e-4, "gamma gradient");
    ExpectNear(g.beta, beta.grad(), 1e-4, "beta gradient");
  }
  Tensor u = RandomTensor({2, 16, 6, 4}, 7).set_requires_grad(true);
  at::upsample_bilinear2d(u, {12, 8}, false).backward(dwide);
  c10::InferenceMode guard;
  ExpectNear(UpsampleBackward(Last(dwide)), u.grad(), 1e-5, "gradient of doubling");
}

class OpsOfSet : public ::testing::TestWithParam<std::string> {
 protected:
  WithKernelSet with_ = WithKernelSet(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Sets, OpsOfSet, ::testing::ValuesIn(KernelSets()),
                         [](const auto& c) { return c.param; });

TEST_P(OpsOfSet, SoftmaxLossAndItsGradient) {
  c10::InferenceMode guard;
  for (double scale : {1.0, 300.0}) {
    const Tensor logits = RandomTensor({4, 20, 16}, 1) * scale;
    const int64_t label = 777;
    const Tensor flat = logits.reshape({-1}).to(at::kDouble);
    const double expected = (flat.logsumexp(0) - flat[label]).item<double>();
    Tensor gradient = flat.softmax(0);
    gradient[label] -= 1;
    Tensor mine = logits.clone();
    EXPECT_NEAR(SoftmaxLossInPlace(mine, label), expected, 1e-5 * std::max(1.0, expected));
    EXPECT_LT((mine.reshape({-1}) - gradient).abs().max().item<double>(), 1e-6);
    mine = logits.clone();
    SoftmaxLossInPlace(mine, -1);
    EXPECT_NEAR(mine.sum().item<double>(), 1.0, 1e-5);
  }
  Tensor bad = at::zeros({32});
  bad[5] = std::nan("");
  EXPECT_TRUE(std::isnan(SoftmaxLossInPlace(bad, 1)));
}

}  // namespace
}  // namespace rookery::nn
