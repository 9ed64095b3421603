#define ROOKERY_ISA base
#include "agents/pick_place/networks/correlation_kernels_impl.h"
