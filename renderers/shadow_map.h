// What the light sees, and from it which pixels of a camera lie in shadow.
//
// As PyBullet's CPU renderer does it for the cameras of the Ravens benchmark: the light is a
// pinhole 2 m from its centre (there: the world's origin) with their image size and focal length,
// and a surface is in shadow when something is more than about 4 cm nearer to the light. What the
// light does not see is lit.
#ifndef ROOKERY_RENDERERS_SHADOW_MAP_H_
#define ROOKERY_RENDERERS_SHADOW_MAP_H_

#include <memory>
#include <vector>

#include "renderers/triangle_setup.h"

namespace rookery::internal {

class ShadowMap {
 public:
  ShadowMap();

  // Takes note of the scene; false when the map finished last is still right.
  bool Begin(const Light& light, const std::vector<Placed>& casters);
  // All tiles are drawn.
  void Finish() { finished_ = true; }
  const View& view() const { return view_; }
  // Sorts triangles (of the casters, set up for view()) into tiles; `counts[i]` of casters[i].
  void Sort(const std::vector<Placed>& casters, const std::vector<uint32_t>& counts,
            const RasterTriangle* triangles);
  int tiles() const { return static_cast<int>(lists_.size()); }
  void DrawTile(const Kernels& kernels, int tile, const RasterTriangle* triangles);

  // How `camera` looks the map up.
  ShadowView Seen(const Camera& camera, double offset) const;

 private:
  // What the map was drawn of. Holds the meshes, so that their addresses stay theirs.
  struct Caster {
    std::shared_ptr<const Mesh> mesh;
    Affine to_world;
    bool operator==(const Caster&) const = default;
  };

  View view_;
  bool finished_ = false;
  Vec3 direction_, center_;
  std::vector<Caster> drawn_, wanted_;
  std::vector<float> nearness_, block_max_;
  std::vector<std::vector<uint32_t>> lists_;  // triangles of each tile
  std::vector<uint8_t> used_;                 // tiles that hold something
};

}  // namespace rookery::internal

#endif  // ROOKERY_RENDERERS_SHADOW_MAP_H_
