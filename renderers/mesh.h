// Meshes generated from primitives, and a reader for OBJ files. All are centred at the origin
// unless said otherwise; sizes in metres, UserError when they are not positive.
#ifndef ROOKERY_RENDERERS_MESH_H_
#define ROOKERY_RENDERERS_MESH_H_

#include <memory>
#include <span>
#include <string>
#include <utility>

#include "core/scene.h"

namespace rookery {

using MeshPtr = std::shared_ptr<const Mesh>;

MeshPtr BoxMesh(const Vec3& size);                                      // full edge lengths
MeshPtr CylinderMesh(double radius, double length, int segments = 32);  // axis z
MeshPtr CapsuleMesh(double radius, double length, int segments = 24);   // axis z, length w/o caps
MeshPtr SphereMesh(double radius, int segments = 24);
MeshPtr PlaneMesh(double size_x, double size_y);  // z = 0, normal +z
// Surface of revolution about z of a closed or open profile of (radius, z) points, radius >= 0.
// Outside is on the right of the way along it (up on the outer wall). Smooth, except where a
// point is given twice in a row: a sharp edge.
MeshPtr LatheMesh(std::span<const std::pair<double, double>> profile, int segments = 48);
// Triangles with position and, where present, normals (else flat ones). All groups merged.
// UserError names the file and line.
MeshPtr LoadObj(const std::string& path);

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_MESH_H_
