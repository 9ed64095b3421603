// The process's memory allocator under training.
#ifndef ROOKERY_AGENTS_NN_MEMORY_H_
#define ROOKERY_AGENTS_NN_MEMORY_H_

namespace rookery::nn {

// From the first call on, large freed blocks stay with the process, for the next iteration needs
// the same again: returning them to the system and faulting them in anew takes a tenth of the
// time of an iteration. Affects the whole process; does nothing without glibc.
void KeepFreedMemory();

}  // namespace rookery::nn

#endif  // ROOKERY_AGENTS_NN_MEMORY_H_
