// One subcommand, one file: it registers itself here and main.cc finds it.
#ifndef ROOKERY_APPS_COMMAND_H_
#define ROOKERY_APPS_COMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rookery {

// What a subcommand prints: text for people, or one JSON document.
struct Output {
  bool json = false;
  nlohmann::json document = nlohmann::json::object();  // printed at the end with --json
  // To stdout, only without --json.
  void Print(const std::string& text) const;
};

struct Command {
  std::string name, summary;
  int order = 0;        // place in --help
  std::string example;  // end of --help; it works as it stands
  // Adds options to `app`; returns what runs after parsing and gives the exit code.
  std::function<std::function<int(Output*)>(CLI::App* app)> setup;
};

std::vector<Command>& Commands();
bool RegisterCommand(Command command);
// As if typed: `rookery words...`. Prints as that command does; its exit code.
int RunCommand(const std::vector<std::string>& words, Output* output);
// The words this process was started with, for reports.
std::string& CommandLineText();

#define ROOKERY_REGISTER_COMMAND(identifier, ...)    \
  [[maybe_unused]] const bool kCommand##identifier = \
      ::rookery::RegisterCommand(::rookery::Command __VA_ARGS__)

}  // namespace rookery

#endif  // ROOKERY_APPS_COMMAND_H_
