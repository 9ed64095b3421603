// Body of the raster kernel; included once per instruction set, inside its namespace's types.

// Draws the part of `t` inside [x0, x1) x [y0, y1). Only the first kEdges of `edges` can be
// crossed there; the pixels are inside of the others.
template <int kEdges, bool kLimit>
ROOKERY_INLINE void DrawRows(const RasterTriangle& t, const int* edges, int x0, int x1, int y0,
                             int y1, const TileTarget& target) {
  F a[3], origin[3], threshold[3];
  for (int k = 0; k < kEdges; ++k) {
    a[k] = Set(t.edge[edges[k]][0]);
    origin[k] = Set(t.origin[edges[k]][0]);
    threshold[k] = Set(t.threshold[edges[k]]);
  }
  const F slope = Set(t.nearness[0]), low = Set(t.low), high = Set(t.high), limit = Set(t.limit);
  const I id = Set(t.id);
  for (int y = y0; y < y1; ++y) {
    const float fy = static_cast<float>(y);
    F row[3];
    for (int k = 0; k < kEdges; ++k) {
      const float* const edge = t.edge[edges[k]];
      row[k] = Set(edge[1] * (fy - t.origin[edges[k]][1]) + edge[2]);
    }
    const F row_nearness = Set(t.nearness[1] * fy + t.nearness[2]);
    const int offset = (y - target.y0) * target.stride - target.x0;
    for (int x = x0; x < x1; x += kLanes) {
      const F fx = Set(static_cast<float>(x)) + Iota();
      float* const nearest = target.nearness + offset + x;
      F nearness = slope * fx + row_nearness;
      M draw = Every();
      if constexpr (kLimit) draw = Ge(limit, nearness);
      nearness = Max(Min(nearness, high), low);
      const F before = Load(nearest);
      draw = draw & Ge(nearness, before);
      for (int k = 0; k < kEdges; ++k) {
        draw = draw & Ge(a[k] * (fx - origin[k]) + row[k], threshold[k]);
      }
      if (!Any(draw)) continue;
      Store(nearest, Select(draw, nearness, before));
      if (target.id != nullptr) {
        uint32_t* const ids = target.id + offset + x;
        Store(ids, Select(draw, id, Load(ids)));
      }
    }
  }
}

template <bool kLimit>
ROOKERY_INLINE void DrawClassified(const RasterTriangle& t, const int* edges, int n, int x0, int x1,
                                   int y0, int y1, const TileTarget& target) {
  switch (n) {
    case 0:
      return DrawRows<0, kLimit>(t, edges, x0, x1, y0, y1, target);
    case 1:
      return DrawRows<1, kLimit>(t, edges, x0, x1, y0, y1, target);
    case 2:
      return DrawRows<2, kLimit>(t, edges, x0, x1, y0, y1, target);
    default:
      return DrawRows<3, kLimit>(t, edges, x0, x1, y0, y1, target);
  }
}

ROOKERY_INLINE float Magnitude(float a) { return a < 0 ? -a : a; }
ROOKERY_INLINE float Larger(float a, float b) { return a > b ? a : b; }

static void Raster(const RasterTriangle* triangles, const uint32_t* list, int count,
                   const TileTarget& target) {
  for (int i = 0; i < count; ++i) {
    const RasterTriangle& t = triangles[list[i]];
    // Whole vectors around the part in this tile.
    const int x0 = (t.x0 > target.x0 ? t.x0 : target.x0) & -kLanes;
    const int x1 = ((t.x1 < target.x1 ? t.x1 + 1 : target.x1) + kLanes - 1) & -kLanes;
    const int y0 = t.y0 > target.y0 ? t.y0 : target.y0;
    const int y1 = t.y1 < target.y1 ? t.y1 + 1 : target.y1;
    if (x0 >= x1 || y0 >= y1) continue;
    // An edge function is largest and smallest at corners of the rectangle. `slack` is above
    // the rounding error, so that leaving out a test never changes a pixel.
    int crossed[3] = {0, 0, 0}, n = 0;
    bool outside = false;
    for (int k = 0; k < 3; ++k) {
      const float a = t.edge[k][0], b = t.edge[k][1], c = t.edge[k][2];
      const float left = static_cast<float>(x0) - t.origin[k][0];
      const float right = static_cast<float>(x1 - 1) - t.origin[k][0];
      const float top = static_cast<float>(y0) - t.origin[k][1];
      const float bottom = static_cast<float>(y1 - 1) - t.origin[k][1];
      const float high = a * (a > 0 ? right : left) + b * (b > 0 ? bottom : top) + c;
      const float low = a * (a > 0 ? left : right) + b * (b > 0 ? top : bottom) + c;
      const float slack =
          1e-6f * (Magnitude(a) * Larger(Magnitude(left), Magnitude(right)) +
                   Magnitude(b) * Larger(Magnitude(top), Magnitude(bottom)) + Magnitude(c));
      outside = outside || high < -slack;
      if (!(low > slack)) crossed[n++] = k;
    }
    if (outside) continue;
    if (t.limit < 3e38f) {
      DrawClassified<true>(t, crossed, n, x0, x1, y0, y1, target);
    } else {
      DrawClassified<false>(t, crossed, n, x0, x1, y0, y1, target);
    }
  }
}

static void BlockMax(const TileTarget& tile, int blocks_per_row, float* block_max) {
  for (int y = tile.y0; y < tile.y1; y += kShadowBlock) {
    for (int x = tile.x0; x < tile.x1; x += kShadowBlock) {
      F most = Set(0.0f);
      const int rows = tile.y1 - y < kShadowBlock ? tile.y1 - y : kShadowBlock;
      for (int r = 0; r < rows; ++r) {
        const float* const row = tile.nearness + (y + r - tile.y0) * tile.stride + x - tile.x0;
        for (int k = 0; k < kShadowBlock; k += kLanes) most = Max(Load(row + k), most);
      }
      block_max[y / kShadowBlock * blocks_per_row + x / kShadowBlock] = MaxLane(most);
    }
  }
}
