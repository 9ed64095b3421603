#define ROOKERY_ISA base
#include "agents/transporter/correlation_kernels_impl.h"
