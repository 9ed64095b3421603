// Every fused operation against LibTorch's own operators, forward and backward.
#include <gtest/gtest.h>

#include "agents/nn/ops.h"
#include "core/rng.h"

namespace rookery::nn {
namespace {

Tensor Random(at::IntArrayRef shape, uint64_t seed) {
  Tensor out = at::empty(shape, at::kFloat);
  Rng rng(seed);
  for (int64_t i = 0; i < out.numel(); ++i) {
    out.data_ptr<float>()[i] = static_cast<float>(rng.Normal());
  }
  return out;
}

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

class OpsOfType : public ::testing::TestWithParam<at::ScalarType> {
 protected:
  double tolerance() const { return GetParam() == at::kFloat ? 2e-5 : 1.2e-2; }
  Tensor Cast(const Tensor& x) const { return Last(x.to(GetParam())); }
};

TEST_P(OpsOfType, GroupNorm) {
  c10::InferenceMode guard;
  for (const auto& shape : kShapes) {
    const Tensor x = Cast(Random(shape, 1) * 3 + 1), add = Cast(Random(shape, 2));
    const Tensor gamma = Random({shape[1]}, 3), beta = Random({shape[1]}, 4);
    const Tensor dy = Cast(Random(shape, 5));
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
    const Tensor x = Cast(Random(shape, 1)), skip = Cast(Random(wide, 2));
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
  const Tensor y = Cast(Random({2, 32, 6, 6}, 1)), add = Cast(Random({2, 32, 6, 6}, 2));
  const Tensor d = Cast(Random({2, 32, 6, 6}, 3));
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
    const Tensor x = Cast(Random({2, 32, 8, 6}, 1)), mask = Cast(Random({2, 32, 8, 6}, 2));
    const Tensor maps = Random({2, planes, 8, 6}, 3), weight = Random({planes, 32}, 4);
    const Tensor plane_bias = Random({planes}, 5), bias = Random({32}, 6);
    const auto [a, b] = Both([&] { return Reduce(x, weight, plane_bias, Tensor()); });
    ExpectNear(a, b, 1e-5, "reduce");
    const auto [c, d] = Both([&] { return Reduce(x, weight, Tensor(), maps.clone()); });
    ExpectNear(c, d, 1e-5, "reduce and add");
    for (bool relu : {true, false}) {
      const auto [e, f] = Both([&] { return Spread(maps, weight, bias, relu, mask, GetParam()); });
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
  const Tensor x = Cast(Random({2, 16, 8, 8}, 1)), bias = Random({32}, 2).to(GetParam());
  for (int64_t window : {1, 3}) {
    for (int stride : {1, 2}) {
      const Tensor weight = Cast(Random({32, 16, window, window}, 3) * 0.1);
      const auto [a, b] = Both([&] { return Conv(x, weight, bias, stride, true); });
      ExpectNear(a, b, tolerance(), "convolution");
      EXPECT_TRUE(a.is_contiguous(at::MemoryFormat::ChannelsLast));
    }
    const Tensor weight = Cast(Random({32, 16, window, window}, 4) * 0.1);
    const Tensor add = Cast(Random({2, 32, 8, 8}, 5));
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
INSTANTIATE_TEST_SUITE_P(Types, OpsOfType, ::testing::ValuesIn(Types()), [](const auto& c) {
  return c.param == at::kFloat ? std::string("Float") : std::string("Bfloat16");
});

// What the references mean, by autograd.
TEST(Ops, GradientsAreThoseOfAutograd) {
  Tensor x = Random({2, 16, 6, 4}, 1), gamma = Random({16}, 2), beta = Random({16}, 3);
  Tensor add = Random({2, 16, 6, 4}, 4);
  const Tensor dy = Random({2, 16, 6, 4}, 5), dwide = Random({2, 16, 12, 8}, 6);
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
  Tensor u = Random({2, 16, 6, 4}, 7).set_requires_grad(true);
  at::upsample_bilinear2d(u, {12, 8}, false).backward(dwide);
  c10::InferenceMode guard;
  ExpectNear(UpsampleBackward(Last(dwide)), u.grad(), 1e-5, "gradient of doubling");
}

TEST(Ops, SoftmaxLossAndItsGradient) {
  c10::InferenceMode guard;
  for (double scale : {1.0, 300.0}) {
    const Tensor logits = Random({4, 20, 16}, 1) * scale;
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
