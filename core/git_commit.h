// The commit that was built.
#ifndef ROOKERY_CORE_GIT_COMMIT_H_
#define ROOKERY_CORE_GIT_COMMIT_H_

namespace rookery {

// Twelve hex digits, "-dirty" added when files differed from it; "unknown" outside a repository.
extern const char* const kGitCommit;

}  // namespace rookery

#endif  // ROOKERY_CORE_GIT_COMMIT_H_
