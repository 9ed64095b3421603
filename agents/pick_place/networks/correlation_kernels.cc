#include "agents/pick_place/networks/correlation_kernels.h"

#include <string_view>

#include "agents/nn/kernels.h"

namespace rookery::pick_place {

namespace base {
extern const CorrelationKernels kCorrelationKernels;
}
#ifdef __x86_64__
namespace avx2 {
extern const CorrelationKernels kCorrelationKernels;
}
namespace avx512 {
extern const CorrelationKernels kCorrelationKernels;
}
#endif

const CorrelationKernels& GetCorrelationKernels() {
#ifdef __x86_64__
  const std::string_view set = nn::GetKernels().name;
  if (set == "avx512") return avx512::kCorrelationKernels;
  if (set == "avx2") return avx2::kCorrelationKernels;
#endif
  return base::kCorrelationKernels;
}

}  // namespace rookery::pick_place
