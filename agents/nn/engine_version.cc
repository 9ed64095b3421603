// Names LibTorch among the engines that a run depends on.
#include <torch/version.h>

#include "core/run_folder.h"

namespace rookery {
namespace {

[[maybe_unused]] const bool kRegistered = RegisterEngineVersion("torch", TORCH_VERSION);

}  // namespace
}  // namespace rookery
