// Collects vertices and triangles of a Mesh.
#ifndef ROOKERY_RENDERERS_MESH_BUILDER_H_
#define ROOKERY_RENDERERS_MESH_BUILDER_H_

#include <cmath>
#include <cstdint>
#include <memory>

#include "core/scene.h"

namespace rookery::internal {

class MeshBuilder {
 public:
  uint32_t vertices() const { return static_cast<uint32_t>(mesh_->vertices.size() / 3); }

  // The normal may have any length; one of length 0 becomes +z.
  uint32_t AddVertex(const Vec3& p, const Vec3& normal) {
    const double length = Norm(normal);
    const Vec3 n = length > 0 ? normal * (1 / length) : Vec3(0, 0, 1);
    for (int i = 0; i < 3; ++i) {
      mesh_->vertices.push_back(static_cast<float>(p[i]));
      mesh_->normals.push_back(static_cast<float>(n[i]));
    }
    return vertices() - 1;
  }
  // Counter-clockwise seen from outside.
  void AddTriangle(uint32_t a, uint32_t b, uint32_t c) {
    for (uint32_t i : {a, b, c}) mesh_->indices.push_back(i);
  }
  void AddQuad(const Vec3& a, const Vec3& b, const Vec3& c, const Vec3& d, const Vec3& normal) {
    const uint32_t first = AddVertex(a, normal);
    for (const Vec3& p : {b, c, d}) AddVertex(p, normal);
    AddTriangle(first, first + 1, first + 2);
    AddTriangle(first, first + 2, first + 3);
  }
  std::shared_ptr<const Mesh> Build() { return std::move(mesh_); }

 private:
  std::shared_ptr<Mesh> mesh_ = std::make_shared<Mesh>();
};

}  // namespace rookery::internal

#endif  // ROOKERY_RENDERERS_MESH_BUILDER_H_
