// The `rookery` program: finds the subcommand, turns errors into one line and an exit code
// (0 done, 1 failure, 2 bad input, 130 interrupted).
#include <algorithm>
#include <iostream>

#include "apps/command.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/plugins.h"
#include "core/subprocess.h"

#ifndef ROOKERY_VERSION
#define ROOKERY_VERSION "unknown"
#endif

namespace rookery {
namespace {

constexpr int kInterruptedCode = 130;

// A program with every subcommand; `chosen` is set by parsing.
struct Program {
  CLI::App app{"Robot-learning environments and agents in one program.", "rookery"};
  std::vector<std::pair<CLI::App*, std::function<int(Output*)>>> subcommands;
  bool json = false;

  Program() {
    app.set_version_flag("--version", std::string("rookery ") + ROOKERY_VERSION);
    app.require_subcommand(1);
    app.footer("Start with `rookery quickstart`, or `rookery list`.");
    std::vector<Command> commands = Commands();
    std::sort(commands.begin(), commands.end(),
              [](const Command& a, const Command& b) { return a.order < b.order; });
    for (const Command& command : commands) {
      CLI::App* sub = app.add_subcommand(command.name, command.summary);
      sub->option_defaults()->always_capture_default();
      sub->footer("Example:\n  " + command.example);
      subcommands.emplace_back(sub, command.setup(sub));
      sub->add_flag("--json", json, "print exactly one JSON document on stdout");
    }
  }
};

std::vector<std::string> Names(const Program& program) {
  std::vector<std::string> names;
  for (const auto& [sub, run] : program.subcommands) names.push_back(sub->get_name());
  return names;
}

// What CLI11 found wrong, in our words, with the nearest valid flag or subcommand.
std::string Explain(const Program& program, const CLI::ParseError& error,
                    const std::vector<std::string>& words) {
  const CLI::App* chosen = nullptr;
  for (const auto& [sub, run] : program.subcommands) {
    if (sub->parsed()) chosen = sub;
  }
  if (chosen == nullptr) {
    if (words.empty()) return "no subcommand; there are " + Join(Names(program));
    return "unknown subcommand '" + words[0] + "'" + DidYouMean(words[0], Names(program)) +
           "; there are " + Join(Names(program));
  }
  const std::string hint = " (`rookery " + chosen->get_name() + " --help` shows all)";
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError)) {
    std::vector<std::string> flags;
    for (const CLI::Option* option : chosen->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
    for (const std::string& word : chosen->remaining()) {
      if (word.rfind("-", 0) == 0) {
        const std::string flag = word.substr(0, word.find('='));
        return "unknown option " + flag + DidYouMean(flag, flags) + hint;
      }
    }
    return "unexpected argument '" + Join(chosen->remaining(), " ") + "'" + hint;
  }
  return std::string(error.what()) + hint;
}

int Run(const std::vector<std::string>& words, Output* output) {
  Program program;
  try {
    std::vector<std::string> reversed(words.rbegin(), words.rend());
    program.app.parse(reversed);
  } catch (const CLI::CallForHelp& help) {
    return program.app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return program.app.exit(version);
  } catch (const CLI::ParseError& error) {
    if (std::find(words.begin(), words.end(), "--json") != words.end()) output->json = true;
    throw UserError(Explain(program, error, words));
  }
  output->json = output->json || program.json;
  for (const auto& [sub, run] : program.subcommands) {
    if (sub->parsed()) return run(output);
  }
  throw Bug("no subcommand was parsed");
}

}  // namespace

void Output::Print(const std::string& text) const {
  if (!json) std::cout << text << std::flush;
}

std::vector<Command>& Commands() {
  static std::vector<Command> commands;
  return commands;
}

bool RegisterCommand(Command command) {
  Commands().push_back(std::move(command));
  return true;
}

std::string& CommandLineText() {
  static std::string text;
  return text;
}

int RunCommand(const std::vector<std::string>& words, Output* output) { return Run(words, output); }

int Main(int argc, char** argv) {
  InstallInterruptHandler();
  const std::vector<std::string> words(argv + 1, argv + argc);
  CommandLineText() = "rookery" + std::string(words.empty() ? "" : " ") + ShellText(words);
  Output output;
  int code = 1;
  std::string message;
  try {
    LoadPlugins();
    code = Run(words, &output);
    if (code == 0 && Interrupted()) code = kInterruptedCode;
  } catch (const UserError& error) {
    message = error.what();
    code = 2;
  } catch (const Bug& error) {
    message = std::string("internal error: ") + error.what();
  } catch (const std::exception& error) {
    message = error.what();
  }
  if (!message.empty()) {
    if (Interrupted() && code == 1) code = kInterruptedCode;
    std::cerr << "rookery: " << message << "\n";
    output.document = {{"error", message}, {"exit_code", code}};
  }
  if (output.json) {
    // Arguments and file names need not be UTF-8; JSON must.
    constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
    std::cout << output.document.dump(2, ' ', false, kReplace) << "\n";
  }
  std::cout.flush();
  if (!std::cout && code == 0) {
    std::cerr << "rookery: cannot write to standard output\n";
    code = 1;
  }
  return code;
}

}  // namespace rookery

int main(int argc, char** argv) { return rookery::Main(argc, argv); }
