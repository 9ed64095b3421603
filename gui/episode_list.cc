#include "gui/episode_list.h"

#include <exception>
#include <utility>

#include "core/episode_file.h"
#include "core/episode_files.h"
#include "core/episode_store.h"

namespace rookery::gui {

EpisodeList::EpisodeList() {
  thread_ = std::thread([this] { Run(); });
}

EpisodeList::~EpisodeList() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void EpisodeList::Open(const std::string& path) {
  {
    const std::lock_guard lock(mutex_);
    wanted_path_ = path;
    wanted_ = -1;
    loaded_.reset();
    shared_.clear();
    shared_error_.clear();
    next_facts_ = 0;
    ++changes_;
  }
  wake_.notify_all();
}

void EpisodeList::Load(size_t index) {
  {
    const std::lock_guard lock(mutex_);
    if (index >= shared_.size()) return;
    wanted_ = static_cast<int64_t>(index);
    ++changes_;
  }
  wake_.notify_all();
}

bool EpisodeList::Update() {
  const std::lock_guard lock(mutex_);
  if (seen_ == changes_) return false;
  seen_ = changes_;
  episodes_ = shared_;
  error_ = shared_error_;
  busy_ = !wanted_path_.empty() || wanted_ >= 0 || next_facts_ < shared_.size();
  return true;
}

std::shared_ptr<const Episode> EpisodeList::TakeLoaded(size_t* index) {
  const std::lock_guard lock(mutex_);
  *index = loaded_index_;
  return std::exchange(loaded_, nullptr);
}

void EpisodeList::Run() {
  std::unique_lock lock(mutex_);
  while (!quit_) {
    if (!wanted_path_.empty()) {
      ReadPath(&lock);
    } else if (wanted_ >= 0) {
      ReadWanted(&lock);
    } else if (!ReadNextFacts(&lock)) {
      wake_.wait(lock);
    }
  }
}

void EpisodeList::ReadPath(std::unique_lock<std::mutex>* lock) {
  const std::string path = wanted_path_;
  lock->unlock();
  std::vector<ListedEpisode> found;
  std::string error;
  try {
    for (const std::string& file : EpisodeFiles(path)) found.push_back({.path = file});
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  lock->lock();
  if (wanted_path_ != path) return;  // another one by now
  wanted_path_.clear();
  shared_ = std::move(found);
  shared_error_ = error;
  ++changes_;
}

void EpisodeList::ReadWanted(std::unique_lock<std::mutex>* lock) {
  const int64_t index = wanted_;
  const std::string path = shared_[static_cast<size_t>(index)].path;
  lock->unlock();
  std::shared_ptr<Episode> episode;
  std::string error;
  try {
    episode = std::make_shared<Episode>(ReadEpisode(path));
    episode->observations = {};  // large, and made again by playing
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  lock->lock();
  if (wanted_ != index || !wanted_path_.empty()) return;
  wanted_ = -1;
  loaded_ = std::move(episode);
  loaded_index_ = static_cast<size_t>(index);
  shared_error_ = error;
  ++changes_;
}

bool EpisodeList::ReadNextFacts(std::unique_lock<std::mutex>* lock) {
  if (next_facts_ >= shared_.size()) return false;
  const size_t index = next_facts_;
  ListedEpisode listed = shared_[index];
  lock->unlock();
  listed.read = true;
  try {
    const EpisodeFacts facts = ReadEpisodeFacts(listed.path);
    listed.env = facts.env_id;
    listed.agent = facts.agent;
    listed.seed = facts.seed;
    listed.steps = facts.steps;
    listed.score = facts.score;
    listed.success = facts.success;
  } catch (const std::exception& failure) {
    listed.error = failure.what();
  }
  lock->lock();
  if (next_facts_ != index || index >= shared_.size() || shared_[index].path != listed.path) {
    return true;  // another path by now
  }
  shared_[index] = std::move(listed);
  ++next_facts_;
  ++changes_;
  return true;
}

}  // namespace rookery::gui
