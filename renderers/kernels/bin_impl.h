// Body of the heightmap kernel; included once per instruction set, inside its namespace's types.
// Every step is rounded as in the definition: points and world coordinates are stored as float32,
// the arithmetic between is in double.

static void Bin(const HeightmapView& view, int first, int last, HeightmapCell* cells) {
  const D fx = SetD(view.fx), fy = SetD(view.fy), cx = SetD(view.cx);
  const bool square = view.fx == view.fy;
  D transform[3][4];
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < 4; ++k) transform[i][k] = SetD(view.transform[i][k]);
  }
  D low[3], high[3];
  for (int i = 0; i < 3; ++i) {
    low[i] = SetD(view.low[i]);
    high[i] = SetD(view.high[i]);
  }
  const D pixel = SetD(view.pixel);
  for (int y = first; y < last; ++y) {
    const D py = SetD(static_cast<double>(y) - view.cy);
    const float* const row = view.depth + static_cast<int64_t>(y) * view.width;
    for (int x = 0; x < view.width; x += kDoubles) {
      const int left = view.width - x;
      const float* depths = row + x;
      float tail[kDoubles] = {};
      uint32_t valid = (1u << kDoubles) - 1;
      if (left < kDoubles) {
        for (int k = 0; k < left; ++k) tail[k] = depths[k];
        depths = tail;
        valid = (1u << left) - 1;
      }
      const D depth = LoadAsD(depths);
      const D px = (SetD(static_cast<double>(x)) + IotaD()) - cx;
      const D over_fx = depth / fx;
      const D point[3] = {RoundToFloat(px * over_fx),
                          RoundToFloat(py * (square ? over_fx : depth / fy)), depth};
      D world[3];
      // z first: it rules out most of what lies outside.
      for (int i = 2; i >= 0 && valid != 0; --i) {
        const D* const t = transform[i];
        world[i] = RoundToFloat(((t[0] * point[0] + t[1] * point[1]) + t[2] * point[2]) + t[3]);
        valid &= Within(world[i], low[i], high[i]);
      }
      if (valid == 0) continue;
      // Not below 0, so that rounding towards 0 rounds down.
      int32_t columns[kDoubles], rows[kDoubles];
      float z[kDoubles];
      StoreTruncated(columns, (world[0] - low[0]) / pixel);
      StoreTruncated(rows, (world[1] - low[1]) / pixel);
      StoreAsFloat(z, world[2]);
      for (; valid != 0; valid &= valid - 1) {
        const int k = __builtin_ctz(valid);
        const int column = columns[k] < view.columns ? columns[k] : view.columns - 1;
        const int line = rows[k] < view.rows ? rows[k] : view.rows - 1;
        HeightmapCell& cell = cells[line * view.columns + column];
        if (z[k] >= cell.z) {
          cell.z = z[k];
          cell.pixel = static_cast<uint32_t>(y * view.width + x + k);
        }
      }
    }
  }
}
