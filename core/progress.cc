#include "core/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/log.h"

namespace rookery {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kRedrawSeconds = 0.05;
// Without a terminal: a line after a tenth of the work or half a minute, never more than one in
// five seconds.
constexpr double kLineSeconds = 5, kLongLineSeconds = 30, kLineShare = 0.1;
constexpr int kWidestBar = 30, kNarrowestBar = 6;

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

// "0:07", "12:05", "3:04:05".
std::string Duration(double seconds) {
  const auto s = static_cast<int64_t>(std::llround(std::min(seconds, 1e9)));
  char text[48];
  if (s < 3600) {
    std::snprintf(text, sizeof(text), "%d:%02d", static_cast<int>(s / 60),
                  static_cast<int>(s % 60));
  } else {
    std::snprintf(text, sizeof(text), "%lld:%02d:%02d", static_cast<long long>(s / 3600),
                  static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
  }
  return text;
}

// "1,240/s", "31.5/s", "0.24/s", or "8.2 s each" for slow work.
std::string Rate(double per_second) {
  char text[48];
  if (per_second >= 100) {
    std::snprintf(text, sizeof(text), "%.0f", per_second);
    std::string digits = text;
    for (auto i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) {
      digits.insert(static_cast<size_t>(i), ",");
    }
    return digits + "/s";
  }
  if (per_second >= 0.5) {
    std::snprintf(text, sizeof(text), "%.*f/s", per_second >= 10 ? 1 : 2, per_second);
  } else {
    std::snprintf(text, sizeof(text), "%.1f s each", 1 / per_second);
  }
  return text;
}

// Characters, not bytes: bytes that continue a UTF-8 character do not count.
int Width(const std::string& text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Cut(const std::string& text, int width) {
  int seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] & 0xc0) != 0x80 && ++seen > width) return text.substr(0, i);
  }
  return text;
}

std::string Bar(double share, int width, bool unicode) {
  if (!unicode) {
    const auto full = static_cast<size_t>(share * (width - 2));
    return "[" + std::string(full, '#') + std::string(static_cast<size_t>(width - 2) - full, '-') +
           "]";
  }
  // Eighths of a cell, from empty to full.
  static constexpr const char* kCells[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
  const int eighths = static_cast<int>(share * width * 8);
  std::string bar = "▕";
  for (int cell = 0; cell < width; ++cell) bar += kCells[std::clamp(eighths - 8 * cell, 0, 8)];
  return bar + "▏";
}

bool LocaleIsUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* const value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string folded;
    for (const char* c = value; *c != '\0'; ++c) {
      if (*c != '-')
        folded.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(*c))));
    }
    return folded.find("utf8") != std::string::npos;
  }
  return false;
}

int TerminalWidth() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool IsTerminal() {
  const char* const term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (term == nullptr || std::string(term) != "dumb");
}

}  // namespace

namespace internal {

std::string ProgressText(const ProgressState& state, int width, bool unicode) {
  const bool known = state.total > 0;
  const double share =
      known
          ? std::clamp(static_cast<double>(state.done) / static_cast<double>(state.total), 0.0, 1.0)
          : 0;
  const std::string total = std::to_string(state.total), done = std::to_string(state.done);
  std::string count = done;
  if (known) {
    // Right-aligned, so that the line does not shift while it grows.
    const size_t pad = total.size() > done.size() ? total.size() - done.size() : 0;
    char percent[16];
    std::snprintf(percent, sizeof(percent), "%3d%%", static_cast<int>(share * 100));
    count = std::string(percent) + "  " + std::string(pad, ' ') + done + "/" + total;
  }

  std::string tail;
  const auto work = static_cast<double>(state.done - state.first);
  if (work > 0 && state.seconds > 0) {
    tail += "  " + Rate(work / state.seconds);
    if (state.final) {
      tail += "  " + Duration(state.seconds);
    } else if (known) {
      const double left = state.seconds / work *
                          static_cast<double>(std::max<int64_t>(0, state.total - state.done));
      tail += "  " + Duration(left) + " left";
    }
  }
  const std::string note = state.note.empty() ? "" : "  " + state.note;

  // The bar takes what the words leave.
  const int frame = 2;
  const int words = Width(state.title) + 2 + 2 + Width(count) + Width(tail) + Width(note);
  const int cells = std::min(kWidestBar, width - words - frame);
  std::string line = state.title + "  ";
  if (known && cells >= kNarrowestBar) {
    line += Bar(share, unicode ? cells : cells + frame, unicode) + "  ";
  }
  line += count + tail + note;
  return width > 0 ? Cut(line, width) : line;
}

}  // namespace internal

ProgressBar::ProgressBar(std::string title, int64_t total, bool enabled)
    : title_(std::move(title)),
      total_(total),
      enabled_(enabled),
      terminal_(IsTerminal()),
      unicode_(LocaleIsUtf8()),
      start_(Clock::now()),
      last_draw_(start_) {
  if (enabled_ && terminal_) Draw(false);
}

ProgressBar::~ProgressBar() { Finish(); }

void ProgressBar::Update(int64_t done, const std::string& note) {
  if (finished_) return;
  const bool is_first = first_ < 0;
  if (is_first) {
    // Work done before (a resumed run) does not count towards the rate.
    first_ = done > 1 ? done : 0;
    if (done > 1) start_ = Clock::now();
  }
  done_ = done;
  note_ = note;
  if (!enabled_) return;
  const double since = Seconds(Clock::now() - last_draw_);
  if (terminal_) {
    if (is_first || since >= kRedrawSeconds) Draw(false);
    return;
  }
  const auto further = static_cast<double>(done_ - drawn_);
  const bool much = total_ > 0 && further >= kLineShare * static_cast<double>(total_);
  if (done_ < total_ && since >= kLineSeconds && (much || since >= kLongLineSeconds)) Draw(false);
}

void ProgressBar::Finish() {
  if (finished_) return;
  finished_ = true;
  if (!enabled_) return;
  if (first_ >= 0) {
    Draw(true);
  } else if (terminal_) {
    internal::ShowStatusLine("");
  }
}

void ProgressBar::Draw(bool final) {
  last_draw_ = Clock::now();
  drawn_ = done_;
  const internal::ProgressState state = {.title = title_,
                                         .note = note_,
                                         .done = done_,
                                         .total = total_,
                                         .first = std::max<int64_t>(first_, 0),
                                         .seconds = Seconds(last_draw_ - start_),
                                         .final = final};
  if (terminal_) {
    // The last column stays free: some terminals wrap when it is written.
    internal::ShowStatusLine(internal::ProgressText(state, TerminalWidth() - 1, unicode_));
    if (final) internal::EndStatusLine();
  } else {
    constexpr int kNoBar = 0;
    internal::PrintLine(internal::ProgressText(state, kNoBar, false));
  }
}

}  // namespace rookery
