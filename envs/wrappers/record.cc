// Episodes to disk, whoever steps.
#include <filesystem>

#include "core/episode_store.h"
#include "core/error.h"
#include "core/folder_lock.h"
#include "core/registry.h"
#include "core/step_loop.h"

namespace rookery {
namespace {

struct RecordConfig final : Config {
  std::string folder;
  int every = 1;
  void Fields(FieldVisitor& v) override {
    v.Field("folder", &folder, {.help = "where the episodes go, a folder for each environment"});
    v.Field("every", &every, {.help = "keep each n-th episode", .min = 1});
  }
  void Check() const override {
    if (folder.empty()) throw UserError("wrapper record: folder is missing");
  }
};

// Makes the folder, so that it can be locked.
const std::string& Made(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw UserError("wrapper record: cannot make " + folder + ": " + error.message());
  return folder;
}

// Whole episodes of what is inside; `rookery replay` proves them. So that it can, a Reset without a
// seed gets one, drawn from the wrapper's own stream.
class Record final : public Wrapper {
 public:
  Record(const RecordConfig& config, Wrapped wrapped)
      : Wrapper(wrapped.env->spec(), &wrapped),
        every_(config.every),
        lock_(Made(config.folder)),
        store_(config.folder),
        recorder_(inner(), wrapped.env_config, "recorded") {}

 private:
  void DoReset(const ArrayMap& options, StepResult* out) override {
    const uint64_t seed = TakeSeed().value_or(rng().NextUInt64() >> 1);
    ResetInner(seed, options, out);
    recording_ = episodes_++ % every_ == 0;
    if (recording_) recorder_.OnReset(seed, options, *out);
  }
  void DoStep(const ArrayMap& action, StepResult* out) override {
    StepInner(action, out);
    if (!recording_) return;
    recorder_.OnStep({}, action, *out);
    if (out->done()) store_.Add(recorder_.episode());
  }
  // What was not seen from its beginning cannot be kept.
  void LoadOwn(ByteReader*) override { recording_ = false; }

  int64_t every_, episodes_ = 0;
  bool recording_ = false;
  FolderLock lock_;
  EpisodeStore store_;
  EpisodeRecorder recorder_;
};

ROOKERY_REGISTER_WRAPPER(Record, RecordConfig,
                         {.name = "record",
                          .summary = "writes whole episodes to a folder that replay proves",
                          .source = "own"});

}  // namespace
}  // namespace rookery
