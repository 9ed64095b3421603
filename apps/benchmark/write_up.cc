#include "apps/benchmark/write_up.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "apps/command.h"
#include "core/atomic_file.h"
#include "core/evaluate.h"
#include "core/registry.h"
#include "renderers/report/plot_grid.h"
#include "renderers/report/report.h"

namespace rookery {
namespace {

using nlohmann::json;

std::string Number(double value, int decimals = 1) {
  if (std::isnan(value)) return "–";
  char text[48];
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  return text;
}

// "Ravens/BlockInsertion-v0" -> "BlockInsertion".
std::string ShortName(const std::string& env) {
  const size_t slash = env.rfind('/');
  const std::string name = slash == std::string::npos ? env : env.substr(slash + 1);
  return name.substr(0, name.rfind("-v"));
}

const PublishedMethod* MethodOf(const BenchmarkPlan& plan, const AgentChoice& agent) {
  for (const PublishedMethod& method : plan.suite->published) {
    if (method.agent == agent.name) return &method;
  }
  return nullptr;
}

const PublishedMethod* MethodNamed(const BenchmarkPlan& plan, const std::string& name) {
  for (const PublishedMethod& method : plan.suite->published) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

double MeanOf(const std::vector<json>& results, const char* name) {
  double sum = 0;
  for (const json& result : results) {
    const json value = result.value(name, json());
    if (!value.is_number()) return std::nan("");
    sum += value.get<double>();
  }
  return results.empty() ? std::nan("") : sum / static_cast<double>(results.size());
}

BenchmarkCell Summarized(BenchmarkCell cell, const std::vector<json>& results) {
  const EnvEntry& entry = FindEnv(cell.env);
  const bool scaled = std::isfinite(entry.return_low) && std::isfinite(entry.return_high);
  const double low = scaled ? entry.return_low : 0;
  const double percent = scaled ? 100 / (entry.return_high - entry.return_low) : 1;
  std::vector<double> scores, means;
  for (const json& result : results) {
    double sum = 0;
    for (const json& score : result.at("scores")) {
      scores.push_back(score.get<double>());
      sum += scores.back();
    }
    means.push_back(percent * (sum / static_cast<double>(result.at("scores").size()) - low));
  }
  cell.runs = static_cast<int64_t>(results.size());
  cell.episodes = static_cast<int64_t>(scores.size());
  if (results.empty()) return cell;
  double squares = 0;
  for (double mean : means) cell.mean += mean / static_cast<double>(means.size());
  for (double mean : means) squares += (mean - cell.mean) * (mean - cell.mean);
  if (means.size() > 1)
    cell.sd_of_seeds = std::sqrt(squares / static_cast<double>(means.size() - 1));
  const auto interval = MeanInterval95(scores, entry.return_low, entry.return_high);
  cell.low = percent * (interval.first - low);
  cell.high = percent * (interval.second - low);
  cell.first_attempt = 100 * MeanOf(results, "first_attempt_rate");
  cell.steps = MeanOf(results, "steps");
  cell.chosen_step = MeanOf(results, "best_step");
  cell.train_seconds = MeanOf(results, "train_seconds");
  cell.test_seconds = MeanOf(results, "test_seconds");
  return cell;
}

// The cells of one agent against a published method.
struct Comparison {
  int64_t cells = 0, reached = 0;
  double lowest = 0;  // difference
  std::string lowest_at;
};
Comparison Compare(const std::vector<BenchmarkCell>& cells, const AgentChoice& agent,
                   const PublishedMethod& method) {
  Comparison out;
  for (const BenchmarkCell& cell : cells) {
    const double published = Published(method, cell.env, cell.demos);
    if (cell.agent != &agent || cell.runs == 0 || std::isnan(published)) continue;
    // Scores of 100 episodes have steps of 1 point; what rounds to the published figure equals it.
    const double difference = std::round(10 * (cell.mean - published)) / 10;
    ++out.cells;
    if (difference >= 0) ++out.reached;
    if (out.lowest_at.empty() || difference < out.lowest) {
      out.lowest = difference;
      out.lowest_at = ShortName(cell.env) + " with " + std::to_string(cell.demos);
    }
  }
  return out;
}

std::string ComparisonText(const std::vector<BenchmarkCell>& cells, const AgentChoice& agent,
                           const PublishedMethod& method) {
  const Comparison c = Compare(cells, agent, method);
  if (c.cells == 0) return "";
  return agent.label + ": at or above the published " + method.name + " in " +
         std::to_string(c.reached) + " of " + std::to_string(c.cells) +
         " cells; the lowest difference is " + (c.lowest > 0 ? "+" : "") + Number(c.lowest) +
         " points (" + c.lowest_at + ").";
}

// The published methods an agent is put beside: itself, and the bar.
std::vector<const PublishedMethod*> Beside(const BenchmarkPlan& plan, const AgentChoice& agent) {
  std::vector<const PublishedMethod*> out;
  for (const PublishedMethod* method :
       {MethodOf(plan, agent), agent.learns ? MethodNamed(plan, plan.suite->bar) : nullptr}) {
    if (method != nullptr && std::find(out.begin(), out.end(), method) == out.end()) {
      out.push_back(method);
    }
  }
  return out;
}

const BenchmarkCell* Find(const std::vector<BenchmarkCell>& cells, const std::string& env,
                          const AgentChoice& agent, int64_t demos) {
  for (const BenchmarkCell& cell : cells) {
    if (cell.env == env && cell.agent == &agent && cell.demos == demos && cell.runs > 0) {
      return &cell;
    }
  }
  return nullptr;
}

std::string Protocol(const BenchmarkPlan& plan) {
  std::string seeds;
  for (uint64_t seed : plan.seeds) seeds += (seeds.empty() ? "" : ", ") + std::to_string(seed);
  return "Mean score over " + std::to_string(plan.test_episodes) +
         " unseen test seeds that the oracle solves, x 100, with its 95 % interval. Each run "
         "(seeds " +
         seeds + ") draws its demonstrations from " + std::to_string(plan.stored_demos) +
         ", trains, and takes the checkpoint that is best on " +
         std::to_string(plan.validate_episodes) +
         " validation seeds, which neither training nor test uses.";
}

// How many of the seeds that were tried for the test the oracle solves.
std::string OracleTable(const std::vector<BenchmarkJob>& jobs) {
  std::string out;
  for (const BenchmarkJob& job : jobs) {
    const json result = job.kind == BenchmarkJob::Kind::kTests ? ResultOf(job) : json();
    if (result.is_null()) continue;
    const auto solved = result.at("episodes").get<int64_t>();
    const int64_t tried = (result.at("last_seed").get<int64_t>() - 1) / 2 + 1;
    const double share = static_cast<double>(solved) / static_cast<double>(tried);
    const auto [low, high] = WilsonInterval95(share, tried);
    out += "| " + ShortName(job.env) + " | " + std::to_string(solved) + " of " +
           std::to_string(tried) + " | " + Number(100 * share) + " (" + Number(100 * low) + "–" +
           Number(100 * high) + ") |\n";
  }
  if (out.empty()) return "";
  return "\n## Test seeds\n\nOdd seeds from 1 until the oracle had solved enough of them.\n\n"
         "| task | the oracle solves | % |\n| --- | --- | --- |\n" +
         out;
}

std::string Markdown(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs,
                     const std::vector<BenchmarkCell>& cells, const std::string& command) {
  std::string out = "# " + plan.suite->name + ": " + plan.suite->summary + "\n\n" + Protocol(plan) +
                    "\n\n```sh\n" + command + "\n```\n";
  for (const AgentChoice& agent : plan.agents) {
    const std::vector<const PublishedMethod*> methods = Beside(plan, agent);
    const std::vector<int64_t> demos = agent.learns ? plan.demos : std::vector<int64_t>{0};
    out += "\n## " + agent.label + "\n\n| task |";
    std::string line = "| --- |";
    for (int64_t n : demos) {
      out += agent.learns ? " " + std::to_string(n) + " |" : " score |";
      line += " --- |";
    }
    for (const PublishedMethod* method : methods) {
      out += " published " + method->name;
      for (int64_t n : demos) out += (n == demos.front() ? " " : " / ") + std::to_string(n);
      out += " |";
      line += " --- |";
    }
    out += "\n" + line + "\n";
    for (const std::string& env : plan.tasks) {
      out += "| " + ShortName(env) + " |";
      for (int64_t n : demos) {
        const BenchmarkCell* cell = Find(cells, env, agent, n);
        out += cell == nullptr ? " – |"
                               : " **" + Number(cell->mean) + "** (" + Number(cell->low) + "–" +
                                     Number(cell->high) + ") |";
      }
      for (const PublishedMethod* method : methods) {
        for (int64_t n : demos) {
          out += (n == demos.front() ? " " : " / ") + Number(Published(*method, env, n));
        }
        out += " |";
      }
      out += "\n";
    }
    for (const PublishedMethod& method : plan.suite->published) {
      // Against the later methods too, for those that are measured against the bar.
      const bool named = std::find(methods.begin(), methods.end(), &method) != methods.end();
      const bool later = method.agent.empty() && agent.learns;
      if (!named && !later) continue;
      const std::string text = ComparisonText(cells, agent, method);
      if (!text.empty()) out += "\n" + text + "\n";
    }
  }
  out += OracleTable(jobs);
  out +=
      "\n## Cost\n\nMeans over the runs; training with validation, seconds of wall time.\n\n"
      "| task | agent | demonstrations | runs | steps | chosen step | training, s | test, s | "
      "solved at the first attempt, % |\n"
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const BenchmarkCell& cell : cells) {
    if (cell.runs == 0) continue;
    out += "| " + ShortName(cell.env) + " | " + cell.agent->label + " | " +
           (cell.agent->learns ? std::to_string(cell.demos) : "–") + " | " +
           std::to_string(cell.runs) + " | " + Number(cell.steps, 0) + " | " +
           Number(cell.chosen_step, 0) + " | " + Number(cell.train_seconds, 0) + " | " +
           Number(cell.test_seconds, 0) + " | " + Number(cell.first_attempt) + " |\n";
  }
  out += "\nPublished scores: ";
  for (size_t i = 0; i < plan.suite->published.size(); ++i) {
    const PublishedMethod& method = plan.suite->published[i];
    out += (i == 0 ? "" : "; ") + method.name + " (" + method.source + ")";
  }
  return out + ".\n";
}

std::string Csv(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs) {
  std::string out =
      "env,agent,demos,seed,mean_score,success_rate,first_attempt_rate,episodes,steps,chosen_step,"
      "train_seconds,test_seconds,published_" +
      plan.suite->bar + "\n";
  std::replace(out.begin(), out.end(), ' ', '_');
  const PublishedMethod* bar = MethodNamed(plan, plan.suite->bar);
  for (const BenchmarkJob& job : jobs) {
    const json result = job.kind == BenchmarkJob::Kind::kCell ? ResultOf(job) : json();
    if (result.is_null()) continue;
    const auto field = [&](const char* name) {
      const json value = result.value(name, json());
      return "," + (value.is_number() ? value.dump() : "");
    };
    const double published = bar == nullptr ? std::nan("") : Published(*bar, job.env, job.demos);
    out += job.env + "," + job.agent->label + "," + std::to_string(job.demos) + "," +
           std::to_string(job.seed) + field("mean_score") + field("success_rate") +
           field("first_attempt_rate") + "," + std::to_string(result.at("scores").size()) +
           field("steps") + field("best_step") + field("train_seconds") + field("test_seconds") +
           "," + (std::isnan(published) ? "" : Number(published)) + "\n";
  }
  return out;
}

// One panel a task: score against demonstrations, ours and published.
std::vector<report::LinePlot> Panels(const BenchmarkPlan& plan,
                                     const std::vector<BenchmarkCell>& cells) {
  std::vector<const PublishedMethod*> methods;
  for (const AgentChoice& agent : plan.agents) {
    for (const PublishedMethod* method : Beside(plan, agent)) {
      if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
        methods.push_back(method);
      }
    }
  }
  std::vector<report::LinePlot> panels;
  for (const std::string& env : plan.tasks) {
    report::LinePlot panel;
    panel.title = ShortName(env);
    panel.x_label = "demonstrations";
    panel.log_x = true;
    panel.y_range = {0, 103};
    panel.y_style = {1, 0, ""};
    for (const AgentChoice& agent : plan.agents) {
      report::Series series;
      series.name = agent.label;
      series.points = true;
      for (int64_t n : plan.demos) {
        const BenchmarkCell* cell = Find(cells, env, agent, agent.learns ? n : 0);
        if (cell == nullptr) continue;
        series.x.push_back(static_cast<double>(n));
        series.y.push_back(cell->mean);
        series.low.push_back(cell->low);
        series.high.push_back(cell->high);
      }
      panel.series.push_back(std::move(series));
    }
    for (const PublishedMethod* method : methods) {
      report::Series series;
      series.name = method->name + ", published";
      series.points = true;
      for (int64_t n : plan.demos) {
        const double score = Published(*method, env, n);
        if (std::isnan(score)) continue;
        series.x.push_back(static_cast<double>(n));
        series.y.push_back(score);
      }
      panel.series.push_back(std::move(series));
    }
    panels.push_back(std::move(panel));
  }
  return panels;
}

report::Report Page(const BenchmarkPlan& plan, const std::vector<BenchmarkCell>& cells,
                    const std::vector<report::LinePlot>& panels, const std::string& command) {
  report::Report page;
  page.kind = "Benchmark";
  page.title = plan.suite->name;
  page.subtitle = plan.suite->summary;
  int64_t done = 0;
  for (const BenchmarkCell& cell : cells) done += cell.runs > 0 ? 1 : 0;
  page.headlines.push_back({.label = "cells of " + std::to_string(cells.size()) + " done",
                            .value = static_cast<double>(done),
                            .style = report::kCount,
                            .range = {0, static_cast<double>(cells.size())}});
  report::Section scores{.title = "Scores", .lead = Protocol(plan), .blocks = {}};
  for (const AgentChoice& agent : plan.agents) {
    std::string text;
    for (const PublishedMethod& method : plan.suite->published) {
      const std::string line = ComparisonText(cells, agent, method);
      if (!line.empty() &&
          (method.agent == agent.name || method.name == plan.suite->bar || method.agent.empty())) {
        text += (text.empty() ? "" : "\n\n") + line;
      }
    }
    if (!text.empty()) scores.blocks.push_back(report::Text{text});
  }
  report::Gallery gallery;
  gallery.columns = 2;
  for (const report::LinePlot& panel : panels) {
    report::Card card;
    card.visuals.push_back(panel);
    gallery.cards.push_back(std::move(card));
  }
  scores.blocks.push_back(gallery);
  report::Table table;
  table.columns = {{.name = "task"},
                   {.name = "agent"},
                   {.name = "demonstrations"},
                   {.name = "score, %", .style = {1, 1, ""}, .full = 100},
                   {.name = "from", .style = {1, 1, ""}},
                   {.name = "to", .style = {1, 1, ""}},
                   {.name = "published " + plan.suite->bar, .style = {1, 1, ""}},
                   {.name = "steps", .style = report::kCount},
                   {.name = "training", .style = report::kSeconds}};
  const PublishedMethod* bar = MethodNamed(plan, plan.suite->bar);
  for (const BenchmarkCell& cell : cells) {
    if (cell.runs == 0) continue;
    const double published = bar == nullptr ? std::nan("") : Published(*bar, cell.env, cell.demos);
    table.rows.push_back(
        {.cells = {ShortName(cell.env), cell.agent->label, cell.demos, cell.mean, cell.low,
                   cell.high, published, cell.steps, cell.train_seconds}});
  }
  scores.blocks.push_back(table);
  scores.blocks.push_back(report::Command{"Made by", command});
  page.sections.push_back(std::move(scores));
  return page;
}

}  // namespace

double Published(const PublishedMethod& method, const std::string& env, int64_t demos) {
  const auto task = method.scores.find(env);
  if (task == method.scores.end()) return std::nan("");
  const auto score = task->second.find(demos);
  return score == task->second.end() ? std::nan("") : score->second;
}

std::vector<BenchmarkCell> Cells(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs) {
  std::vector<BenchmarkCell> cells;
  for (const std::string& env : plan.tasks) {
    for (const AgentChoice& agent : plan.agents) {
      for (int64_t n : agent.learns ? plan.demos : std::vector<int64_t>{0}) {
        std::vector<json> results;
        for (const BenchmarkJob& job : jobs) {
          if (job.env != env || job.agent != &agent || job.demos != n) continue;
          if (json result = ResultOf(job); !result.is_null()) results.push_back(std::move(result));
        }
        BenchmarkCell cell;
        cell.env = env;
        cell.agent = &agent;
        cell.demos = n;
        cells.push_back(Summarized(cell, results));
      }
    }
  }
  return cells;
}

std::string WriteUp(const BenchmarkPlan& plan, const std::vector<BenchmarkJob>& jobs) {
  const std::vector<BenchmarkCell> cells = Cells(plan, jobs);
  const std::string& command = CommandLineText();
  const std::string markdown = Markdown(plan, jobs, cells, command);
  const std::vector<report::LinePlot> panels = Panels(plan, cells);
  WriteFileAtomic(plan.folder + "/table.md", markdown);
  WriteFileAtomic(plan.folder + "/table.csv", Csv(plan, jobs));
  WriteFileAtomic(
      plan.folder + "/plot.svg",
      report::PlotGridSvg(plan.suite->name + ": score against demonstrations", panels, 2));
  report::WriteReport(plan.folder, Page(plan, cells, panels, command));
  return markdown;
}

}  // namespace rookery
