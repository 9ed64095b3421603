// The fused kernels of every instruction set that this CPU has.
#ifndef ROOKERY_TESTS_AGENTS_KERNEL_SETS_H_
#define ROOKERY_TESTS_AGENTS_KERNEL_SETS_H_

#include <string>
#include <vector>

#include "agents/nn/kernels.h"

namespace rookery::testing {

inline std::vector<std::string> KernelSets() {
  std::vector<std::string> names;
  for (const char* name : {"base", "avx2", "avx512"}) {
    if (nn::FindKernels(name) != nullptr) names.push_back(name);
  }
  return names;
}

// While it lives, operations run on that set.
class WithKernelSet {
 public:
  explicit WithKernelSet(const std::string& name) {
    nn::ForceKernels(nn::FindKernels(name.c_str()));
  }
  ~WithKernelSet() { nn::ForceKernels(nullptr); }
  WithKernelSet(const WithKernelSet&) = delete;
  WithKernelSet& operator=(const WithKernelSet&) = delete;
};

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_AGENTS_KERNEL_SETS_H_
