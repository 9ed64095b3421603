// The inner loops of the renderers, compiled once per instruction set. Plain data only: the files
// that implement this are built for newer processors, and an inline function of another header
// could be merged with the copy that every processor runs.
#ifndef ROOKERY_RENDERERS_KERNELS_KERNELS_H_
#define ROOKERY_RENDERERS_KERNELS_KERNELS_H_

#include <cstdint>

namespace rookery::internal {

// A triangle ready to be drawn. Everything is linear in the pixel coordinates (x, y).
// nearness(x, y) = nearness[0] * x + nearness[1] * y + nearness[2].
struct alignas(32) RasterTriangle {
  // edge(x, y) = edge[0] * (x - origin[0]) + (edge[1] * (y - origin[1]) + edge[2]), rounded step
  // by step in this order: exactly opposite for the two triangles at an edge.
  float edge[3][3];        // >= threshold inside; opposite vertex 0, 1, 2
  float origin[3][2];      // px
  float threshold[3];      // 0, or the smallest positive float for edges that a neighbour owns
  float nearness[3];       // 1 / depth - Depth offset, 1/m
  float low, high;         // range of nearness over the vertices
  float limit;             // nearness above which a pixel is before the near plane
  uint32_t id;             // number << 8 | body
  int16_t x0, y0, x1, y1;  // pixels it may cover, inclusive
};

// What colours a triangle. Colours are 0x00BBGGRR.
struct ShadeTriangle {
  float normal[3][3];  // world-frame normal up to a positive factor, linear in (x, y); smooth only
  float base[2][3];    // [0, 255], whole numbers; of even and odd checker tiles
  uint32_t lit[2];     // flat only: colour in the light
  uint32_t dark[2];    // flat only: colour in shadow
  int32_t checker;     // index into checkers, or -1
  uint32_t smooth;     // shade with `normal`, pixel by pixel
};

// Homogeneous pixel (x, y, 1, nearness) to something, up to the factor depth.
struct LinearMap {
  float x, y, one, nearness;
};

// A body's plane in units of checker tiles.
struct Checker {
  LinearMap u, v;
};

// Where triangles are drawn: pixel (x, y) is at [(y - y0) * stride + (x - x0)].
struct TileTarget {
  float* nearness;
  uint32_t* id;        // null when not wanted
  int stride;          // in pixels, a multiple of kTileAlign
  int x0, y0, x1, y1;  // end exclusive; x0 and x1 multiples of kTileAlign
};
inline constexpr int kTileAlign = 16;

// Nearest surfaces as seen from the light: 1 / depth, 0 = nothing. Texel (u, v) is the surface
// seen exactly at (u, v).
struct ShadowView {
  const float* nearness = nullptr;   // null: everything is lit
  const float* block_max = nullptr;  // largest nearness of each kShadowBlock x kShadowBlock block
  int width = 0, height = 0;         // multiples of kTileAlign
  LinearMap u, v, w;                 // from the camera's pixel; texel = (u / w, v / w)
  float scale = 1, bias = 0;         // lit when surface depth > scale * depth - bias
};
inline constexpr int kShadowBlock = 16;

struct ResolveTarget {
  TileTarget tile;
  int width, height;  // of the image
  uint8_t* rgb;       // null when not wanted
  float* depth;
  uint8_t* segmentation;
  float offset;  // depth = 1 / (nearness + offset)
  float background_nearness, background_depth;
  const ShadeTriangle* triangles;
  const Checker* checkers;
  float light[3];  // unit vector towards the light, world frame
  ShadowView shadow;
};

// One view of a heightmap. The winner of a bin is its highest point, the later one in case of a
// tie.
struct HeightmapView {
  const float* depth;
  int width;
  double fx, fy, cx, cy;
  double transform[3][4];         // camera to world
  double low[3], high[3], pixel;  // m
  int rows, columns;
};
struct HeightmapCell {
  float z;         // world frame, m
  uint32_t pixel;  // row * width + column; kNoPixel when nothing was seen
};
inline constexpr uint32_t kNoPixel = 0xFFFFFFFF;

struct Kernels {
  const char* name;
  // Draws triangles[list[i]] in order, nearest surface (the later one of equals) wins.
  void (*raster)(const RasterTriangle* triangles, const uint32_t* list, int count,
                 const TileTarget& target);
  // Images of a finished tile.
  void (*resolve)(const ResolveTarget& target);
  // Largest nearness of each block of a tile of the shadow map.
  void (*block_max)(const TileTarget& tile, int blocks_per_row, float* block_max);
  // Bins the points of rows [first, last) into cells, which hold what was binned before.
  void (*bin)(const HeightmapView& view, int first, int last, HeightmapCell* cells);
};

// Every kernel set gives the same bytes: only + - * / sqrt, comparisons and conversions, each
// exactly rounded, in the same order.
const Kernels& BaselineKernels();
const Kernels& Avx2Kernels();    // the baseline on other architectures
const Kernels& Avx512Kernels();  // the baseline on other architectures

}  // namespace rookery::internal

#endif  // ROOKERY_RENDERERS_KERNELS_KERNELS_H_
