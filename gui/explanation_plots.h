// Private to gui: ImGui's and ImPlot's drawings of an agent's reasons.
#ifndef ROOKERY_GUI_EXPLANATION_PLOTS_H_
#define ROOKERY_GUI_EXPLANATION_PLOTS_H_

#include <imgui.h>

#include "gui/explanation_figures.h"
#include "gui/picture_texture.h"

namespace rookery::gui {

// As large as fits into `room` with its sides in proportion, in the middle; smooth or in squares,
// as its texture is.
void DrawPicture(const PictureTexture& picture, ImVec2 room);
// Scores of rotations around a circle, in the directions that they have in the table's picture
// (yaw 0 is downwards, it grows to the right); the chosen one is bright.
void DrawRotations(const ItemFigures& figures, float size);
// Value over two components of the action, with the samples that were tried.
void DrawLandscape(const ItemFigures& figures, const PictureTexture& picture, ImVec2 size);
// The samples with the highest values.
void DrawCloud(const ItemFigures& figures, float height);
// Bars with the names of the sensors, to both sides of 0.
void DrawWeights(const ItemFigures& figures);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_EXPLANATION_PLOTS_H_
