#ifdef __x86_64__
#define ROOKERY_ISA avx512
#define ROOKERY_ISA_NAME "avx512"
#include "agents/nn/kernels_impl.h"
#endif
