// Messages for people, on stderr (results go to stdout, by the program only). Thread-safe.
#ifndef ROOKERY_CORE_LOG_H_
#define ROOKERY_CORE_LOG_H_

#include <functional>
#include <string>

namespace rookery {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

void Log(LogLevel level, const std::string& message);
inline void LogInfo(const std::string& message) { Log(LogLevel::kInfo, message); }
inline void LogWarning(const std::string& message) { Log(LogLevel::kWarning, message); }
// The first time only, for each `key`.
void LogWarningOnce(const std::string& key, const std::string& message);
void SetLogLevel(LogLevel lowest);
// Messages also go here, whatever their level (tests count warnings with it); nullptr removes it.
void SetLogSink(std::function<void(LogLevel, const std::string&)> sink);

namespace internal {
// The line below all messages that a progress bar redraws in place; messages are printed above
// it. Only for terminals.
void ShowStatusLine(const std::string& text);
// Leaves the line where it is; the next output begins below it.
void EndStatusLine();
// A plain line, between messages of other threads.
void PrintLine(const std::string& text);
}  // namespace internal

}  // namespace rookery

#endif  // ROOKERY_CORE_LOG_H_
