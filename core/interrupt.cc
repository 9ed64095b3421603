#include "core/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

namespace rookery {
namespace {

// Read by any thread, so not a volatile sig_atomic_t; a lock-free atomic is as safe in a handler.
std::atomic<int> signals{0};
static_assert(std::atomic<int>::is_always_lock_free);
std::atomic<bool> terminal{false};

extern "C" void HandleInterrupt(int) {
  if (signals.fetch_add(1) > 0) _exit(130);
  if (!terminal) return;
  constexpr char kText[] = "\nstopping at the next safe point; once more to leave at once\n";
  const int saved = errno;
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText, sizeof(kText) - 1);
  errno = saved;
}

}  // namespace

void InstallInterruptHandler() {
  terminal = isatty(STDERR_FILENO) == 1;
  struct sigaction action = {};
  action.sa_handler = HandleInterrupt;
  action.sa_flags = SA_RESTART;  // files being written are not disturbed
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool Interrupted() { return signals.load() > 0; }

void ClearInterrupt() { signals = 0; }

}  // namespace rookery
