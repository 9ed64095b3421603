#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "agents/nn/ops.h"
#include "agents/nn/parameters.h"
#include "core/error.h"
#include "tests/agents/kernel_sets.h"

namespace rookery::nn {
namespace {

using ::testing::HasSubstr;

struct Fixture {
  explicit Fixture(at::ScalarType compute = at::kFloat, uint64_t seed = 0, double average = 0.5)
      : parameters(compute, at::kCPU) {
    weight = parameters.Add("layer.weight", {8, 6, 3, 3}, Init::kGlorotUniform);
    bias = parameters.Add("layer.bias", {8}, Init::kZero);
    gamma = parameters.Add("norm.gamma", {16}, Init::kOne);
    AdamOptions options;
    options.average_decay = average;
    parameters.Allocate(seed, options);
  }
  void Step(uint64_t seed) {
    Rng rng(seed);
    for (int id : {weight, bias, gamma}) {
      Tensor g = at::empty(parameters.Float(id).sizes(), at::kFloat);
      for (int64_t i = 0; i < g.numel(); ++i) {
        g.data_ptr<float>()[i] = static_cast<float>(rng.Normal());
      }
      parameters.AddGradient(id, g);
    }
    parameters.Step(1e-2);
  }
  c10::InferenceMode guard;
  Parameters parameters;
  int weight, bias, gamma;
};

TEST(Parameters, GlorotUniformFillsItsRange) {
  Fixture f;
  EXPECT_EQ(f.parameters.count(), 8 * 6 * 9 + 8 + 16);
  const double limit = std::sqrt(6.0 / (6 * 9 + 8 * 9));
  const Tensor& w = f.parameters.Float(f.weight);
  EXPECT_LT(w.abs().max().item<double>(), limit);
  EXPECT_GT(w.abs().max().item<double>(), 0.9 * limit);
  EXPECT_LT(std::abs(w.mean().item<double>()), 0.15 * limit);
  EXPECT_EQ(f.parameters.Float(f.bias).abs().max().item<double>(), 0);
  EXPECT_EQ(f.parameters.Float(f.gamma).min().item<double>(), 1);
}

TEST(Parameters, SeedDecidesTheWeights) {
  EXPECT_TRUE(at::equal(Fixture().parameters.Float(0), Fixture().parameters.Float(0)));
  EXPECT_FALSE(
      at::equal(Fixture().parameters.Float(0), Fixture(at::kFloat, 1).parameters.Float(0)));
}

TEST(Parameters, AdamFollowsItsDefinition) {
  Fixture f;
  const Tensor start = f.parameters.Float(f.gamma).to(at::kDouble).clone();
  Tensor m = at::zeros_like(start), v = at::zeros_like(start), w = start.clone(),
         average = start.clone();
  for (int t = 1; t <= 5; ++t) {
    const Tensor g = at::full({16}, 0.1 * t, at::kFloat) * at::arange(-8, 8, at::kFloat);
    f.parameters.AddGradient(f.gamma, g * 0.25);
    f.parameters.AddGradient(f.gamma, g * 0.75);  // gradients add up
    f.parameters.Step(1e-2);
    const Tensor d = g.to(at::kDouble);
    m = 0.9 * m + 0.1 * d;
    v = 0.999 * v + 0.001 * d * d;
    w = w - 1e-2 * (m / (1 - std::pow(0.9, t))) / ((v / (1 - std::pow(0.999, t))).sqrt() + 1e-7);
    average = 0.5 * average + 0.5 * w;
  }
  EXPECT_LT((f.parameters.Float(f.gamma) - w).abs().max().item<double>(), 1e-6);
  f.parameters.UseAverage(true);
  EXPECT_LT((f.parameters.Float(f.gamma) - average).abs().max().item<double>(), 1e-6);
  f.parameters.UseAverage(false);
  EXPECT_EQ(f.parameters.Float(f.bias).abs().max().item<double>(), 0);  // never given a gradient
}

// LibTorch's operators, which serve other devices, and the fused loop of every instruction set; the
// steps come to 0.05, and the loop has 1 - 0.999 in float, to 3e-5 of it.
TEST(Parameters, AllWaysToStepAgree) {
  for (at::ScalarType compute : {at::kFloat, at::kBFloat16}) {
    UseReferenceOps(true);
    Fixture generic(compute);
    for (uint64_t i = 0; i < 5; ++i) generic.Step(i);
    UseReferenceOps(false);
    for (const std::string& set : rookery::testing::KernelSets()) {
      const rookery::testing::WithKernelSet with(set);
      Fixture fused(compute);
      for (uint64_t i = 0; i < 5; ++i) fused.Step(i);
      for (const bool average : {false, true}) {
        generic.parameters.UseAverage(average);
        fused.parameters.UseAverage(average);
        for (int id = 0; id < fused.parameters.size(); ++id) {
          const Tensor &a = fused.parameters.Float(id), &b = generic.parameters.Float(id);
          EXPECT_LT((a - b).abs().max().item<double>(), 1e-6) << set << " " << id;
          const Tensor c = fused.parameters.Value(id).to(at::kFloat);
          EXPECT_LT((c - a).abs().max().item<double>(), compute == at::kFloat ? 1e-12 : 5e-3);
        }
      }
    }
  }
}

TEST(Parameters, AverageActsWhileAskedTo) {
  Fixture f;
  f.Step(1);
  const Tensor trained = f.parameters.Float(f.gamma).clone();
  try {
    const AverageActs average(&f.parameters);
    EXPECT_FALSE(at::equal(f.parameters.Float(f.gamma), trained));
    throw Failure("something");
  } catch (const Failure&) {
    EXPECT_TRUE(at::equal(f.parameters.Float(f.gamma), trained));
  }
}

TEST(Parameters, Bfloat16CopyFollowsTheWeights) {
  Fixture f(at::kBFloat16);
  for (uint64_t i = 0; i < 3; ++i) f.Step(i);
  EXPECT_EQ(f.parameters.Value(f.weight).scalar_type(), at::kBFloat16);
  EXPECT_TRUE(
      at::equal(f.parameters.Value(f.weight), f.parameters.Float(f.weight).to(at::kBFloat16)));
  f.parameters.UseAverage(true);
  EXPECT_TRUE(
      at::equal(f.parameters.Value(f.weight), f.parameters.Float(f.weight).to(at::kBFloat16)));
}

TEST(Parameters, LoadGoesOnAsIfNothingHadHappened) {
  Fixture a, b(at::kFloat, 9);
  a.Step(1);
  Checkpoint saved;
  a.parameters.Save(&saved);
  EXPECT_EQ(saved.tensors.at("weight/layer.weight").shape(), (Shape{8, 6, 3, 3}));
  // Row-major (out, in, height, width), whatever the layout in memory.
  EXPECT_EQ(saved.tensors.at("weight/layer.weight").As<float>()[10],
            a.parameters.Float(a.weight)[0][1][0][1].item<float>());
  b.Step(4);
  b.parameters.Load(saved);
  a.Step(2);
  b.Step(2);
  Checkpoint after_a, after_b;
  a.parameters.Save(&after_a);
  b.parameters.Save(&after_b);
  EXPECT_TRUE(after_a.tensors.BitEqual(after_b.tensors));
  EXPECT_EQ(after_a.meta, after_b.meta);
}

TEST(Parameters, LoadNamesWhatDoesNotFitAndChangesNothing) {
  Fixture f;
  f.Step(1);
  Checkpoint good, before;
  f.parameters.Save(&good);
  before = good;
  const auto message = [&](const Checkpoint& bad) -> std::string {
    try {
      f.parameters.Load(bad);
    } catch (const UserError& error) {
      Checkpoint now;
      f.parameters.Save(&now);
      EXPECT_TRUE(now.tensors.BitEqual(before.tensors));
      return error.what();
    }
    return "(no error)";
  };
  Checkpoint bad = good;
  bad.tensors.Set("weight/layer.weight", Array(DType::kFloat32, {8, 6, 5, 5}));
  EXPECT_THAT(message(bad), HasSubstr("'weight/layer.weight' is float32 (8, 6, 5, 5) in the "
                                      "checkpoint, but float32 (8, 6, 3, 3)"));
  bad = good;
  bad.tensors.Erase("adam.second/norm.gamma");
  EXPECT_THAT(message(bad), HasSubstr("no tensor 'adam.second/norm.gamma'"));
  bad = good;
  bad.tensors.Set("weight/other", Array(DType::kFloat32, {1}));
  EXPECT_THAT(message(bad), HasSubstr("'weight/other' (1) that this agent does not know"));
  bad = good;
  bad.meta.clear();
  EXPECT_THAT(message(bad), HasSubstr("how many steps"));
}

TEST(Parameters, SeesGradientsThatAreNotFinite) {
  Fixture f;
  f.parameters.AddGradient(f.bias, at::ones({8}));
  EXPECT_TRUE(f.parameters.GradientsFinite());
  f.parameters.AddGradient(f.gamma, at::full({16}, std::nanf("")));
  EXPECT_FALSE(f.parameters.GradientsFinite());
  f.parameters.DropGradients();
  EXPECT_TRUE(f.parameters.GradientsFinite());
}

}  // namespace
}  // namespace rookery::nn
