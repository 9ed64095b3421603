#include "renderers/report/evaluation_report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/hash.h"
#include "core/run_folder.h"

namespace rookery::report {
namespace {

std::string RowAnchor(uint64_t seed) { return "episode-" + std::to_string(seed); }

bool BoundedScore(const EvaluationFacts& facts) {
  return std::isfinite(facts.return_low) && std::isfinite(facts.return_high);
}

// Scores in [0, 1] read best as per cent, as the benchmark publishes them.
NumberStyle ScoreStyle(const EvaluationFacts& facts) {
  return facts.return_low == 0 && facts.return_high == 1 ? NumberStyle{100, 1, ""}
                                                         : NumberStyle{1, 2, ""};
}

bool HasStory(const EvaluationFacts& facts, uint64_t seed) {
  return std::any_of(facts.stories.begin(), facts.stories.end(),
                     [&](const EpisodeStory& story) { return story.result.seed == seed; });
}

}  // namespace

std::string EvaluationJson(const EvaluationFacts& facts) {
  using nlohmann::json;
  const EvaluationSummary& summary = facts.summary;
  json episodes = json::array();
  for (const EpisodeResult& result : facts.results) {
    episodes.push_back({{"seed", result.seed},
                        {"score", result.score},
                        {"success", result.success},
                        {"steps", result.steps},
                        {"gave_up", result.gave_up},
                        {"seconds", result.seconds},
                        {"trace_hash", HashHex(result.trace_hash)}});
  }
  const json document = {
      {"env", facts.env},
      {"agent", facts.agent},
      {"checkpoint", facts.checkpoint},
      {"untrained", facts.untrained},
      {"mean_score", summary.mean_score},
      {"score_sd", summary.score_sd},
      {"interval_95", {summary.score_interval_95.first, summary.score_interval_95.second}},
      {"success_rate", facts.knows_success ? json(summary.success_rate) : json()},
      {"success_interval_95", facts.knows_success ? json{summary.success_interval_95.first,
                                                         summary.success_interval_95.second}
                                                  : json()},
      {"first_attempt_rate", summary.first_attempt_rate},
      {"mean_steps", summary.mean_steps},
      {"seconds", facts.seconds},
      {"command", facts.command},
      {"episodes", episodes}};
  return document.dump();
}

std::vector<Headline> EvaluationHeadlines(const EvaluationFacts& facts) {
  const EvaluationSummary& summary = facts.summary;
  const std::string seeds = std::to_string(summary.episodes) + " episodes";
  std::vector<Headline> out;
  Headline score{"mean score",
                 summary.mean_score,
                 ScoreStyle(facts),
                 {summary.score_interval_95.first, summary.score_interval_95.second},
                 {},
                 seeds};
  if (BoundedScore(facts)) score.range = {facts.return_low, facts.return_high};
  out.push_back(score);
  if (facts.knows_success) {
    out.push_back({"solved",
                   summary.success_rate,
                   kPercent,
                   {summary.success_interval_95.first, summary.success_interval_95.second},
                   {0, 1},
                   ""});
  } else {
    out.push_back({"mean length", summary.mean_steps, NumberStyle{1, 1, ""}, {}, {}, "actions"});
  }
  if (std::isfinite(summary.first_attempt_rate)) {
    out.push_back({"at the first attempt",
                   summary.first_attempt_rate,
                   kPercent,
                   {},
                   {0, 1},
                   "solved without an action that had to be repeated"});
  }
  return out;
}

std::vector<Dot> EvaluationDots(const EvaluationFacts& facts) {
  std::vector<Dot> dots;
  for (const EpisodeResult& result : facts.results) {
    char label[80];
    std::snprintf(label, sizeof(label), "seed %llu: score %.3g, %lld actions",
                  static_cast<unsigned long long>(result.seed), result.score,
                  static_cast<long long>(result.steps));
    const bool partly = !result.success && result.score > facts.return_low;
    const Tone tone = result.success ? Tone::kGood : (partly ? Tone::kNote : Tone::kBad);
    dots.push_back({label, facts.knows_success ? tone : Tone::kPlain, RowAnchor(result.seed)});
  }
  return dots;
}

Section StoriesSection(const EvaluationFacts& facts) {
  Section section;
  section.title = "What the robot saw and did";
  section.lead =
      "The table before, each decision over the heightmap it was made from, the table after. "
      "Failures come first.";
  const bool moments = std::any_of(facts.stories.begin(), facts.stories.end(),
                                   [](const EpisodeStory& story) { return !story.views.empty(); });
  if (moments) {
    section.title = "What happened";
    section.lead =
        std::string("Some episodes at a few moments, and how their scores came about. ") +
        (facts.knows_success ? "Failures come first." : "Low scores come first.");
  }
  Gallery gallery;
  std::vector<const EpisodeStory*> ordered;
  for (const EpisodeStory& story : facts.stories) ordered.push_back(&story);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const EpisodeStory* a, const EpisodeStory* b) {
                     if (a->knows_success) return !a->result.success && b->result.success;
                     return a->result.score < b->result.score;
                   });
  for (const EpisodeStory* story : ordered) gallery.cards.push_back(StoryCard(*story));
  section.blocks.push_back(std::move(gallery));
  return section;
}

Section EpisodesSection(const EvaluationFacts& facts) {
  Section section;
  section.title = "Every episode";
  section.lead = "A trace hash names everything that was observed, bit for bit.";
  Table table;
  table.columns = {{"seed", kCount, 0, false},
                   {"score", kScore, BoundedScore(facts) ? facts.return_high : 0, false},
                   {"solved", kScore, 0, false},
                   {"actions", kCount, 0, false},
                   {"seconds", NumberStyle{1, 2, ""}, 0, false},
                   {"trace hash", kScore, 0, true}};
  for (const EpisodeResult& result : facts.results) {
    table.rows.push_back(
        {{result.seed, result.score, result.success, result.steps, result.seconds,
          HashHex(result.trace_hash)},
         result.success || !facts.knows_success ? Tone::kPlain : Tone::kBad,
         RowAnchor(result.seed),
         HasStory(facts, result.seed) ? "story-" + std::to_string(result.seed) : ""});
  }
  if (!facts.knows_success) {
    constexpr std::ptrdiff_t kSolved = 2;
    table.columns.erase(table.columns.begin() + kSolved);
    for (Row& row : table.rows) row.cells.erase(row.cells.begin() + kSolved);
  }
  section.blocks.push_back(std::move(table));
  return section;
}

Section HowSection(const EvaluationFacts& facts) {
  Section section;
  section.title = "How this was made";
  section.blocks.push_back(Command{"Command", facts.command});
  Facts list;
  if (!facts.checkpoint.empty()) list.facts.push_back({"checkpoint", facts.checkpoint});
  if (!facts.film.empty()) list.facts.push_back({"film", facts.film, facts.film});
  char seconds[32];
  std::snprintf(seconds, sizeof(seconds), "%.1f s", facts.seconds);
  list.facts.push_back({"wall time of the episodes", seconds});
  for (const auto& [engine, version] : EngineVersions()) list.facts.push_back({engine, version});
  section.blocks.push_back(std::move(list));
  return section;
}

Report EvaluationReport(const EvaluationFacts& facts) {
  Report report;
  report.kind = "Evaluation";
  report.title = facts.env;
  report.subtitle = facts.agent + (facts.untrained ? " (untrained) on " : " on ") +
                    std::to_string(facts.results.size()) + " seeds";
  report.headlines = EvaluationHeadlines(facts);
  report.dots_title = "Episodes";
  report.dots = EvaluationDots(facts);
  if (!facts.stories.empty()) report.sections.push_back(StoriesSection(facts));
  report.sections.push_back(EpisodesSection(facts));
  report.sections.push_back(HowSection(facts));
  report.json = EvaluationJson(facts);
  return report;
}

}  // namespace rookery::report
