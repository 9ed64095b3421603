// VectorEnv: N environments of one kind on T threads, with their results in batches. Semantics of
// Gymnasium's vector environments; Send and Recv as EnvPool's.
#ifndef ROOKERY_CORE_VECTOR_ENV_H_
#define ROOKERY_CORE_VECTOR_ENV_H_

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"
#include "core/batch.h"
#include "core/env.h"
#include "core/thread_pool.h"

namespace rookery {

// What happens to an environment whose episode has ended.
enum class Autoreset {
  kNextStep,  // its next step ignores the action and resets it: reward 0, no flags
  kSameStep,  // it is reset at once; the last observation and info are kept as final_...
  kDisabled,  // the caller resets it; stepping it is a UserError
};
const char* AutoresetName(Autoreset mode);  // "next_step", ...
Autoreset AutoresetFromName(std::string_view name);

struct VectorOptions {
  int threads = 1;     // that step environments, the caller's among them when batches are whole
  int batch_size = 0;  // results of one Recv; 0 = all environments
  Autoreset autoreset = Autoreset::kNextStep;
  bool pin_threads = false;
};

// One caller at a time. Results do not depend on the number of threads.
class VectorEnv {
 public:
  using Factory = std::function<std::unique_ptr<Env>(int index)>;

  // UserError when n or an option is out of range, or when environments differ in their
  // specifications (naming the first that does).
  VectorEnv(int n, const Factory& make, const VectorOptions& options);
  ~VectorEnv();
  VectorEnv(const VectorEnv&) = delete;
  VectorEnv& operator=(const VectorEnv&) = delete;

  int size() const { return static_cast<int>(envs_.size()); }
  int batch_size() const { return batch_size_; }
  const VectorOptions& options() const { return options_; }
  const EnvSpec& spec() const { return envs_.front()->spec(); }  // of each environment
  Env& env(int index) { return *envs_.at(static_cast<size_t>(index)); }

  // Seeds: none (each goes on), one s (environment i gets s + i) or one for each. Options: none,
  // one map for all or one for each; `mask` (empty: all) says which are reset, the others keep
  // their rows. UserError while results of Send are to be received. The result is of all
  // environments in order, until the next call; its arrays are reused when nobody shares them.
  const Batch& Reset(std::span<const uint64_t> seeds = {}, std::span<const ArrayMap> options = {},
                     std::span<const bool> mask = {});
  const Batch& Reset(uint64_t seed) { return Reset(std::span<const uint64_t>(&seed, 1)); }

  // One step of all; `action` has the arrays of the action spec with a first axis of size().
  // UserError, and nothing is changed, when they do not fit. An environment that throws (an action
  // out of bounds, a simulation that broke down) is named by the exception; the others have taken
  // their step, and it needs a reset unless it refused the action.
  const Batch& Step(const ArrayMap& action);

  // The same in two halves: Send hands actions to the environments named (first axis of the
  // arrays = number of ids), Recv waits for the batch_size() results that come first.
  // UserError for an environment that is still stepping, and for a Recv of more than was sent.
  void Send(const ArrayMap& action, std::span<const int64_t> env_ids);
  // Resets all; their results come through Recv.
  void SendReset(std::span<const uint64_t> seeds = {});
  const Batch& Recv();

  // All environments, and which of them are due for a reset. Not while steps are under way.
  std::string Save(bool with_random = true) const;
  void Load(std::string_view bytes);

 private:
  struct Async;

  void CheckAction(const ArrayMap& action, int64_t rows) const;
  void StepOne(size_t env, BatchRows* rows);
  void ResetOne(size_t env, std::optional<uint64_t> seed, const ArrayMap& options, BatchRows* rows);
  void CheckCount(size_t count, const char* what) const;
  std::optional<uint64_t> SeedOf(std::span<const uint64_t> seeds, size_t env) const;
  void RequireIdle(const char* what) const;
  BatchRows* FreeRows();
  // All environments; on several threads when `share`.
  void Run(const std::function<void(size_t)>& body, bool share);
  // Is a step of all worth several threads?
  bool StepsAreShared();
  void ThrowErrors();
  [[noreturn]] void ThrowError(size_t env);
  void StartWorkers();
  void Work();

  VectorOptions options_;
  int batch_size_ = 0;
  std::vector<std::unique_ptr<Env>> envs_;
  ArrayMap action_batch_;
  std::vector<ArrayMap> actions_;  // one row each, views of action_batch_
  std::vector<uint8_t> due_;       // its next step resets it
  std::vector<std::exception_ptr> errors_;
  std::vector<std::unique_ptr<BatchRows>> rows_;
  BatchRows* current_ = nullptr;  // of the last result
  double step_seconds_ = 0;       // of a step of all on one thread
  int64_t steps_ = 0;
  std::unique_ptr<ThreadPool> pool_;
  std::unique_ptr<Async> async_;
};

}  // namespace rookery

#endif  // ROOKERY_CORE_VECTOR_ENV_H_
