// Golden traces: one episode of every environment as text, to see what a change changes.
#ifndef ROOKERY_TESTS_GOLDEN_GOLDEN_TRACE_H_
#define ROOKERY_TESTS_GOLDEN_GOLDEN_TRACE_H_

#include <string>

namespace rookery::testing {

// Folder of the recorded traces in the source tree.
std::string GoldenFolder();
// "Ravens/BlockInsertion-v0" -> <folder>/Ravens__BlockInsertion-v0.txt
std::string GoldenPath(const std::string& id);
// Runs the episode. First facts (id, options, engine versions, seed), then for every step:
//   action   hash of the action
//   reward   with the flags terminated, truncated
//   numbers  hash of all info and of observations of at most 64 elements, then the values,
//   shortened pictures hash of larger observations: images, depth, heightmaps
std::string MakeGoldenTrace(const std::string& id);

}  // namespace rookery::testing

#endif  // ROOKERY_TESTS_GOLDEN_GOLDEN_TRACE_H_
