#include "agents/nn/kernels.h"

#include <cstdlib>
#include <string_view>

#include "core/error.h"

namespace rookery::nn {

namespace base {
extern const Kernels kKernels;
}
#ifdef __x86_64__
namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}
#endif

namespace {

const Kernels& Choose() {
  const char* forced = std::getenv("ROOKERY_ISA");
  const std::string_view wanted = forced == nullptr ? "" : forced;
#ifdef __x86_64__
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                          __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (has_avx512 && (wanted.empty() || wanted == "avx512")) return avx512::kKernels;
  if (has_avx2 && (wanted.empty() || wanted == "avx2")) return avx2::kKernels;
#endif
  if (!wanted.empty() && wanted != "base") {
    throw UserError("ROOKERY_ISA=" + std::string(wanted) +
                    " is not available here; leave it unset for the best of this CPU");
  }
  return base::kKernels;
}

}  // namespace

const Kernels& GetKernels() {
  static const Kernels& kernels = Choose();
  return kernels;
}

}  // namespace rookery::nn
