// Private to gui: the renderer's shaders, GLSL 3.30 without its first line.
#ifndef ROOKERY_GUI_GL_SHADERS_H_
#define ROOKERY_GUI_GL_SHADERS_H_

namespace rookery::gui {

// Places of the vertex attributes.
inline constexpr unsigned kAtPosition = 0, kAtNormal = 1;  // of a mesh
inline constexpr unsigned kAtRows = 2;                     // 2, 3, 4: of a visual, as are:
inline constexpr unsigned kAtUnscale = 5, kAtColor = 6, kAtId = 7;

// Bodies. Defines: SHADOWS, CHECKER, FLAT (triangles of one normal each); ID writes the body's
// id + 1 instead of a colour; DEPTH only depth; MASK 1. kLightFunction goes before both.
extern const char kLightFunction[], kBodyVertex[], kBodyFragment[];
// Lines, arrows and points as quads of a width in pixels, with soft edges.
extern const char kLineVertex[], kLineFragment[];
// A picture in the world: flat, or with PROJECTED on what lies in a box.
extern const char kDecalVertex[], kDecalFragment[];
// The edge of a mask, over the whole picture.
extern const char kOutlineVertex[], kOutlineFragment[];

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_GL_SHADERS_H_
