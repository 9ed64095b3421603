#include "renderers/kernels/dispatch.h"

#include <atomic>
#include <cstdlib>

#include "core/error.h"

namespace rookery::internal {
namespace {

std::vector<const Kernels*> Supported() {
  std::vector<const Kernels*> sets = {&BaselineKernels()};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) sets.push_back(&Avx2Kernels());
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    sets.push_back(&Avx512Kernels());
  }
#endif
  return sets;
}

const Kernels& Named(const std::string& name) {
  for (const Kernels* set : Supported()) {
    if (name == set->name) return *set;
  }
  const std::vector<std::string> choices = SupportedKernels();
  throw UserError("instruction set '" + name + "' (ROOKERY_SIMD) is not one this processor runs: " +
                  Join(choices) + DidYouMean(name, choices));
}

std::atomic<const Kernels*>& Active() {
  static std::atomic<const Kernels*> active = [] {
    const char* const wanted = std::getenv("ROOKERY_SIMD");
    return wanted != nullptr && *wanted != '\0' ? &Named(wanted) : Supported().back();
  }();
  return active;
}

}  // namespace

std::vector<std::string> SupportedKernels() {
  std::vector<std::string> names;
  for (const Kernels* set : Supported()) names.emplace_back(set->name);
  return names;
}

const Kernels& ActiveKernels() { return *Active().load(std::memory_order_relaxed); }

void UseKernels(const std::string& name) { Active().store(&Named(name)); }

}  // namespace rookery::internal
