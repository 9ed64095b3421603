// Recorded episodes below a path.
#ifndef ROOKERY_CORE_EPISODE_FILES_H_
#define ROOKERY_CORE_EPISODE_FILES_H_

#include <string>
#include <vector>

namespace rookery {

// The file itself, or the episode_*.hdf5 of the folder and those below it (episodes/ of a run), in
// order of name. UserError when there is none.
std::vector<std::string> EpisodeFiles(const std::string& path);

}  // namespace rookery

#endif  // ROOKERY_CORE_EPISODE_FILES_H_
