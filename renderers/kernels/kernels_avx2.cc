#include "renderers/kernels/kernels.h"

#if defined(__x86_64__)

#include "renderers/kernels/simd_avx2.h"

namespace rookery::internal {
namespace avx2 {
namespace {
#include "renderers/kernels/bin_impl.h"
#include "renderers/kernels/raster_impl.h"
#include "renderers/kernels/resolve_impl.h"
}  // namespace
}  // namespace avx2

const Kernels& Avx2Kernels() {
  static constexpr Kernels kKernels = {"avx2", avx2::Raster, avx2::Resolve, avx2::BlockMax,
                                       avx2::Bin};
  return kKernels;
}

}  // namespace rookery::internal

#else

namespace rookery::internal {
const Kernels& Avx2Kernels() { return BaselineKernels(); }
}  // namespace rookery::internal

#endif
