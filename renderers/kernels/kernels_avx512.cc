#include "renderers/kernels/kernels.h"

#if defined(__x86_64__)

#include "renderers/kernels/simd_avx512.h"

namespace rookery::internal {
namespace avx512 {
namespace {
#include "renderers/kernels/bin_impl.h"
#include "renderers/kernels/raster_impl.h"
#include "renderers/kernels/resolve_impl.h"
}  // namespace
}  // namespace avx512

const Kernels& Avx512Kernels() {
  static constexpr Kernels kKernels = {"avx512", avx512::Raster, avx512::Resolve, avx512::BlockMax,
                                       avx512::Bin};
  return kKernels;
}

}  // namespace rookery::internal

#else

namespace rookery::internal {
const Kernels& Avx512Kernels() { return BaselineKernels(); }
}  // namespace rookery::internal

#endif
