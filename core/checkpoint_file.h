// Checkpoints on disk: one .safetensors file (tensors; small texts in its __metadata__), a
// format that holds data only and never executes code. Readable by the safetensors libraries.
#ifndef ROOKERY_CORE_CHECKPOINT_FILE_H_
#define ROOKERY_CORE_CHECKPOINT_FILE_H_

#include <string>

#include "core/agent.h"

namespace rookery {

// Atomic. A checksum of the tensor bytes is stored with them.
void WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint);
// UserError for a truncated, damaged or foreign file: names it, with expected and found bytes.
Checkpoint ReadCheckpoint(const std::string& path);

}  // namespace rookery

#endif  // ROOKERY_CORE_CHECKPOINT_FILE_H_
