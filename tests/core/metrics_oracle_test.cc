// What TensorBoard reads from our event files.
#include <gtest/gtest.h>

#include "core/metrics_writer.h"
#include "tests/peers_python.h"

namespace rookery {
namespace {

constexpr char kScript[] = R"(
import sys
import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0})
events.Reload()
assert events.file_version == 2, events.file_version
for tag in sorted(events.Tags()['scalars']):
    for e in events.Scalars(tag):
        assert 1.5e9 < e.wall_time < 1e11, e
        print(tag, e.step, np.float32(e.value).tobytes().hex())
)";

std::string Line(const std::string& tag, int64_t step, float value) {
  char text[128];
  const uint32_t bits = __builtin_bswap32(std::bit_cast<uint32_t>(value));
  std::snprintf(text, sizeof(text), "%s %lld %08x\n", tag.c_str(), static_cast<long long>(step),
                bits);
  return text;
}

TEST(MetricsOracle, TensorBoardReadsEveryScalarOfAResumedRun) {
  const std::string python = testing::PeersPython("tensorboard");
  if (python.empty()) GTEST_SKIP() << testing::kNoPeers;
  const testing::TempFolder folder;
  const auto loss = [](int64_t step) { return 1.0 / static_cast<double>(step); };
  {
    MetricsWriter writer(folder.path());
    for (int64_t step = 1; step <= 250; ++step) writer.Write(step, {{"loss/attention", 7}});
  }
  MetricsWriter writer(folder.path(), 0);
  for (int64_t step = 1; step <= 300; ++step) {
    writer.Write(step, {{"loss/attention", loss(step)}, {"loss/transport", -2 * loss(step)}});
  }
  writer.Write(INT64_C(5000000000), {{"validation/score", 97.25}});
  std::string expected;
  for (int64_t step = 1; step <= 300; ++step) {
    expected += Line("loss/attention", step, static_cast<float>(loss(step)));
  }
  for (int64_t step = 1; step <= 300; ++step) {
    expected += Line("loss/transport", step, static_cast<float>(-2 * loss(step)));
  }
  expected += Line("validation/score", INT64_C(5000000000), 97.25F);
  EXPECT_EQ(testing::RunPython(python, kScript, "'" + folder.path() + "' 2>/dev/null"), expected);
}

}  // namespace
}  // namespace rookery
