#ifdef __x86_64__
#define ROOKERY_ISA avx512
#include "agents/pick_place/networks/correlation_kernels_impl.h"
#endif
