// Texts of checkpoints that the agents of this folder share.
#ifndef ROOKERY_AGENTS_PICK_PLACE_STATE_TEXT_H_
#define ROOKERY_AGENTS_PICK_PLACE_STATE_TEXT_H_

#include <string>

#include "core/agent.h"
#include "core/rng.h"

namespace rookery::pick_place {

// A generator's state as meta text `key`, and back. UserError when the checkpoint has none, saying
// that it is not one of `agent`.
void SaveRng(const Rng& rng, const std::string& key, Checkpoint* out);
Rng LoadRng(const Checkpoint& in, const std::string& key, const std::string& agent);

}  // namespace rookery::pick_place

#endif  // ROOKERY_AGENTS_PICK_PLACE_STATE_TEXT_H_
