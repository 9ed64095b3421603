// Runs the program `rookery` as a person or a script would.
#ifndef ROOKERY_TESTS_APPS_PROGRAM_H_
#define ROOKERY_TESTS_APPS_PROGRAM_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/atomic_file.h"
#include "tests/paths.h"
#include "tests/temp_folder.h"

namespace rookery::testing {

struct Ended {
  int code = 0;  // exit code, or minus the signal
  std::string out, err;

  nlohmann::json Json() const {
    const nlohmann::json document = nlohmann::json::parse(out, nullptr, /*exceptions=*/false);
    EXPECT_FALSE(document.is_discarded()) << "stdout is not one JSON document: " << out;
    return document;
  }
};

// A running program; killed when it is forgotten.
class Program {
 public:
  explicit Program(const std::vector<std::string>& words) {
    std::vector<std::string> all = {ProgramPath()};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    child_ = fork();
    if (child_ == 0) {
      // A program in a folder of its own leaves nothing in ours.
      const int out = open(out_path().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      const int err = open(err_path().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      if (out < 0 || err < 0 || chdir(folder_.path().c_str()) != 0) _exit(126);
      dup2(out, STDOUT_FILENO);
      dup2(err, STDERR_FILENO);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  ~Program() {
    if (child_ > 0) Wait(SIGKILL);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void Signal(int signal) const { kill(child_, signal); }
  bool running() {
    if (child_ > 0 && waitpid(child_, &status_, WNOHANG) == child_) child_ = -1;
    return child_ > 0;
  }
  Ended Wait(int signal = 0) {
    if (running()) {
      if (signal != 0) Signal(signal);
      waitpid(child_, &status_, 0);
      child_ = -1;
    }
    Ended ended;
    ended.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
    ended.out = ReadFile(out_path());
    ended.err = ReadFile(err_path());
    return ended;
  }

 private:
  std::string out_path() const { return folder_.path() + "/stdout"; }
  std::string err_path() const { return folder_.path() + "/stderr"; }

  TempFolder folder_;
  pid_t child_ = -1;
  int status_ = 0;
};

inline Ended Run(const std::vector<std::string>& words) { return Program(words).Wait(); }

// With its stdout and stderr when it does not end as expected.
inline Ended RunExpecting(int code, const std::vector<std::string>& words) {
  Ended ended = Run(words);
  EXPECT_EQ(ended.code, code) << ended.out << ended.err;
  return ended;
}

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_APPS_PROGRAM_H_
