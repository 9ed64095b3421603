// Body of the resolve kernel: images from a tile's nearest surfaces; included once per
// instruction set, inside its namespace's types.

inline constexpr uint32_t kBackgroundId = 255;  // triangle 0, body 255
inline constexpr float kAmbient = 0.6f, kDiffuse = 0.35f, kSpecular = 0.05f, kDark = 0.8f;

// A LinearMap along one row.
struct RowMap {
  F x, row, nearness;
};
ROOKERY_INLINE RowMap AlongRow(const LinearMap& map, float y) {
  return {Set(map.x), Set(map.y * y + map.one), Set(map.nearness)};
}
ROOKERY_INLINE F Apply(const RowMap& map, F x, F nearness) {
  return (map.x * x + map.row) + map.nearness * nearness;
}
ROOKERY_INLINE float Apply(const LinearMap& map, float x, float y, float nearness) {
  return (map.x * x + (map.y * y + map.one)) + map.nearness * nearness;
}

// Can anything between the two nearnesses in the pixels' rectangle lie in shadow?
static bool MayBeDark(const ResolveTarget& r, int x0, int x1, int y0, int y1, float least,
                      float most) {
  const ShadowView& s = r.shadow;
  // u, v and the depth from the light are ratios of linear functions: extreme at the corners.
  float u_low = 1e30f, u_high = -1e30f, v_low = 1e30f, v_high = -1e30f, depth_high = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const float x = static_cast<float>((corner & 1) != 0 ? x1 - 1 : x0);
    const float y = static_cast<float>((corner & 2) != 0 ? y1 - 1 : y0);
    const float n = (corner & 4) != 0 ? most : least;
    const float w = Apply(s.w, x, y, n);
    if (!(w > 1e-6f) || !(n + r.offset > 0)) return true;
    const float u = Apply(s.u, x, y, n) / w, v = Apply(s.v, x, y, n) / w;
    const float depth = w / (n + r.offset);
    u_low = u < u_low ? u : u_low;
    u_high = u > u_high ? u : u_high;
    v_low = v < v_low ? v : v_low;
    v_high = v > v_high ? v : v_high;
    depth_high = depth > depth_high ? depth : depth_high;
  }
  const float u_end = static_cast<float>(s.width - 1), v_end = static_cast<float>(s.height - 1);
  if (u_high < -1 || v_high < -1 || u_low > u_end + 1 || v_low > v_end + 1) return false;
  // One texel more on each side covers the rounding.
  const int u0 = u_low > 1 ? static_cast<int>(u_low) - 1 : 0;
  const int v0 = v_low > 1 ? static_cast<int>(v_low) - 1 : 0;
  const int u1 = static_cast<int>(u_high + 1 < u_end ? u_high + 1 : u_end);
  const int v1 = static_cast<int>(v_high + 1 < v_end ? v_high + 1 : v_end);
  const float reach = 1.001f * (s.scale * depth_high) - s.bias;
  const int blocks = s.width / kShadowBlock;
  for (int v = v0 / kShadowBlock; v <= v1 / kShadowBlock; ++v) {
    for (int u = u0 / kShadowBlock; u <= u1 / kShadowBlock; ++u) {
      if (s.block_max[v * blocks + u] * reach >= 0.999f) return true;
    }
  }
  return false;
}

struct ShadowRow {
  RowMap u, v, w;
};

// Which pixels lie in shadow; what the light does not see is lit.
ROOKERY_INLINE M Dark(const ShadowView& s, const ShadowRow& row, F x, F nearness, F depth) {
  const F w = Apply(row.w, x, nearness);
  const F inverse = Set(1.0f) / w;
  const F u = Apply(row.u, x, nearness) * inverse, v = Apply(row.v, x, nearness) * inverse;
  const F zero = Set(0.0f);
  const F u_end = Set(static_cast<float>(s.width)), v_end = Set(static_cast<float>(s.height));
  const M seen = Gt(w, zero) & Ge(u, zero) & Ge(v, zero) & Gt(u_end, u) & Gt(v_end, v);
  if (!Any(seen)) return None();
  const F one = Set(1.0f);
  const I column = Truncate(Max(Min(u, u_end - one), zero));
  const I line = Truncate(Max(Min(v, v_end - one), zero));
  const I texel = line * Set(static_cast<uint32_t>(s.width)) + column;
  const F nearest = Gather(s.nearness, texel, seen);
  const F from_light = w * depth;
  return Ge(nearest * (Set(s.scale) * from_light - Set(s.bias)), one);
}

// Rounded down, of numbers the callers keep within a checkerboard's reach.
ROOKERY_INLINE I Floor(F a) {
  const F bounded = Max(Min(a, Set(1e6f)), Set(-1e6f));
  const I whole = Truncate(bounded);
  return Select(Gt(ToFloat(whole), bounded), whole + Set(0xFFFFFFFFu), whole);
}

ROOKERY_INLINE M OddTile(const Checker& checker, float y, F x, F nearness, F depth) {
  const F u = Apply(AlongRow(checker.u, y), x, nearness) * depth;
  const F v = Apply(AlongRow(checker.v, y), x, nearness) * depth;
  return Eq((Floor(u) ^ Floor(v)) & Set(1u), Set(1u));
}

// Colour of a flat triangle.
ROOKERY_INLINE I FlatColor(const ResolveTarget& r, const ShadeTriangle& t, float y, F x, F nearness,
                           F depth, M dark) {
  const I even = Select(dark, Set(t.dark[0]), Set(t.lit[0]));
  if (t.checker < 0) return even;
  const I odd = Select(dark, Set(t.dark[1]), Set(t.lit[1]));
  return Select(OddTile(r.checkers[t.checker], y, x, nearness, depth), odd, even);
}

// Colour from a normal of any length.
ROOKERY_INLINE I SmoothColor(const ResolveTarget& r, const F* normal, const F* base, M dark) {
  const F zero = Set(0.0f);
  const F squared = (normal[0] * normal[0] + normal[1] * normal[1]) + normal[2] * normal[2];
  const F inverse = Set(1.0f) / Sqrt(squared);
  const F along =
      ((normal[0] * Set(r.light[0]) + normal[1] * Set(r.light[1])) + normal[2] * Set(r.light[2])) *
      inverse;
  const F mirrored = Max(Set(2.0f) * along * (normal[2] * inverse) - Set(r.light[2]), zero);
  const F direct = Set(kDiffuse) * Max(along, zero) + Set(kSpecular) * (mirrored * mirrored);
  const F brightness = Set(kAmbient) + Select(dark, Set(kDark), Set(1.0f)) * direct;
  const F full = Set(255.0f);
  const I red = Truncate(Min(base[0] * brightness, full));
  const I green = Truncate(Min(base[1] * brightness, full));
  const I blue = Truncate(Min(base[2] * brightness, full));
  return red | ShiftLeft<8>(green) | ShiftLeft<16>(blue);
}

// Colours of pixels that belong to more than one triangle, or to a smooth one.
ROOKERY_INLINE I MixedColor(const ResolveTarget& r, const uint32_t* id_lanes, I ids, float y, F x,
                            F nearness, F depth, M dark) {
  I color = Set(0u);
  M smooth = None();
  const F zero = Set(0.0f);
  F plane[3][3] = {{zero, zero, zero}, {zero, zero, zero}, {zero, zero, zero}};
  F base[3] = {zero, zero, zero};
  for (uint32_t left = Bits(Every()); left != 0;) {
    const uint32_t id = id_lanes[__builtin_ctz(left)];
    const M mine = Eq(ids, Set(id));
    left &= ~Bits(mine);
    const ShadeTriangle& t = r.triangles[id >> 8];
    if (t.smooth == 0) {
      color = Select(mine, FlatColor(r, t, y, x, nearness, depth, dark), color);
      continue;
    }
    smooth = smooth | mine;
    for (int c = 0; c < 3; ++c) {
      for (int k = 0; k < 3; ++k) plane[c][k] = Select(mine, Set(t.normal[c][k]), plane[c][k]);
      F even = Set(t.base[0][c]);
      if (t.checker >= 0) {
        const M odd = OddTile(r.checkers[t.checker], y, x, nearness, depth);
        even = Select(odd, Set(t.base[1][c]), even);
      }
      base[c] = Select(mine, even, base[c]);
    }
  }
  if (!Any(smooth)) return color;
  F normal[3];
  for (int c = 0; c < 3; ++c) {
    normal[c] = plane[c][0] * x + (plane[c][1] * Set(y) + plane[c][2]);
  }
  return Select(smooth, SmoothColor(r, normal, base, dark), color);
}

// One row of a tile; writes whole vectors to the given rows (which may be null).
static void ResolveRow(const ResolveTarget& r, int y, bool shadows, uint8_t* rgb, float* depth_row,
                       uint8_t* segmentation) {
  const TileTarget& tile = r.tile;
  const int offset = (y - tile.y0) * tile.stride;
  const float fy = static_cast<float>(y);
  const ShadowRow shadow = {AlongRow(r.shadow.u, fy), AlongRow(r.shadow.v, fy),
                            AlongRow(r.shadow.w, fy)};
  for (int x = 0; x < tile.x1 - tile.x0; x += kLanes) {
    const uint32_t* const id_lanes = tile.id + offset + x;
    const I ids = Load(id_lanes);
    if (segmentation != nullptr) StoreBytes(segmentation + x, ids);
    if (rgb == nullptr && depth_row == nullptr) continue;
    const F nearness = Load(tile.nearness + offset + x);
    const F depth = Set(1.0f) / (nearness + Set(r.offset));
    if (depth_row != nullptr) {
      const M background = Eq(ids, Set(kBackgroundId));
      Store(depth_row + x, Select(background, Set(r.background_depth), depth));
    }
    if (rgb == nullptr) continue;
    const F fx = Set(static_cast<float>(tile.x0 + x)) + Iota();
    const M dark = shadows ? Dark(r.shadow, shadow, fx, nearness, depth) : None();
    const ShadeTriangle& first = r.triangles[id_lanes[0] >> 8];
    const bool uniform = first.smooth == 0 && All(Eq(ids, Set(id_lanes[0])));
    const I color = uniform ? FlatColor(r, first, fy, fx, nearness, depth, dark)
                            : MixedColor(r, id_lanes, ids, fy, fx, nearness, depth, dark);
    StoreRgb(rgb + 3 * x, color);
  }
}

// Range of nearness of the surfaces in rows [y0, y1) of a tile; empty (least > most) without any.
ROOKERY_INLINE void NearnessRange(const ResolveTarget& r, int y0, int y1, float* least,
                                  float* most) {
  const TileTarget& tile = r.tile;
  const F background = Set(r.background_nearness);
  F low = Set(3e38f), high = background;
  for (int y = y0; y < y1; ++y) {
    const float* const row = tile.nearness + (y - tile.y0) * tile.stride;
    for (int x = 0; x < tile.x1 - tile.x0; x += kLanes) {
      const F nearness = Load(row + x);
      low = Min(Select(Eq(nearness, background), low, nearness), low);
      high = Max(nearness, high);
    }
  }
  *least = MinLane(low);
  *most = MaxLane(high);
}

static void Resolve(const ResolveTarget& r) {
  constexpr int kStrip = 16;  // rows that share the question whether there can be shadow
  constexpr int kMostWidth = 256;
  const TileTarget& tile = r.tile;
  const int end = tile.x1 < r.width ? tile.x1 : r.width;
  // A tile that sticks out of the image, or whose last vector would, goes through buffers.
  const bool whole = tile.x1 <= r.width;
  uint8_t rgb_buffer[3 * kMostWidth], segmentation_buffer[kMostWidth];
  float depth_buffer[kMostWidth];
  for (int y0 = tile.y0; y0 < tile.y1; y0 += kStrip) {
    const int y1 = y0 + kStrip < tile.y1 ? y0 + kStrip : tile.y1;
    bool shadows = false;
    if (r.rgb != nullptr && r.shadow.nearness != nullptr) {
      float least, most;
      NearnessRange(r, y0, y1, &least, &most);
      shadows = least <= most && MayBeDark(r, tile.x0, tile.x1, y0, y1, least, most);
    }
    for (int y = y0; y < y1; ++y) {
      const int64_t start = static_cast<int64_t>(y) * r.width + tile.x0;
      uint8_t* const rgb = r.rgb != nullptr ? r.rgb + 3 * start : nullptr;
      float* const depth = r.depth != nullptr ? r.depth + start : nullptr;
      uint8_t* const segmentation = r.segmentation != nullptr ? r.segmentation + start : nullptr;
      if (whole) {
        ResolveRow(r, y, shadows, rgb, depth, segmentation);
        continue;
      }
      ResolveRow(r, y, shadows, rgb != nullptr ? rgb_buffer : nullptr,
                 depth != nullptr ? depth_buffer : nullptr,
                 segmentation != nullptr ? segmentation_buffer : nullptr);
      for (int x = 0; x < end - tile.x0; ++x) {
        if (rgb != nullptr) {
          for (int c = 0; c < 3; ++c) rgb[3 * x + c] = rgb_buffer[3 * x + c];
        }
        if (depth != nullptr) depth[x] = depth_buffer[x];
        if (segmentation != nullptr) segmentation[x] = segmentation_buffer[x];
      }
    }
  }
}
