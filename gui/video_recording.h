// Video recording: pictures of the window become a video, encoded on a thread of its own.
#ifndef ROOKERY_GUI_VIDEO_RECORDING_H_
#define ROOKERY_GUI_VIDEO_RECORDING_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "core/array.h"

namespace rookery::gui {

class VideoRecording {
 public:
  static constexpr double kFrameRate = 30;  // frames a second

  // `path` without extension.
  explicit VideoRecording(std::string path);
  ~VideoRecording();  // as Finish, and waits for it
  VideoRecording(const VideoRecording&) = delete;
  VideoRecording& operator=(const VideoRecording&) = delete;

  // Is a frame due at this time of a clock that runs? Frames are as far apart as the rate says; one
  // that comes late stands for those it is late by.
  bool Due(double now_s) const;
  // A picture (H, W, 3) uint8; others than the first are cut, or filled up, to its size. Returns at
  // once: left out when the encoder is too far behind.
  void Add(Array picture, double now_s);
  // No more frames; the file is there when done() is true.
  void Finish();

  bool done() const;
  std::string path() const;   // of the file, once done; "" when there is none
  std::string error() const;  // one line
  double seconds() const;     // of video so far
  int64_t left_out() const;   // frames

 private:
  struct Frame {
    Array picture;
    int repeats = 1;
  };
  void Run();
  void Write();

  const std::string base_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Frame> frames_;
  Shape shape_;
  double next_s_ = -1;  // when a frame is due
  int64_t taken_ = 0, left_out_ = 0;
  int owed_ = 0;  // frames that the next one stands for, too
  bool finish_ = false, done_ = false;
  std::string path_, error_;
  std::thread thread_;  // last: it uses the others
};

// The upper left part of a picture (H, W, 3) uint8, black where there is none.
Array CutPicture(const Array& picture, int64_t width, int64_t height);

}  // namespace rookery::gui

#endif  // ROOKERY_GUI_VIDEO_RECORDING_H_
