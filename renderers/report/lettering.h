// Captions in pictures: a plain font of straight strokes, anti-aliased at any size.
#ifndef ROOKERY_RENDERERS_REPORT_LETTERING_H_
#define ROOKERY_RENDERERS_REPORT_LETTERING_H_

#include <string_view>

#include "renderers/report/canvas.h"

namespace rookery::report {

// Width of a line of text whose capitals are `height` pixels high.
double TextWidth(std::string_view text, double height);

// Draws it with its baseline's left end at `at`. ASCII letters, digits and - / . , are drawn;
// anything else is a blank.
void DrawText(std::string_view text, Point at, double height, const Rgb& color, Canvas* canvas);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_LETTERING_H_
