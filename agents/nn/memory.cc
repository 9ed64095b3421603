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
    mallopt(M_MMAP_THRESHOLD, kMmapThreshold);
    mallopt(M_TRIM_THRESHOLD, kTrimThreshold);
    mallopt(M_TOP_PAD, kTopPad);
  });
#endif
}

}  // namespace rookery::nn
