#include "core/log.h"

#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>

namespace rookery {
namespace {

struct State {
  std::mutex mutex;  // of the terminal: one line at a time
  spdlog::logger logger;
  std::string status;  // the line in progress, "" when there is none

  // Recursive, because a sink may log.
  std::recursive_mutex sink_mutex;
  std::function<void(LogLevel, const std::string&)> sink;

  std::mutex once_mutex;
  std::set<std::string> once;

  State() : logger("rookery", MakeSink()) {
    logger.set_level(spdlog::level::info);
    logger.set_pattern("%^%l:%$ %v");
    logger.flush_on(spdlog::level::trace);
  }

  static spdlog::sink_ptr MakeSink() {
    // The state's mutex guards it. https://no-color.org: any value switches colour off.
    const char* const no_color = std::getenv("NO_COLOR");
    const bool colour = no_color == nullptr || *no_color == '\0';
    return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>(
        colour ? spdlog::color_mode::automatic : spdlog::color_mode::never);
  }

  void EraseStatus() {
    if (!status.empty()) std::fputs("\r\x1b[K", stderr);
  }
  void DrawStatus() {
    if (status.empty()) return;
    std::fputs(status.c_str(), stderr);
    std::fflush(stderr);
  }
};

// Never destroyed: threads may log while the program ends.
State& GetState() {
  static State& state = *new State;
  return state;
}

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void Log(LogLevel level, const std::string& message) {
  State& state = GetState();
  {
    const std::lock_guard lock(state.mutex);
    const auto spdlog_level = SpdlogLevel(level);
    if (state.logger.should_log(spdlog_level)) {
      state.EraseStatus();
      state.logger.log(spdlog_level, spdlog::string_view_t(message.data(), message.size()));
      state.DrawStatus();
    }
  }
  const std::lock_guard lock(state.sink_mutex);
  if (state.sink) {
    const auto sink = state.sink;  // it may replace itself
    sink(level, message);
  }
}

void LogWarningOnce(const std::string& key, const std::string& message) {
  State& state = GetState();
  {
    const std::lock_guard lock(state.once_mutex);
    if (!state.once.insert(key).second) return;
  }
  LogWarning(message);
}

void SetLogLevel(LogLevel lowest) {
  State& state = GetState();
  const std::lock_guard lock(state.mutex);
  state.logger.set_level(SpdlogLevel(lowest));
}

void SetLogSink(std::function<void(LogLevel, const std::string&)> sink) {
  State& state = GetState();
  const std::lock_guard lock(state.sink_mutex);
  state.sink = std::move(sink);
}

namespace internal {

void ShowStatusLine(const std::string& text) {
  State& state = GetState();
  const std::lock_guard lock(state.mutex);
  state.EraseStatus();
  state.status = text;
  state.DrawStatus();
}

void EndStatusLine() {
  State& state = GetState();
  const std::lock_guard lock(state.mutex);
  if (state.status.empty()) return;
  state.status.clear();
  std::fputs("\n", stderr);
  std::fflush(stderr);
}

void PrintLine(const std::string& text) {
  State& state = GetState();
  const std::lock_guard lock(state.mutex);
  state.EraseStatus();
  std::fputs((text + "\n").c_str(), stderr);
  std::fflush(stderr);
  state.DrawStatus();
}

}  // namespace internal
}  // namespace rookery
