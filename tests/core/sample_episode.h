// An episode with arrays of every kind, for tests of storage.
#ifndef ROOKERY_TESTS_CORE_SAMPLE_EPISODE_H_
#define ROOKERY_TESTS_CORE_SAMPLE_EPISODE_H_

#include <cmath>
#include <limits>
#include <string>

#include "core/episode.h"
#include "core/rng.h"

namespace rookery::testing {

// `steps` actions; pictures of height x width with flat areas and noise, as cameras see them.
inline Episode SampleEpisode(uint64_t seed, int64_t steps, int64_t height = 48,
                             int64_t width = 40) {
  Rng rng(seed);
  Episode out;
  out.env_id = "Test/Sample-v0";
  out.env_config = R"({"cubes":4,"note":"µ \"quoted\""})";
  out.instruction = "put \"it\" there, µ";
  out.agent = "oracle";
  if (seed % 2 == 0) out.reset_options.Set("start", Array::Of<double>({1.5, -2}));
  out.seed = seed;
  out.random_state = std::string("\0\1\xff bytes", 9);
  out.versions = {{"rookery", "1.2"}, {"bullet", "3.2.7"}};
  const auto picture = [&] {
    Array rgb(DType::kUInt8, {height, width, 3});
    for (int64_t i = 0; i < rgb.size(); ++i) {
      const bool flat = i / (width * 3) < height / 2;
      rgb.As<uint8_t>()[static_cast<size_t>(i)] =
          static_cast<uint8_t>(flat ? 90 + i % 3 : rng.Integer(40, 60));
    }
    return rgb;
  };
  const auto depth = [&] {
    Array metres(DType::kFloat32, {height, width});
    for (float& z : metres.As<float>()) {
      z = rng.Integer(8) == 0 ? static_cast<float>(rng.Uniform(0, 0.1)) : 0.0F;
    }
    return metres;
  };
  for (int64_t t = 0; t <= steps; ++t) {
    ArrayMap observation, info;
    observation.Set("heightmap.rgb", picture());
    observation.Set("heightmap.depth", depth());
    observation.Set("arm %d", Array::Of<double>({rng.Uniform(), -0.0, std::nan("3"), 1e-310}));
    observation.Set("a scalar", Array::Scalar<int64_t>(rng.Integer(INT64_MIN, INT64_MAX)));
    observation.Set("flags", Array::Of<bool>({true, false, rng.Uniform() < 0.5}));
    observation.Set("none", Array(DType::kFloat32, {0, 3}));
    info.Set("success", Array::Scalar<bool>(t == steps));
    info.Set("count", Array::Scalar<int32_t>(static_cast<int32_t>(t) - 1));
    out.observations.push_back(std::move(observation));
    out.infos.push_back(std::move(info));
    out.hashes.push_back(rng.NextUInt64());
    if (t == steps) break;
    ArrayMap action;
    action.Set("place", Array::Of<float>({static_cast<float>(t), 0.5F}));
    action.Set("gear", Array::Scalar<int64_t>((INT64_C(1) << 53) + 1 + t));
    out.actions.push_back(std::move(action));
    out.annotations.push_back(t == 1 ? "" : "take step " + std::to_string(t));
    out.rewards.push_back(rng.Normal());
    out.terminated.push_back(t == steps - 1);
    out.truncated.push_back(0);
  }
  return out;
}

inline bool SameArrays(const std::vector<ArrayMap>& a, const std::vector<ArrayMap>& b) {
  if (a.size() != b.size()) return false;
  for (size_t t = 0; t < a.size(); ++t) {
    if (!a[t].BitEqual(b[t])) return false;
  }
  return true;
}

// Empty, or the first field that differs.
inline std::string EpisodeDifference(const Episode& a, const Episode& b) {
  if (a.env_id != b.env_id || a.env_config != b.env_config) return "environment";
  if (a.agent != b.agent || a.seed != b.seed || a.versions != b.versions) return "who and what";
  if (a.instruction != b.instruction || a.annotations != b.annotations) return "texts";
  if (!a.reset_options.BitEqual(b.reset_options)) return "reset options";
  if (a.random_state != b.random_state) return "random_state";
  if (!SameArrays(a.observations, b.observations)) return "observations";
  if (!SameArrays(a.infos, b.infos)) return "infos";
  if (!SameArrays(a.actions, b.actions)) return "actions";
  if (a.rewards != b.rewards) return "rewards";
  if (a.terminated != b.terminated || a.truncated != b.truncated) return "flags";
  if (a.hashes != b.hashes) return "hashes";
  return "";
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_CORE_SAMPLE_EPISODE_H_
