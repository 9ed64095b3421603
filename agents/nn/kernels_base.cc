#define ROOKERY_ISA base
#define ROOKERY_ISA_NAME "base"
#include "agents/nn/kernels_impl.h"
