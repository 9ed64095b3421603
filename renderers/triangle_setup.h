// From meshes in the world to triangles on the screen.
//
// Triangles are set up in homogeneous pixel coordinates h = (x z, y z, z), without dividing by the
// depth z, so that one that reaches behind the camera needs no clipping. The edge function of an
// edge is the triple product of a pixel (x, y, 1) with its two vertices, and 1 / z, which the depth
// test compares, is linear on the screen ("Triangle scan conversion using 2D homogeneous
// coordinates", Olano and Greer, 1997). Where both ends of an edge are on or near the screen they
// are first rounded to 1/256 of a pixel, so that the edge functions at a common vertex are exactly
// 0. Neighbours compute exactly opposite values of a shared edge: together this leaves no crack and
// no pixel drawn twice.
#ifndef ROOKERY_RENDERERS_TRIANGLE_SETUP_H_
#define ROOKERY_RENDERERS_TRIANGLE_SETUP_H_

#include <array>
#include <cstdint>
#include <vector>

#include "core/scene.h"
#include "renderers/kernels/kernels.h"

namespace rookery::internal {

// Rows of an affine map: out[i] = m[i][0] x + m[i][1] y + m[i][2] z + m[i][3].
using Affine = std::array<std::array<double, 4>, 3>;
Affine AffineOf(const Pose& pose);
Affine operator*(const Affine& a, const Affine& b);

// What looks at the world: a camera, or the light.
struct View {
  Affine to_pixel;  // world to homogeneous pixel
  int width = 0, height = 0;
  double near_m = 0, far_m = 0;
  double offset = 0;      // subtracted from 1 / depth: keeps digits where all depths are alike
  bool one_sided = true;  // leave out triangles seen from behind
};

// From the world to `camera`'s homogeneous pixels.
View ViewOf(const Camera& camera);
// The map f(world point) of what a camera's pixel shows, linear in (x, y, 1, nearness) once
// divided by the depth; `row` is f's.
LinearMap FromPixel(const Camera& camera, double offset, const std::array<double, 4>& row);

// One visual of a body, where it is in the world.
struct Placed {
  const Visual* visual = nullptr;
  Affine to_world;  // from mesh coordinates, scale included
  Affine normal_to_world;
  bool mirrored = false;  // the scale turns the mesh inside out
  int body = 0;
  int32_t checker = -1;
  uint32_t first = 0;  // number of its first triangle
};

class TriangleSetup {
 public:
  // Writes the triangles that may be seen to triangles[placed.first ...] and, unless `shade` is
  // null, how to colour them to shade[placed.first + 1 ...]. Returns how many.
  uint32_t Run(const Placed& placed, const View& view, const std::array<float, 3>& light,
               RasterTriangle* triangles, ShadeTriangle* shade);

 private:
  struct Vertex {
    double x, y, z;             // homogeneous pixel
    double screen_x, screen_y;  // px; where z >= near
    bool snapped;               // screen_x, screen_y are multiples of 1/256
  };
  struct Bounds {
    double x0, y0, x1, y1;  // px
  };
  void Project(const Placed& placed, const View& view);
  static void SetEdge(const Vertex& a, const Vertex& b, const double* homogeneous, bool flip, int k,
                      RasterTriangle* t);
  static Bounds ClippedBounds(const std::array<const Vertex*, 3>& v, double near_m);

  std::vector<Vertex> vertices_;
  std::vector<std::array<double, 3>> normals_;
};

// 0x00BBGGRR of a surface with this unit normal; as the shading kernel computes it.
uint32_t ShadedColor(const float* base, const std::array<float, 3>& normal,
                     const std::array<float, 3>& light, bool dark);

}  // namespace rookery::internal

#endif  // ROOKERY_RENDERERS_TRIANGLE_SETUP_H_
