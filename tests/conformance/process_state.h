// What this process holds, read from /proc/self.
#ifndef ROOKERY_TESTS_CONFORMANCE_PROCESS_STATE_H_
#define ROOKERY_TESTS_CONFORMANCE_PROCESS_STATE_H_

#include <malloc.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace rookery::testing {

struct ProcessState {
  int64_t resident_kb = 0;  // memory, after the allocator gave back what it can
  int64_t handles = 0;      // open files, sockets, ...
  int64_t threads = 0;
};

inline ProcessState GetProcessState() {
  namespace fs = std::filesystem;
  const auto count = [](const char* folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
  };
  malloc_trim(0);
  ProcessState state;
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;  // the second number
  state.resident_kb = pages * (sysconf(_SC_PAGESIZE) / 1024);
  state.handles = count("/proc/self/fd");
  state.threads = count("/proc/self/task");
  return state;
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_CONFORMANCE_PROCESS_STATE_H_
