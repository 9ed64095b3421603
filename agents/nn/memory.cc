#include "agents/nn/memory.h"

#include <mutex>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace rookery::nn {

void KeepFreedMemory() {
#ifdef __GLIBC__
  static std::once_flag once;
  std::call_once(once, [] {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc allows
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 16 << 20);
  });
#endif
}

}  // namespace rookery::nn
