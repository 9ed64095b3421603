// This program, or another, run as a process of its own.
#ifndef ROOKERY_CORE_SUBPROCESS_H_
#define ROOKERY_CORE_SUBPROCESS_H_

#include <deque>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace rookery {

// Runs `rookery words... --json` to its end and returns its document. What it says to people is
// appended to the file `log`. Ctrl-C is passed on to it once; it never outlives this process.
// Failure when it cannot start or ends with another exit code than 0 (with the last line it said).
nlohmann::json RunSelf(const std::vector<std::string>& words, const std::string& log);

// A process beside this one, watched without ever waiting for it. Use by one thread, which must
// outlive it: the system ends the process with the thread that started it.
class ChildProcess {
 public:
  static constexpr size_t kMostLines = 1000;  // of what it said are kept

  // `words`: the program's file, then its arguments. Failure when it cannot start.
  explicit ChildProcess(const std::vector<std::string>& words);
  // Ends it as Interrupt does, and by force when it still runs `kPatience_s` later.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // Takes in what it has said and whether it has ended; true when there is news.
  bool Poll();
  // As Ctrl-C would, it and what it started: a training saves and ends.
  void Interrupt();

  bool running() const { return pid_ > 0; }
  int pid() const { return pid_; }  // -1 when it has ended
  // How it ended: "" while it runs and when all went well, else "exit code 2", "signal 9".
  const std::string& trouble() const { return trouble_; }
  // What it said on either stream, the last kMostLines lines.
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  static constexpr double kPatience_s = 5;
  bool Read();
  void Take(const char* text, size_t size);

  int pid_ = -1, from_child_ = -1;
  bool line_open_ = false, replace_line_ = false;  // the last line goes on; is to be overwritten
  std::string trouble_;
  std::deque<std::string> lines_;
};

// As it would be typed, quoted where a shell needs it.
std::string ShellText(const std::vector<std::string>& words);
// The words of what ShellText made. UserError for a quote that does not end.
std::vector<std::string> ShellWords(const std::string& text);

}  // namespace rookery

#endif  // ROOKERY_CORE_SUBPROCESS_H_
