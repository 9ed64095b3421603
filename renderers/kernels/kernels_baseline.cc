#include "renderers/kernels/kernels.h"
#include "renderers/kernels/simd_baseline.h"

namespace rookery::internal {
namespace baseline {
namespace {
#include "renderers/kernels/bin_impl.h"
#include "renderers/kernels/raster_impl.h"
#include "renderers/kernels/resolve_impl.h"
}  // namespace
}  // namespace baseline

const Kernels& BaselineKernels() {
  static constexpr Kernels kKernels = {"baseline", baseline::Raster, baseline::Resolve,
                                       baseline::BlockMax, baseline::Bin};
  return kKernels;
}

}  // namespace rookery::internal
