#include "gui/episode_recording.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/episode_store.h"
#include "core/hash.h"
#include "core/log.h"

namespace rookery::gui {
namespace {

uint64_t HashDraft(const EpisodeDraft& draft, const std::string& folder) {
  uint64_t hash = HashText(folder, HashText(draft.cast.env, HashText(draft.cast.env_config)));
  hash += draft.touched ? 1 : 0;
  hash = HashBytes(&draft.seed, sizeof(draft.seed), HashText(draft.cast.agent, hash));
  for (const ArrayMap& action : draft.actions) hash = HashArrays(action, hash);
  return hash;
}

}  // namespace

std::string RecordingFolder(const Cast& cast) {
  std::string name = cast.env;
  std::replace(name.begin(), name.end(), '/', '_');
  if (!cast.env_settings.empty()) name += "_" + HashHex(HashText(cast.env_config)).substr(0, 6);
  return "runs/viewer_" + name;
}

EpisodeRecording::EpisodeRecording() {
  thread_ = std::thread([this] { Run(); });
}

EpisodeRecording::~EpisodeRecording() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
    if (!jobs_.empty()) {
      LogInfo("storing " + std::to_string(jobs_.size()) + " more episodes");
    }
  }
  wake_.notify_all();
  thread_.join();
}

void EpisodeRecording::Add(EpisodeDraft draft, const std::string& folder, bool only_solved) {
  if (only_solved && !draft.solved) return;
  const uint64_t hash = HashDraft(draft, folder);
  {
    const std::lock_guard lock(mutex_);
    if (!known_.insert(hash).second) return;
    jobs_.push_back({std::move(draft), folder, hash});
  }
  wake_.notify_all();
}

std::vector<StoredEpisode> EpisodeRecording::Stored() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

int EpisodeRecording::pending() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(jobs_.size()) + (working_ ? 1 : 0);
}

int64_t EpisodeRecording::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void EpisodeRecording::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return quit_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    working_ = true;
    lock.unlock();
    StoredEpisode stored = Store(job);
    lock.lock();
    working_ = false;
    if (stored.path.empty()) known_.erase(job.hash);
    if (quit_ && !stored.error.empty()) LogWarning("not stored: " + stored.error);
    if (quit_ && stored.error.empty()) LogInfo("stored " + stored.path);
    stored_.push_back(std::move(stored));
    ++changes_;
  }
}

StoredEpisode EpisodeRecording::Store(const Job& job) {
  StoredEpisode stored{.env = job.draft.cast.env,
                       .agent = job.draft.cast.agent,
                       .seed = job.draft.seed,
                       .steps = static_cast<int64_t>(job.draft.actions.size())};
  try {
    const Episode episode = PerformDraft(job.draft);
    stored.agent = episode.agent;
    stored.score = episode.Return();
    stored.success = episode.Success();
    EpisodeStore store(job.folder);
    store.Add(episode);
    store.WriteIndex();
    stored.path = store.path(store.size() - 1);
  } catch (const std::exception& error) {
    stored.error = error.what();
  }
  return stored;
}

}  // namespace rookery::gui
