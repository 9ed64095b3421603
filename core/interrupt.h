// Ctrl-C: the first asks running work to stop at the next safe point and save; the second
// leaves at once.
#ifndef ROOKERY_CORE_INTERRUPT_H_
#define ROOKERY_CORE_INTERRUPT_H_

namespace rookery {

void InstallInterruptHandler();  // SIGINT and SIGTERM
bool Interrupted();
void ClearInterrupt();  // for tests

}  // namespace rookery

#endif  // ROOKERY_CORE_INTERRUPT_H_
