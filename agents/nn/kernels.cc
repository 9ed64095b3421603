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

const Kernels* forced = nullptr;

const Kernels& Choose() {
  if (const char* name = std::getenv("ROOKERY_ISA"); name != nullptr && *name != '\0') {
    if (const Kernels* kernels = FindKernels(name)) return *kernels;
    throw UserError("ROOKERY_ISA=" + std::string(name) +
                    " is not available here; leave it unset for the best of this CPU");
  }
  for (const char* name : {"avx512", "avx2"}) {
    if (const Kernels* kernels = FindKernels(name)) return *kernels;
  }
  return base::kKernels;
}

}  // namespace

const Kernels* FindKernels(const char* name) {
  const std::string_view wanted = name;
#ifdef __x86_64__
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") &&
                          __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (wanted == "avx512") return has_avx512 ? &avx512::kKernels : nullptr;
  if (wanted == "avx2") return has_avx2 ? &avx2::kKernels : nullptr;
#endif
  return wanted == "base" ? &base::kKernels : nullptr;
}

void ForceKernels(const Kernels* kernels) { forced = kernels; }

const Kernels& GetKernels() {
  if (forced != nullptr) return *forced;
  static const Kernels& kernels = Choose();
  return kernels;
}

}  // namespace rookery::nn
