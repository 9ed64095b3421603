#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "apps/bench.h"
#include "apps/command.h"
#include "apps/peer.h"
#include "core/registry.h"
#include "core/run_folder.h"
#include "core/thread_pool.h"
#include "renderers/kernels/dispatch.h"

namespace rookery {
namespace {

struct Finding {
  std::string name, value;
  bool ok = true;
  std::string advice = "";  // how to get it, when it is missing
};

std::string MemoryGib() {
  const double bytes =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f GiB", bytes / (1 << 30));
  return text;
}

std::vector<Finding> Instructions() {
  std::vector<Finding> out;
  const std::vector<std::string> sets = internal::SupportedKernels();
  out.push_back({"rasteriser", internal::ActiveKernels().name, true,
                 sets.back() == "avx512" ? "" : "its fastest set of kernels needs AVX-512"});
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool bf16 = __builtin_cpu_supports("avx512bf16") != 0;
  out.push_back({"bf16", bf16 ? "yes" : "no", true, bf16 ? "" : "training uses float32"});
#endif
  return out;
}

int Doctor(Output* out) {
  std::vector<Finding> findings = {{"cpu", bench::CpuName()},
                                   {"cores", std::to_string(AvailableCores())},
                                   {"memory", MemoryGib()}};
  for (Finding& finding : Instructions()) findings.push_back(std::move(finding));
  for (const auto& [engine, version] : EngineVersions()) findings.push_back({engine, version});
  const auto counted = [&](const char* name, size_t count, const char* advice) {
    findings.push_back({name, std::to_string(count), count > 0, count > 0 ? "" : advice});
  };
  counted("environments", ListEnvs().size(),
          "configure with -DROOKERY_BULLET=ON after scripts/install_dependencies");
  const std::vector<const EnvEntry*> envs = ListEnvs();
  const auto atari = std::count_if(envs.begin(), envs.end(), [](const EnvEntry* entry) {
    return entry->family == "ALE/<Game>-v5";
  });
  const char* const roms = std::getenv("ROOKERY_ROMS");
  findings.push_back(
      {"Atari games", std::to_string(atari), atari > 0,
       atari == 0 ? "the plugin rookery_atari.so was not found or is of another build"
       : roms != nullptr && *roms != '\0' ? std::string("of ROOKERY_ROMS=") + roms + " first"
                                          : ""});
  size_t learners = 0;
  for (const AgentEntry* agent : ListAgents()) learners += agent->learns ? 1 : 0;
  counted("learning agents", learners,
          "configure with -DROOKERY_AGENTS=ON after scripts/install_dependencies");
  const bool ffmpeg = !FindProgram("ffmpeg").empty();
  findings.push_back({"ffmpeg", ffmpeg ? FindProgram("ffmpeg") : "missing", ffmpeg,
                      ffmpeg ? "" : "videos become animated PNGs; apt-get install ffmpeg"});
  const bool display =
      std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
  findings.push_back({"display", display ? "yes" : "none", true,
                      display ? "" : "not needed: observations and videos render on the CPU"});
  const std::string peers = PeersPython();
  findings.push_back({"peers", peers.empty() ? "missing" : peers, !peers.empty(),
                      peers.empty() ? "only for benchmarks and oracle tests; "
                                      "scripts/install_dependencies --peers"
                                    : ""});
  size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.name.size());
  out->document = {{"findings", nlohmann::json::array()}};
  for (const Finding& finding : findings) {
    out->Print(std::string(finding.ok ? "  ok   " : "  off  ") + finding.name +
               std::string(width + 2 - finding.name.size(), ' ') + finding.value +
               (finding.advice.empty() ? "" : "  (" + finding.advice + ")") + "\n");
    out->document["findings"].push_back({{"name", finding.name},
                                         {"value", finding.value},
                                         {"ok", finding.ok},
                                         {"advice", finding.advice}});
  }
  return 0;
}

ROOKERY_REGISTER_COMMAND(Doctor, {.name = "doctor",
                                  .summary = "What is installed, what is off and how to get it",
                                  .order = 80,
                                  .example = "rookery doctor",
                                  .setup = [](CLI::App*) { return Doctor; }});

}  // namespace
}  // namespace rookery
