#include "gui/gl_shaders.h"

namespace rookery::gui {

const char kBodyVertex[] = R"(
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 row_x;  // mesh to world
layout(location = 3) in vec4 row_y;
layout(location = 4) in vec4 row_z;
layout(location = 5) in vec3 unscale;  // 1 / scale^2: normals shrink where the mesh grows
layout(location = 6) in vec3 color;
layout(location = 7) in vec2 id;  // of the body; number of the visual in it
uniform mat4 clip_from_world;
#ifdef SHADOWS
uniform mat4 shadow_from_world;
out vec3 shadow;
#endif
#ifdef CHECKER
uniform vec4 tile_x, tile_y;
out vec2 tile;
#endif
#ifdef ID
flat out float body;
#elif defined(FLAT)
uniform vec3 light;
flat out float direct;
flat out vec3 base;
#elif !defined(DEPTH) && !defined(MASK)
out vec3 world_normal;
flat out vec3 base;
#endif

void main() {
  vec4 p = vec4(position, 1.0);
  vec4 world = vec4(dot(row_x, p), dot(row_y, p), dot(row_z, p), 1.0);
  gl_Position = clip_from_world * world;
  // Where surfaces of a body coincide, the later one is seen: more than depths are rounded by.
  gl_Position.z -= 6e-7 * id.y * gl_Position.w;
#ifdef SHADOWS
  shadow = (shadow_from_world * world).xyw;
#endif
#ifdef CHECKER
  tile = 0.5 * vec2(dot(tile_x, world), dot(tile_y, world));
#endif
#ifdef ID
  body = id.x;
#elif !defined(DEPTH) && !defined(MASK)
  vec3 n = normal * unscale;
  n = vec3(dot(row_x.xyz, n), dot(row_y.xyz, n), dot(row_z.xyz, n));
  base = color;
#ifdef FLAT
  direct = direct_light(normalize(n), light);
#else
  world_normal = n;
#endif
#endif
}
)";

const char kBodyFragment[] = R"(
#ifdef ID
flat in float body;
#elif defined(FLAT)
flat in float direct;
flat in vec3 base;
#elif !defined(DEPTH) && !defined(MASK)
in vec3 world_normal;
flat in vec3 base;
uniform vec3 light;
#endif
#ifdef WIRES
uniform vec3 background;
#endif
#ifdef SHADOWS
in vec3 shadow;                // where in the map, and the depth from the light; homogeneous
uniform sampler2D shadow_map;  // 1 - near / depth
uniform vec2 shadow_test;      // scale / near, bias / near
#endif
#ifdef CHECKER
in vec2 tile;
uniform vec3 odd_color;
#endif
#ifndef DEPTH
out vec4 pixel;
#endif

void main() {
#ifdef DEPTH
#elif defined(MASK)
  pixel = vec4(1.0);
#elif defined(ID)
  pixel = vec4((body + 1.0) / 255.0, 0.0, 0.0, 1.0);
#else
#ifdef FLAT
  float brightness = direct;
#else
  float brightness = direct_light(normalize(world_normal), light);
#endif
#ifdef SHADOWS
  float nearness = 1.0 - texture(shadow_map, shadow.xy / shadow.z).r;
  if (nearness * (shadow_test.x * shadow.z - shadow_test.y) >= 1.0) brightness *= 0.8;
#endif
  vec3 surface = base;
#ifdef CHECKER
  vec2 parity = fract(tile);
  if ((parity.x < 0.5) != (parity.y < 0.5)) surface = odd_color;
#endif
  // Rounded down, as the rasteriser does.
  pixel = vec4(surface * (0.6 + brightness) - 0.499 / 255.0, 1.0);
#ifdef WIRES
  // A thin line in a colour near that of the background would be lost.
  vec3 ink = vec3(dot(background, vec3(1.0)) < 1.5 ? 1.0 : 0.0);
  pixel.rgb = mix(ink, pixel.rgb, min(0.45 + distance(pixel.rgb, background), 1.0));
#endif
#endif
}
)";

const char kLightFunction[] = R"(
float direct_light(vec3 n, vec3 light) {
  float along = dot(n, light);
  float mirrored = max(2.0 * along * n.z - light.z, 0.0);
  return 0.35 * max(along, 0.0) + 0.05 * (mirrored * mirrored);
}
)";

const char kLineVertex[] = R"(
layout(location = 0) in vec3 from;
layout(location = 1) in vec3 to;
layout(location = 2) in vec4 color;
layout(location = 3) in vec2 shape;  // width, px; 1 = arrow
uniform mat4 clip_from_world;
uniform vec2 half_size;  // of the picture, px
uniform vec2 depth;      // clip z = depth.x w + depth.y
uniform float near;
noperspective out vec2 place;  // along and across, px
flat out vec4 tint;
flat out vec4 measure;  // half width, length, half width of the head, its length; px

void main() {
  vec4 a = clip_from_world * vec4(from, 1.0), b = clip_from_world * vec4(to, 1.0);
  if (a.w < near && b.w < near) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  float w = 1.001 * near;
  if (a.w < w) a = mix(a, b, (w - a.w) / (b.w - a.w));
  if (b.w < w) b = mix(b, a, (w - b.w) / (a.w - b.w));
  vec2 pa = a.xy / a.w * half_size, pb = b.xy / b.w * half_size;
  float span = length(pb - pa);
  vec2 way = span > 1e-4 ? (pb - pa) / span : vec2(1.0, 0.0);
  float head = shape.y > 0.5 ? min(4.5 * shape.x, span) : 0.0;
  measure = vec4(0.5 * shape.x, span, 0.42 * head, head);
  float reach = max(measure.x, measure.z) + 3.0;
  bool start = (gl_VertexID & 1) == 0;
  float side = (gl_VertexID & 2) == 0 ? -reach : reach;
  vec2 px = (start ? pa - way * reach : pb + way * reach) + vec2(-way.y, way.x) * side;
  vec4 p = start ? a : b;
  // A little nearer than it is, so that it is seen on the surface that it lies on.
  gl_Position = vec4(px / half_size * p.w, depth.x * p.w + depth.y / 0.998, p.w);
  place = vec2(start ? -reach : span + reach, side);
  tint = color;
}
)";

const char kLineFragment[] = R"(
noperspective in vec2 place;
flat in vec4 tint;
flat in vec4 measure;
out vec4 pixel;

// What a shape that is `grown` px larger than the arrow covers.
float arrow(float grown) {
  float left = measure.y - place.x + grown;
  float head = measure.w + 2.0 * grown;
  float half_width = left < head ? (measure.z + grown) * left / head : measure.x + grown;
  return clamp(half_width + 0.5 - abs(place.y), 0.0, 1.0) *
         clamp(place.x + grown + 0.5, 0.0, 1.0) * clamp(left + 0.5, 0.0, 1.0);
}

void main() {
  if (measure.w > 0.0) {  // with a dark rim, to be seen on every ground
    float inner = arrow(0.0), outer = 0.6 * arrow(1.0);
    float cover = max(inner, outer);
    if (cover <= 0.0) discard;
    pixel = vec4(tint.rgb * inner / cover, tint.a * cover);
    return;
  }
  vec2 beside = vec2(place.x - clamp(place.x, 0.0, measure.y), place.y);
  float cover = clamp(measure.x + 0.5 - length(beside), 0.0, 1.0);
  if (cover <= 0.0) discard;
  pixel = vec4(tint.rgb, tint.a * cover);
}
)";

const char kDecalVertex[] = R"(
uniform mat4 clip_from_world;
uniform vec3 origin, right, down, up;
#ifdef PROJECTED
// A box's corners; its twelve triangles by number.
const int kCorners[36] = int[](0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4,
                               2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5);
void main() {
  int corner = kCorners[gl_VertexID];
  vec3 part = vec3(corner & 1, (corner >> 1) & 1, (corner >> 2) & 1);
  gl_Position = clip_from_world * vec4(origin + right * part.x + down * part.y + up * part.z, 1.0);
}
#else
uniform vec2 depth;
out vec2 at;
void main() {
  at = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = clip_from_world * vec4(origin + right * at.x + down * at.y, 1.0);
  gl_Position.z = depth.x * gl_Position.w + depth.y / 0.999;
}
#endif
)";

const char kDecalFragment[] = R"(
uniform sampler2D picture;
out vec4 pixel;
#ifdef PROJECTED
uniform sampler2D scene_depth;
uniform vec2 depth;  // clip z = depth.x w + depth.y
// (column, row, height) in parts of the box, of the point that pixel (x, y) shows at depth w.
uniform vec3 part_x, part_y, part_1, part_w;
void main() {
  float z = 2.0 * texelFetch(scene_depth, ivec2(gl_FragCoord.xy), 0).r - 1.0;
  float w = depth.y / (z - depth.x);
  vec3 part = (part_x * gl_FragCoord.x + part_y * gl_FragCoord.y + part_1) * w + part_w;
  if (z >= 1.0 || any(lessThan(part, vec3(0.0))) || any(greaterThan(part, vec3(1.0)))) discard;
  pixel = texture(picture, part.xy);
}
#else
in vec2 at;
void main() { pixel = texture(picture, at); }
#endif
)";

const char kOutlineVertex[] = R"(
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0, 0.0, 1.0);
}
)";

const char kOutlineFragment[] = R"(
uniform sampler2D mask;
uniform vec4 color;
uniform vec2 pixel_size;  // of the mask, as a part of it
out vec4 pixel;
void main() {
  vec2 at = gl_FragCoord.xy * pixel_size, far = 1.5 * pixel_size;
  float inside = texture(mask, at).r;
  float near = texture(mask, at + far).r + texture(mask, at - far).r +
               texture(mask, at + vec2(far.x, -far.y)).r + texture(mask, at - vec2(far.x, -far.y)).r;
  // A line beside the body, soft on its outer side; a breath of colour on the body itself.
  float cover = inside > 0.5 ? 0.14 : min(1.0, 1.5 * near);
  if (cover <= 0.0) discard;
  pixel = vec4(color.rgb, color.a * cover);
}
)";

}  // namespace rookery::gui
