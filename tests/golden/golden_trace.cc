#include "tests/golden/golden_trace.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "core/run_folder.h"
#include "tests/conformance/env_kit.h"
#include "tests/paths.h"

namespace rookery::testing {
namespace {

constexpr uint64_t kSeed = 1;
constexpr int kSteps = 6;
constexpr int64_t kLargest = 64;  // elements of an observation that are written out

std::string Short(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.5g", value);
  return text;
}

// One line; of matrices one line for every row that is not all zeros.
std::string ValuesText(const std::string& name, const Array& array) {
  const bool matrix = array.shape().size() == 2;
  const int64_t columns = matrix ? array.shape()[1] : array.size();
  const int64_t rows = matrix ? array.shape()[0] : 1;
  std::string text;
  for (int64_t row = 0; row < rows; ++row) {
    std::string line = "    " + name + (matrix ? "[" + std::to_string(row) + "]" : "");
    bool all_zero = true;
    for (int64_t column = 0; column < columns; ++column) {
      const double value = array.AsDouble(row * columns + column);
      all_zero = all_zero && value == 0;
      line += " " + Short(value);
    }
    if (!matrix || !all_zero) text += line + "\n";
  }
  return text;
}

std::string StepText(const StepResult& result) {
  ArrayMap numbers, pictures;
  for (const auto& [name, array] : result.observation) {
    (array.size() <= kLargest ? numbers : pictures).Set(name, array);
  }
  for (const auto& [name, array] : result.info) numbers.Set(name, array);
  std::string text = "  reward " + Short(result.reward) + (result.terminated ? " terminated" : "") +
                     (result.truncated ? " truncated" : "") + "\n";
  text += "  numbers " + HashHex(HashArrays(numbers)) + "\n";
  for (const auto& [name, array] : numbers) text += ValuesText(name, array);
  if (!pictures.empty()) text += "  pictures " + HashHex(HashArrays(pictures)) + "\n";
  return text;
}

}  // namespace

std::string GoldenFolder() { return SourceFolder() + "/tests/golden"; }

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
