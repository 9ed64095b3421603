#include "core/agent.h"

namespace rookery {

const ArrayMap& Agent::Explanation() const {
  static const ArrayMap nothing;
  return nothing;
}

}  // namespace rookery
