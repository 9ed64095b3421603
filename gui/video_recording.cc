#include "gui/video_recording.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <filesystem>
#include <utility>

#include "renderers/image_io.h"

namespace rookery::gui {
namespace {

constexpr size_t kMostWaiting = 24;  // frames; 1280x800 has 3 MB
constexpr int kMostRepeats = 30;     // of one frame: a second
constexpr double kRounding = 1e-3;   // frames

}  // namespace

Array CutPicture(const Array& picture, int64_t width, int64_t height) {
  Array cut(DType::kUInt8, {height, width, 3});
  const int64_t from_width = picture.shape()[1];
  const int64_t columns = std::min(width, from_width), rows = std::min(height, picture.shape()[0]);
  for (int64_t row = 0; row < rows; ++row) {
    std::memcpy(cut.As<uint8_t>().data() + row * width * 3,
                picture.As<uint8_t>().data() + row * from_width * 3,
                static_cast<size_t>(columns * 3));
  }
  return cut;
}

VideoRecording::VideoRecording(std::string path) : base_(std::move(path)) {
  thread_ = std::thread([this] { Run(); });
}

VideoRecording::~VideoRecording() {
  Finish();
  thread_.join();
}

bool VideoRecording::Due(double now_s) const {
  const std::lock_guard lock(mutex_);
  return !finish_ && !done_ && (next_s_ < 0 || now_s >= next_s_);
}

void VideoRecording::Add(Array picture, double now_s) {
  {
    const std::lock_guard lock(mutex_);
    if (finish_ || done_) return;
    if (next_s_ < 0) next_s_ = now_s;
    const double late = (now_s - next_s_) * kFrameRate + kRounding;  // frames
    int repeats = 1 + static_cast<int>(std::min<double>(kMostRepeats, std::floor(late)));
    next_s_ += repeats / kFrameRate;
    if (now_s > next_s_) next_s_ = now_s;  // it stood still for long
    repeats += std::exchange(owed_, 0);
    if (frames_.size() >= kMostWaiting) {  // the next stands for it, so that time is kept
      ++left_out_;
      owed_ = repeats;
      return;
    }
    if (shape_.empty()) shape_ = picture.shape();
    frames_.push_back({std::move(picture), repeats});
    taken_ += repeats;
  }
  wake_.notify_all();
}

void VideoRecording::Finish() {
  {
    const std::lock_guard lock(mutex_);
    finish_ = true;
  }
  wake_.notify_all();
}

bool VideoRecording::done() const {
  const std::lock_guard lock(mutex_);
  return done_;
}

std::string VideoRecording::path() const {
  const std::lock_guard lock(mutex_);
  return path_;
}

std::string VideoRecording::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

double VideoRecording::seconds() const {
  const std::lock_guard lock(mutex_);
  return static_cast<double>(taken_) / kFrameRate;
}

int64_t VideoRecording::left_out() const {
  const std::lock_guard lock(mutex_);
  return left_out_;
}

void VideoRecording::Run() {
  std::string error;
  try {
    Write();
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  const std::lock_guard lock(mutex_);
  error_ = error;
  frames_.clear();
  done_ = true;
}

void VideoRecording::Write() {
  const std::filesystem::path folder = std::filesystem::path(base_).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder);
  VideoWriter writer(base_, kFrameRate);
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return finish_ || !frames_.empty(); });
    if (frames_.empty()) break;
    const Frame frame = std::move(frames_.front());
    frames_.pop_front();
    const Shape shape = shape_;
    lock.unlock();
    const Array picture = frame.picture.shape() == shape
                              ? frame.picture
                              : CutPicture(frame.picture, shape[1], shape[0]);
    for (int i = 0; i < frame.repeats; ++i) writer.Add(picture);
    lock.lock();
  }
  if (taken_ == 0) return;
  lock.unlock();
  writer.Close();
  lock.lock();
  path_ = writer.path();
}

}  // namespace rookery::gui
