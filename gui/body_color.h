// Colours that tell bodies apart, for segmentation wherever the viewer shows it.
#ifndef ROOKERY_GUI_BODY_COLOR_H_
#define ROOKERY_GUI_BODY_COLOR_H_

#include <array>

namespace rookery::gui {

// sRGB in [0, 1] of a body's id; ids that follow each other differ clearly, and every id looks the
// same everywhere. Dark grey for what is no body (below 0 or above 254).
std::array<float, 3> BodyColor(int id);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_BODY_COLOR_H_
