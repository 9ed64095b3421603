#ifdef __x86_64__
#define ROOKERY_ISA avx2
#define ROOKERY_ISA_NAME "avx2"
#include "agents/nn/kernels_impl.h"
#endif
