// Which kernels run: the best this processor has, or those a test asks for.
#ifndef ROOKERY_RENDERERS_KERNELS_DISPATCH_H_
#define ROOKERY_RENDERERS_KERNELS_DISPATCH_H_

#include <string>
#include <vector>

#include "renderers/kernels/kernels.h"

namespace rookery::internal {

// Names of the sets this processor can run, slowest first: "baseline", "avx2", "avx512".
std::vector<std::string> SupportedKernels();
// The set in use. At first the fastest, or what the environment variable ROOKERY_SIMD names
// (UserError when it names none of SupportedKernels).
const Kernels& ActiveKernels();
// For tests; not while anything renders.
void UseKernels(const std::string& name);

}  // namespace rookery::internal

#endif  // ROOKERY_RENDERERS_KERNELS_DISPATCH_H_
