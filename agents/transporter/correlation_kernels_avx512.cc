#ifdef __x86_64__
#define ROOKERY_ISA avx512
#include "agents/transporter/correlation_kernels_impl.h"
#endif
