// rookery_show TITLE WIDTH HEIGHT: the window of Python's render_mode "human"
// (gui/picture_window.h), a program of its own so that importing rookery needs no display and no
// OpenGL.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "gui/picture_window.h"

int main(int argc, char** argv) {
  const int width = argc == 4 ? std::atoi(argv[2]) : 0, height = argc == 4 ? std::atoi(argv[3]) : 0;
  if (width < 1 || height < 1) {
    std::fprintf(stderr, "usage: rookery_show TITLE WIDTH HEIGHT  (pictures on standard input)\n");
    return 2;
  }
  try {
    rookery::gui::ShowPictures(argv[1], width, height);
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());  // where "ready" is waited for
    return 1;
  }
  return 0;
}
