// The report of an evaluation, and the pieces of it that other reports reuse.
#ifndef ROOKERY_RENDERERS_REPORT_EVALUATION_REPORT_H_
#define ROOKERY_RENDERERS_REPORT_EVALUATION_REPORT_H_

#include <string>
#include <vector>

#include "core/evaluate.h"
#include "core/registry.h"
#include "renderers/report/episode_story.h"
#include "renderers/report/report.h"

namespace rookery::report {

struct EvaluationFacts {
  std::string env, agent;  // id and name
  std::string checkpoint;  // path, may be empty
  std::string command;     // as typed
  bool untrained = false;  // a learner with random weights
  std::string film;        // file beside the report, may be empty
  double return_low = 0, return_high = 1;
  bool knows_success = true;  // info `success`: the environment tells whether it is solved
  double seconds = 0;         // wall time of all episodes
  std::vector<EpisodeResult> results;
  EvaluationSummary summary;
  std::vector<EpisodeStory> stories;
};

// {"env", "agent", "mean_score", "interval_95", "success_rate", "seconds", "episodes": [...], ...}.
std::string EvaluationJson(const EvaluationFacts& facts);

std::vector<Headline> EvaluationHeadlines(const EvaluationFacts& facts);
std::vector<Dot> EvaluationDots(const EvaluationFacts& facts);
// Stories, failures first.
Section StoriesSection(const EvaluationFacts& facts);
Section EpisodesSection(const EvaluationFacts& facts);
// Command, versions, film.
Section HowSection(const EvaluationFacts& facts);

Report EvaluationReport(const EvaluationFacts& facts);

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_EVALUATION_REPORT_H_
