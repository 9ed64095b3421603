#include "tests/golden/golden_trace.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "core/run_folder.h"
#include "tests/conformance/env_kit.h"

namespace rookery::testing {
namespace {

constexpr uint64_t kSeed = 1;
constexpr int kSteps = 6;
constexpr int64_t kLargest = 64;  // elements that are written out

std::string Short(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.5g", value);
  return text;
}

void SplitBySize(const ArrayMap& arrays, ArrayMap* numbers, ArrayMap* pictures) {
  for (const auto& [name, array] : arrays) {
    (array.size() <= kLargest ? numbers : pictures)->Set(name, array);
  }
}

std::string StepText(const StepResult& result) {
  ArrayMap numbers, pictures;
  SplitBySize(result.observation, &numbers, &pictures);
  SplitBySize(result.info, &numbers, &pictures);
  std::string text = "  reward " + Short(result.reward) +
                     (result.terminated ? " terminated" : "") +
                     (result.truncated ? " truncated" : "") + "\n";
  text += "  numbers " + HashHex(HashArrays(numbers)) + "\n";
  for (const auto& [name, array] : numbers) {
    text += "    " + name;
    for (int64_t i = 0; i < array.size(); ++i) text += " " + Short(array.AsDouble(i));
    text += "\n";
  }
  if (!pictures.empty()) text += "  pictures " + HashHex(HashArrays(pictures)) + "\n";
  return text;
}

}  // namespace

std::string GoldenFolder() { return ROOKERY_SOURCE_DIR "/tests/golden"; }

std::string GoldenPath(const std::string& id) {
  std::string name;
  for (char c : id) name += c == '/' ? std::string("__") : std::string(1, c);
  return GoldenFolder() + "/" + name + ".txt";
}

std::string MakeGoldenTrace(const std::string& id) {
  const EnvEntry& entry = FindEnv(id);
  const std::unique_ptr<Config> config = entry.make_config();
  const std::unique_ptr<Env> env = entry.make(*config);
  std::string text = "id " + id + "\nconfig " + ConfigToJson(*config).dump() + "\n";
  for (const auto& [engine, version] : EngineVersions()) {
    // A new commit of ours is no reason to record anew.
    if (engine.rfind("rookery", 0) != 0) text += "engine " + engine + " " + version + "\n";
  }
  text += "seed " + std::to_string(kSeed) + "\n";

  StepResult result;
  env->Reset(kSeed, &result);
  text += "step 0\n" + StepText(result);
  const Chooser choose = MixedActions(kSeed);
  for (int step = 1; step <= kSteps && !env->needs_reset(); ++step) {
    ArrayMap action;
    if (!choose(env.get(), &action)) break;
    env->Step(action, &result);
    text += "step " + std::to_string(step) + "\n  action " + HashHex(HashArrays(action)) + "\n" +
            StepText(result);
  }
  return text;
}

}  // namespace rookery::testing
