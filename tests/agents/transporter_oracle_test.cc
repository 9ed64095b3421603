// The peer of `rookery bench transporter` computes what we compute: our weights, the same image and
// labels, and both losses and the gradients of all three networks agree.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "agents/pick_place/models.h"
#include "core/checkpoint_file.h"
#include "tests/agents/insertion_scene.h"
#include "tests/peers_python.h"

namespace rookery::pick_place {
namespace {

using nlohmann::json;

class TransporterPeer : public ::testing::TestWithParam<TransporterConfig> {};

TEST_P(TransporterPeer, LossesAndGradientsAreOurs) {
  const std::string python = rookery::testing::PeersPython("torch");
  if (python.empty()) {
    GTEST_SKIP() << "no Python with PyTorch: run scripts/install_dependencies --torch-python, or "
                    "set ROOKERY_PEERS_PYTHON";
  }
  c10::InferenceMode guard;
  const TransporterConfig& config = GetParam();
  const Image image = ImageFromObservation(rookery::testing::MakeInsertionScene(7).observation,
                                           config.half_resolution, "scene");
  const Cell pick{config.rows() / 3, config.columns() / 2, 0};
  const Cell place{config.rows() / 2, config.columns() / 3, 5};

  Models models(config, at::kFloat, at::kCPU, 3);
  // Biases too, which begin with 0.
  Checkpoint checkpoint;
  models.parameters.Save(&checkpoint);
  Rng rng(11);
  for (const std::string& name : checkpoint.tensors.Names()) {
    if (name.rfind("weight/", 0) != 0) continue;
    Array& array = checkpoint.tensors.at(name);
    array = array.Clone();
    if (name.ends_with("weight")) continue;
    for (float& value : array.As<float>()) value += static_cast<float>(0.1 * rng.Normal());
  }
  models.parameters.Load(checkpoint);
  Array pixels(DType::kFloat32, {6, config.rows(), config.columns()});
  const size_t n = image.height.size();
  for (size_t c = 0; c < 6; ++c) {
    for (size_t i = 0; i < n; ++i) {
      pixels.As<float>()[c * n + i] =
          c < 3 ? static_cast<float>(image.rgb[3 * i + c]) / 255.0F : image.height[i];
    }
  }
  checkpoint.tensors.Set("image", pixels);
  const rookery::testing::TempFolder folder;
  const std::string file = folder.path() + "/weights.safetensors";
  WriteCheckpoint(file, checkpoint);
  const json setup = {{"command", "setup"},
                      {"network", config.network},
                      {"width", config.width},
                      {"half_resolution", config.half_resolution},
                      {"crop", config.crop},
                      {"rotations", config.rotations},
                      {"output_scale", config.output_scale},
                      {"weight_average", 0},
                      {"bf16", false},
                      {"correlation", config.correlation},
                      {"threads", 1}};
  const json compare = {{"command", "compare"},
                        {"file", file},
                        {"pick", {pick.row, pick.column}},
                        {"place", {place.row, place.column, place.bin}}};
  const std::string requests =
      folder.Write("requests", setup.dump() + "\n" + compare.dump() + "\n");
  std::istringstream answers(
      rookery::testing::OutputOf("'" + python + "' '" + rookery::testing::SourceFolder() +
                                 "/tests/bench/transporter_peer.py' < '" + requests + "'"));
  std::string greeting, size, line;
  std::getline(answers, greeting);
  std::getline(answers, size);
  std::getline(answers, line);
  const json theirs = json::parse(line);
  ASSERT_TRUE(theirs.contains("gradients")) << line;
  EXPECT_EQ(json::parse(size)["parameters"], models.parameters.count());

  models.inputs.SetImage(image);
  const double attention = models.pick.Train(models.inputs, pick);
  const double transport = models.place->Train(models.inputs, pick, place, &rng);
  // Sums over millions of cells in another order: 1e-4 of a loss, 1e-3 of a gradient's norm (a
  // ReLU at zero up to rounding may fall on the other side).
  EXPECT_NEAR(theirs["attention"].get<double>(), attention, 1e-4 * attention);
  EXPECT_NEAR(theirs["transport"].get<double>(), transport, 1e-4 * transport);
  for (const char* network : {"attention", "transport.scene", "transport.crop"}) {
    double square = 0;
    for (int id = 0; id < models.parameters.size(); ++id) {
      if (models.parameters.name(id).rfind(std::string(network) + ".", 0) != 0) continue;
      square += std::pow(models.parameters.Gradient(id).norm().item<double>(), 2);
    }
    const double norm = std::sqrt(square);
    EXPECT_GT(norm, 0);
    EXPECT_NEAR(theirs["gradients"][network].get<double>(), norm, 1e-3 * norm) << network;
  }
}

TransporterConfig Variant(const std::string& network, const std::string& correlation) {
  TransporterConfig config;
  config.network = network;
  config.correlation = correlation;
  config.bf16 = "off";
  return config;
}
INSTANTIATE_TEST_SUITE_P(Networks, TransporterPeer,
                         ::testing::Values(Variant("unet", "fft"), Variant("unet", "direct"),
                                           Variant("resnet", "fft")),
                         [](const auto& c) { return c.param.network + "_" + c.param.correlation; });

}  // namespace
}  // namespace rookery::pick_place
