// Videos: through the ffmpeg program, or as animated PNG files.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "core/atomic_file.h"
#include "core/error.h"
#include "renderers/image_io.h"
#include "renderers/png.h"

extern char** environ;

namespace rookery {
namespace {

std::string Reason(int error) { return std::generic_category().message(error); }

// Full path of a program on PATH; empty when there is none.
std::string FindProgram(const std::string& name) {
  const char* const path = std::getenv("PATH");
  std::stringstream folders(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = (folder.empty() ? "." : folder) + "/" + name;
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

// A file without a name: nothing of it is left behind whatever happens to this process.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("rookery-video", MFD_CLOEXEC)) {
    if (fd_ < 0) throw Failure("cannot make a temporary file: " + Reason(errno));
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  int fd() const { return fd_; }
  std::string Contents() const { return ReadFile("/proc/self/fd/" + std::to_string(fd_)); }

 private:
  int fd_;
};

// A child process that reads what we send and whose complaints we keep. It finds `output` as its
// file descriptor kChildOutput.
constexpr int kChildOutput = 3;
class Child {
 public:
  Child(const std::vector<std::string>& command, int output) : name_(command[0]) {
    // A socket rather than a pipe: a child that dies early then gives an error, not a signal.
    int in[2], errors[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0) Fail(errno);
    if (pipe2(errors, O_CLOEXEC) != 0) {
      const int error = errno;
      close(in[0]);
      close(in[1]);
      Fail(error);
    }
    to_child_ = in[0];
    errors_ = errors[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[1], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, errors[1], STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, kChildOutput);
    // Ctrl-C is for us: we then stop the child in an orderly way.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    std::vector<char*> arguments;
    std::vector<std::string> words = command;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error =
        posix_spawn(&pid_, name_.c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(in[1]);
    close(errors[1]);
    if (error != 0) {
      pid_ = -1;
      close(to_child_);
      close(errors_);
      Fail(error);
    }
  }
  ~Child() {
    CloseInput();
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      Wait();
    }
    close(errors_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // False when the child no longer reads.
  bool Send(const uint8_t* data, size_t size) {
    while (size > 0) {
      pollfd ready[2] = {{to_child_, POLLOUT, 0}, {errors_, POLLIN, 0}};
      if (poll(ready, 2, -1) < 0 && errno != EINTR) return false;
      if ((ready[1].revents & POLLIN) != 0) ReadErrors();
      if (ready[0].revents == 0) continue;
      const ssize_t sent = send(to_child_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (sent < 0) return false;
      data += sent;
      size -= static_cast<size_t>(sent);
    }
    return true;
  }
  // Ends the input and waits. Empty when the child succeeded, else its last words.
  std::string Finish() {
    CloseInput();
    while (ReadErrors()) {
    }
    const int status = Wait();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
    std::string last = complaints_;
    while (!last.empty() && last.back() == '\n') last.pop_back();
    last = last.substr(last.rfind('\n') + 1);
    return last.empty() ? "ended with status " + std::to_string(status) : last;
  }

 private:
  [[noreturn]] void Fail(int error) const {
    throw Failure("cannot start " + name_ + ": " + Reason(error));
  }
  void CloseInput() {
    if (to_child_ >= 0) close(to_child_);
    to_child_ = -1;
  }
  // False at the end.
  bool ReadErrors() {
    char buffer[4096];
    const ssize_t n = read(errors_, buffer, sizeof buffer);
    if (n < 0) return errno == EINTR;
    complaints_.append(buffer, static_cast<size_t>(n));
    if (complaints_.size() > 65536) complaints_.erase(0, complaints_.size() - 4096);
    return n > 0;
  }
  int Wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  std::string name_, complaints_;
  pid_t pid_ = -1;
  int to_child_ = -1, errors_ = -1;
};

class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual void Add(const Array& frame) = 0;
  virtual void Close() = 0;
};

class Mp4Encoder final : public Encoder {
 public:
  Mp4Encoder(const std::string& ffmpeg, const std::string& path, double rate,
             const internal::PngSize& size)
      : path_(path), child_(Command(ffmpeg, rate, size), file_.fd()) {}
  void Add(const Array& frame) override {
    if (!child_.Send(frame.As<uint8_t>().data(), frame.nbytes())) Fail();
  }
  void Close() override {
    const std::string complaint = child_.Finish();
    if (!complaint.empty()) throw Failure("cannot write " + path_ + ": ffmpeg: " + complaint);
    WriteFileAtomic(path_, file_.Contents());
  }

 private:
  static std::vector<std::string> Command(const std::string& ffmpeg, double rate,
                                          const internal::PngSize& size) {
    const std::string pixels = std::to_string(size.width) + "x" + std::to_string(size.height);
    // The chroma of yuv420p needs an even width and height.
    return {ffmpeg,
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "error",
            "-y",
            "-f",
            "rawvideo",
            "-pixel_format",
            "rgb24",
            "-video_size",
            pixels,
            "-framerate",
            std::to_string(rate),
            "-i",
            "pipe:0",
            "-vf",
            "pad=ceil(iw/2)*2:ceil(ih/2)*2",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "20",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-f",
            "mp4",
            "file:/proc/self/fd/" + std::to_string(kChildOutput)};
  }
  [[noreturn]] void Fail() {
    throw Failure("cannot write " + path_ + ": ffmpeg: " + child_.Finish());
  }

  std::string path_;
  MemoryFile file_;
  Child child_;
};

// Keeps the compressed frames until the number of them, which comes first in the file, is known.
class ApngEncoder final : public Encoder {
 public:
  ApngEncoder(const std::string& path, double rate, const internal::PngSize& size)
      : path_(path), rate_(rate), size_(size) {}
  void Add(const Array& frame) override {
    std::string control;
    internal::AppendBigEndian(sequence_++, 4, &control);
    internal::AppendBigEndian(static_cast<uint32_t>(size_.width), 4, &control);
    internal::AppendBigEndian(static_cast<uint32_t>(size_.height), 4, &control);
    control.append(8, '\0');  // offset 0, 0
    // Delay in seconds as a fraction of two 16-bit numbers.
    const double delay = 1 / rate_;
    const int denominator = delay >= 60 ? 1 : (delay >= 0.06 ? 1000 : 10000);
    const double numerator = std::clamp(std::round(delay * denominator), 1.0, 65535.0);
    internal::AppendBigEndian(static_cast<uint32_t>(numerator), 2, &control);
    internal::AppendBigEndian(static_cast<uint32_t>(denominator), 2, &control);
    control.append(2, '\0');  // leave the frame, overwrite the one before
    internal::AppendChunk("fcTL", control, &chunks_);
    if (frames_++ == 0) {
      internal::AppendChunk("IDAT", internal::CompressImage(frame), &chunks_);
      return;
    }
    std::string data;
    internal::AppendBigEndian(sequence_++, 4, &data);
    data += internal::CompressImage(frame);
    internal::AppendChunk("fdAT", data, &chunks_);
  }
  void Close() override {
    std::string out(internal::kPngSignature), animation;
    internal::AppendChunk("IHDR", internal::PngHeader(size_), &out);
    internal::AppendBigEndian(frames_, 4, &animation);
    internal::AppendBigEndian(0, 4, &animation);  // play for ever
    internal::AppendChunk("acTL", animation, &out);
    out += chunks_;
    internal::AppendChunk("IEND", "", &out);
    WriteFileAtomic(path_, out);
  }

 private:
  std::string path_, chunks_;
  double rate_;
  internal::PngSize size_;
  uint32_t frames_ = 0, sequence_ = 0;
};

}  // namespace

class VideoWriter::Impl {
 public:
  Impl(const std::string& path, double rate, bool allow_ffmpeg) : base_(path), rate_(rate) {
    if (!(rate > 0 && rate <= 1000)) {
      throw UserError("frames per second = " + std::to_string(rate) + " is outside (0, 1000]");
    }
    if (allow_ffmpeg) ffmpeg_ = FindProgram("ffmpeg");
  }

  void Add(const Array& frame) {
    if (closed_) throw Bug("a frame was added to the closed video " + path_);
    const internal::PngSize size = internal::CheckImage(frame);
    if (size.channels != 3) {
      throw UserError("a video frame must be uint8 of shape (H, W, 3), got " +
                      ShapeText(frame.shape()));
    }
    if (encoder_ == nullptr) {
      shape_ = frame.shape();
      path_ = base_ + (ffmpeg_.empty() ? ".png" : ".mp4");
      if (ffmpeg_.empty()) {
        encoder_ = std::make_unique<ApngEncoder>(path_, rate_, size);
      } else {
        encoder_ = std::make_unique<Mp4Encoder>(ffmpeg_, path_, rate_, size);
      }
    }
    if (frame.shape() != shape_) {
      throw UserError("the frames of " + path_ + " have shape " + ShapeText(shape_) + ", got " +
                      ShapeText(frame.shape()));
    }
    encoder_->Add(frame);
  }

  void Close() {
    if (closed_) return;
    if (encoder_ == nullptr) throw UserError("the video " + base_ + " has no frames");
    encoder_->Close();
    encoder_.reset();
    closed_ = true;
  }

  const std::string& path() const { return path_; }

 private:
  std::string base_, path_, ffmpeg_;
  double rate_;
  Shape shape_;
  std::unique_ptr<Encoder> encoder_;
  bool closed_ = false;
};

VideoWriter::VideoWriter(const std::string& path_without_extension, double frames_per_second,
                         bool allow_ffmpeg)
    : impl_(std::make_unique<Impl>(path_without_extension, frames_per_second, allow_ffmpeg)) {}
VideoWriter::~VideoWriter() = default;
void VideoWriter::Add(const Array& frame) { impl_->Add(frame); }
void VideoWriter::Close() { impl_->Close(); }
const std::string& VideoWriter::path() const { return impl_->path(); }

}  // namespace rookery
