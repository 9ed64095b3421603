// PNG images and videos.
#ifndef ROOKERY_RENDERERS_IMAGE_IO_H_
#define ROOKERY_RENDERERS_IMAGE_IO_H_

#include <memory>
#include <string>

#include "core/array.h"

namespace rookery {

// (H, W) or (H, W, 1 | 3 | 4) uint8. Bytes of a PNG file; deterministic.
std::string EncodePng(const Array& image);
// Atomic (temp file + rename). Failure names the path.
void WritePng(const std::string& path, const Array& image);
// 8-bit grey, RGB or RGBA PNG. UserError names the path and what is wrong.
Array ReadPng(const std::string& path);

// MP4 (H.264) through the `ffmpeg` program when there is one, else an animated PNG; `path`
// without extension, path() tells the file written. Frames (H, W, 3) uint8, all of one size.
// Close() finishes and renames into place; without it (an exception) nothing is left behind.
class VideoWriter {
 public:
  VideoWriter(const std::string& path_without_extension, double frames_per_second,
              bool allow_ffmpeg = true);
  ~VideoWriter();
  void Add(const Array& frame);
  void Close();
  const std::string& path() const;  // with extension; valid after the first Add

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rookery

#endif  // ROOKERY_RENDERERS_IMAGE_IO_H_
