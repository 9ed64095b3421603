// The process's memory allocator under training.
#ifndef ROOKERY_AGENTS_NN_MEMORY_H_
#define ROOKERY_AGENTS_NN_MEMORY_H_

namespace rookery::nn {

// What KeepFreedMemory sets, bytes; programs that are compared with ours are given the same.
inline constexpr int kMmapThreshold = 32 << 20;  // the most that glibc allows
inline constexpr int kTrimThreshold = 1 << 30;
inline constexpr int kTopPad = 16 << 20;

// From the first call on, large freed blocks stay with the process, for the next iteration needs
// the same again: returning them to the system and faulting them in anew takes a tenth of the
// time of an iteration. Affects the whole process; does nothing without glibc.
void KeepFreedMemory();

}  // namespace rookery::nn

#endif  // ROOKERY_AGENTS_NN_MEMORY_H_
