// Ctrl-C is handled while this lives; afterwards signals do what they did before.
#ifndef ROOKERY_TESTS_CORE_INTERRUPT_SCOPE_H_
#define ROOKERY_TESTS_CORE_INTERRUPT_SCOPE_H_

#include <csignal>

#include "core/interrupt.h"

namespace rookery::testing {

class InterruptScope {
 public:
  InterruptScope() {
    sigaction(SIGINT, nullptr, &interrupt_);
    sigaction(SIGTERM, nullptr, &terminate_);
    InstallInterruptHandler();
  }
  ~InterruptScope() {
    ClearInterrupt();
    sigaction(SIGINT, &interrupt_, nullptr);
    sigaction(SIGTERM, &terminate_, nullptr);
  }
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  struct sigaction interrupt_, terminate_;
};

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_CORE_INTERRUPT_SCOPE_H_
