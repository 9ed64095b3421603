// A window for pictures that another program sends.
#ifndef ROOKERY_GUI_PICTURE_WINDOW_H_
#define ROOKERY_GUI_PICTURE_WINDOW_H_

#include <string>

namespace rookery::gui {

// Shows what comes from the standard input: of each picture two int32, width and height, and height
// rows of width RGB pixels. Says "ready" on the standard output once the window is there. Returns
// at the end of the input, by Escape, or when the window is closed. Failure without a display.
void ShowPictures(const std::string& title, int width, int height);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_PICTURE_WINDOW_H_
