// Checkpoints read by the safetensors library.
#include <gtest/gtest.h>

#include "core/checkpoint_file.h"
#include "tests/peers_python.h"

namespace rookery {
namespace {

constexpr char kScript[] = R"(
import sys
from safetensors import safe_open
with safe_open(sys.argv[1], 'np') as f:
    for key, text in sorted(f.metadata().items()):
        if not key.startswith('rookery.'): print(key, text)
    for key in sorted(f.keys()):
        x = f.get_tensor(key)
        print(key, x.dtype, x.shape, x.tobytes().hex())
)";

TEST(CheckpointOracle, TheSafetensorsLibraryReadsThem) {
  const std::string python = testing::PeersPython("safetensors.numpy");
  if (python.empty()) GTEST_SKIP() << "no safetensors: " << testing::kNoPeers;
  Checkpoint checkpoint;
  checkpoint.tensors.Set("flags", Array::Of<bool>({true, false, true}));
  checkpoint.tensors.Set("weights", Array::Of<float>({1.5F, -2}).Reshaped({2, 1}));
  checkpoint.tensors.Set("bytes", Array::Of<uint8_t>({0, 255}));
  checkpoint.tensors.Set("double", Array::Scalar<double>(-0.5));
  checkpoint.tensors.Set("counts", Array::Of<int64_t>({-1}));
  checkpoint.tensors.Set("small", Array::Of<int32_t>({258}));
  checkpoint.tensors.Set("none", Array(DType::kFloat32, {0, 4}));
  checkpoint.meta = {{"config", R"({"lr": 0.001})"}, {"unicode", "µ"}};
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/file.safetensors";
  WriteCheckpoint(path, checkpoint);
  EXPECT_EQ(testing::RunPython(python, kScript, "'" + path + "'"),
            "config {\"lr\": 0.001}\n"
            "unicode µ\n"
            "bytes uint8 (2,) 00ff\n"
            "counts int64 (1,) ffffffffffffffff\n"
            "double float64 () 000000000000e0bf\n"
            "flags bool (3,) 010001\n"
            "none float32 (0, 4) \n"
            "small int32 (1,) 02010000\n"
            "weights float32 (2, 1) 0000c03f000000c0\n");
}

}  // namespace
}  // namespace rookery
