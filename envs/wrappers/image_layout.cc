#include "envs/wrappers/image_layout.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"

namespace rookery {

PatchGrid CutIntoPatches(const ImageLayout& image, int edge, const Wrapped& wrapped) {
  if (edge > 0 && image.height % edge == 0 && image.width % edge == 0) {
    return {edge, image.height / edge, image.width / edge};
  }
  std::vector<std::string> edges;
  for (int64_t e = 1; e <= std::min(image.height, image.width); ++e) {
    if (image.height % e == 0 && image.width % e == 0) edges.push_back(std::to_string(e));
  }
  throw UserError("wrapper " + wrapped.name + " of " + wrapped.env->spec().id + ": patches of " +
                  std::to_string(edge) + " pixels do not fill an image of " +
                  std::to_string(image.width) + " x " + std::to_string(image.height) +
                  "; these would: " + Join(edges));
}

}  // namespace rookery
