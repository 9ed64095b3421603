// One decision at length: what was seen, where the agent would act, how it would turn, what came
// of it. Reports show it once, large, so that the smaller pictures of episodes explain themselves.
#ifndef ROOKERY_RENDERERS_REPORT_DECISION_CARD_H_
#define ROOKERY_RENDERERS_REPORT_DECISION_CARD_H_

#include "core/array.h"
#include "renderers/report/figures.h"
#include "renderers/report/report.h"

namespace rookery::report {

// Shows what there is of: front.rgb, heightmap.rgb, heightmap.height of `observation`; heat maps
// and rotation scores of `explanation` (core/agent.h); front.rgb of `after`.
Card DecisionCard(const ArrayMap& observation, const ArrayMap& explanation, const ArrayMap& after,
                  const TableFigureOptions& options = {});

}  // namespace rookery::report

#endif  // ROOKERY_RENDERERS_REPORT_DECISION_CARD_H_
