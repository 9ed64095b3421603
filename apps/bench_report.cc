// Benchmark reports as text and JSON.
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "apps/bench.h"
#include "core/run_folder.h"
#include "core/thread_pool.h"

namespace rookery::bench {
namespace {

// With so many significant digits.
std::string Number(double value, int digits = 4) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*g", digits, value);
  return text;
}

std::string Cell(const std::string& text, size_t width) {
  // UTF-8: continuation bytes take no column.
  size_t columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return text + std::string(columns < width ? width - columns : 1, ' ');
}

std::string Times(const Series& series) {
  const bool small = series.Median() < 1;
  const double scale = small ? 1e3 : 1;
  return Number(scale * series.Mean()) + " \u00b1 " + Number(scale * series.Sd(), 3) + ", median " +
         Number(scale * series.Median()) + (small ? " ms" : " s");
}

bool HasPeer(const Result& result) { return !result.peer.values.empty(); }

// Whether each wish came true, in the order ratio, seconds; a ratio without a peer is unknown.
nlohmann::json Wishes(const Result& result) {
  const Contest& contest = result.contest;
  nlohmann::json out = nlohmann::json::object();
  if (contest.wanted_ratio > 0) {
    out["ratio"] = {{"at_least", contest.wanted_ratio}, {"reached", nullptr}};
    if (HasPeer(result)) out["ratio"]["reached"] = result.Ratio() >= contest.wanted_ratio;
  }
  if (contest.wanted_seconds > 0) {
    out["seconds"] = {{"at_most", contest.wanted_seconds},
                      {"reached", result.ours.Median() <= contest.wanted_seconds}};
  }
  return out;
}

std::string WishText(const Result& result) {
  const nlohmann::json wishes = Wishes(result);
  const auto verdict = [](const nlohmann::json& reached) {
    return reached.is_null() ? "not compared" : reached.get<bool>() ? "reached" : "MISSED";
  };
  std::string text;
  if (wishes.contains("ratio")) {
    text += "wanted " + Number(result.contest.wanted_ratio) +
            " times: " + verdict(wishes["ratio"]["reached"]);
  }
  if (wishes.contains("seconds")) {
    text += std::string(text.empty() ? "" : "; ") + "wanted at most " +
            Number(1e3 * result.contest.wanted_seconds) +
            " ms: " + verdict(wishes["seconds"]["reached"]);
  }
  return text;
}

nlohmann::json ToJson(const Series& series, const char* unit) {
  return {{"repetitions", series.values},
          {"mean", series.Mean()},
          {"sd", series.Sd()},
          {"median", series.Median()},
          {"min", series.Min()},
          {"max", series.Max()},
          {"unit", unit}};
}

nlohmann::json ToJson(const Result& result) {
  nlohmann::json out = {{"what", result.contest.what},
                        {"threads", result.contest.threads},
                        {"ours", ToJson(result.ours, "s")},
                        {"peer", nullptr},
                        {"peer_label", result.contest.peer_label},
                        {"ratio", nullptr},
                        {"wanted", Wishes(result)}};
  if (HasPeer(result)) {
    out["peer"] = ToJson(result.peer, "s");
    out["ratio"] = ToJson(result.ratio, "1");
    out["ratio"]["of_medians"] = result.Ratio();
  }
  return out;
}

nlohmann::json ToJson(const Table& table) {
  nlohmann::json rows = nlohmann::json::object();
  for (const auto& [name, values] : table.rows) {
    for (size_t i = 0; i < values.size(); ++i) rows[name][table.columns[i]] = values[i];
  }
  return {{"title", table.title}, {"unit", table.unit}, {"rows", rows}};
}

std::string ToText(const Table& table) {
  size_t width = table.title.size() + table.unit.size() + 3;
  for (const auto& [name, values] : table.rows) width = std::max(width, name.size());
  std::string text =
      "\n  " + Cell(table.title + (table.unit.empty() ? "" : ", " + table.unit), width + 2);
  for (const std::string& column : table.columns) text += Cell(column, column.size() + 3);
  for (const auto& [name, values] : table.rows) {
    text += "\n  " + Cell(name, width + 2);
    for (size_t i = 0; i < values.size(); ++i) {
      text += Cell(std::isnan(values[i]) ? "-" : Number(values[i]), table.columns[i].size() + 3);
    }
  }
  return text + "\n";
}

std::string VersionsText(const nlohmann::json& versions) {
  std::string text;
  for (const auto& [name, version] : versions.items()) {
    text += (text.empty() ? "" : ", ") + name + " " + version.get<std::string>();
  }
  return text;
}

}  // namespace

std::string CpuName() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

double LoadAverage() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : 0;
}

void Write(const Report& report, const Options& options, Output* out) {
  const std::string cpu = CpuName();
  const int cores = AvailableCores();
  const nlohmann::json versions = EngineVersions();
  std::string text = report.benchmark + "\n";
  for (const std::string& line : report.what) text += "  " + line + "\n";
  text += "  " + cpu + ", " + std::to_string(cores) + " cores, load average " +
          Number(report.load_average, 2) + " before; " + std::to_string(options.repetitions) +
          " repetitions, ours and peer in turns\n";
  text += "  ours: " + VersionsText(versions) + "\n";
  text += "  peer: " +
          (report.peer_note.empty() ? report.peer_name + "; " + VersionsText(report.peer_versions)
                                    : report.peer_note) +
          "\n";
  nlohmann::json measurements = nlohmann::json::object();
  for (const Result& result : report.results) {
    measurements[result.contest.name] = ToJson(result);
    text += "\n  " + Cell(result.contest.name, 28) + result.contest.what + "\n";
    text += "    ours   " + Times(result.ours) + "\n";
    if (HasPeer(result)) {
      text += "    " + Cell(result.contest.peer_label, 7) + Times(result.peer) + "\n";
      text += "    ratio  " + Number(result.Ratio()) + " (" + Number(result.ratio.Min()) + " to " +
              Number(result.ratio.Max()) + " over the repetitions)\n";
    }
    const std::string wish = WishText(result);
    if (!wish.empty()) text += "    " + wish + "\n";
  }
  nlohmann::json tables = nlohmann::json::object();
  for (const Table& table : report.tables) {
    tables[table.name] = ToJson(table);
    text += ToText(table);
  }
  out->Print(text);
  const nlohmann::json headline = ToJson(report.results.front());
  out->document = {{"benchmark", report.benchmark},
                   {"what", report.what},
                   {"command", CommandLineText()},
                   {"cpu", cpu},
                   {"cores", cores},
                   {"load_average", report.load_average},
                   {"repetitions", options.repetitions},
                   {"threads", options.threads},
                   {"versions", versions},
                   {"peer_name", report.peer_name},
                   {"peer_versions", report.peer_versions},
                   {"peer_note", report.peer_note},
                   {"headline", report.results.front().contest.name},
                   {"ours", headline["ours"]},
                   {"peer", headline["peer"]},
                   {"ratio", headline["ratio"]},
                   {"measurements", measurements},
                   {"tables", tables}};
}

}  // namespace rookery::bench
