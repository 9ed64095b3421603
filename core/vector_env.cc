#include "core/vector_env.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "core/bytes.h"
#include "core/error.h"
#include "core/thread_pool.h"

namespace rookery {
namespace {

constexpr uint32_t kMagic = 0x31564b52;  // "RKV1"
constexpr int kMostEnvs = 1 << 20;
// A batch that takes less than this is done by the caller alone: waking others would take longer.
constexpr double kWorthSharing = 15e-6;  // s
constexpr int64_t kStepsBetweenTrials = 1024;
const ArrayMap kNoOptions;

}  // namespace

const char* AutoresetName(Autoreset mode) {
  switch (mode) {
    case Autoreset::kNextStep:
      return "next_step";
    case Autoreset::kSameStep:
      return "same_step";
    case Autoreset::kDisabled:
      return "disabled";
  }
  return "?";
}

Autoreset AutoresetFromName(std::string_view name) {
  const std::vector<std::string> names = {"next_step", "same_step", "disabled"};
  for (const Autoreset mode : {Autoreset::kNextStep, Autoreset::kSameStep, Autoreset::kDisabled}) {
    if (name == AutoresetName(mode)) return mode;
  }
  throw UserError("autoreset mode '" + std::string(name) + "' is not one of " + Join(names) +
                  DidYouMean(name, names));
}

// Queues are rings of one slot for each environment, so that nothing is allocated.
struct VectorEnv::Async {
  explicit Async(const VectorEnv& v)
      : tasks(v.envs_.size()),
        finished(v.envs_.size()),
        busy(v.envs_.size(), 0),
        home(v.spec(), v.size(), v.options_.autoreset == Autoreset::kSameStep) {}

  Batch* FreeResult(const VectorEnv& v) {
    for (const auto& rows : results) {
      if (rows->Free()) return &rows->batch();
    }
    results.push_back(std::make_unique<BatchRows>(v.spec(), v.batch_size_,
                                                  v.options_.autoreset == Autoreset::kSameStep));
    return &results.back()->batch();
  }

  struct Task {
    size_t env = 0;
    bool reset = false;
    std::optional<uint64_t> seed = {};
  };
  template <typename T>
  struct Ring {
    explicit Ring(size_t n) : slots(n) {}
    void Push(const T& value) { slots[(first + count++) % slots.size()] = value; }
    T Pop() {
      const T value = slots[first];
      first = (first + 1) % slots.size();
      --count;
      return value;
    }
    std::vector<T> slots;
    size_t first = 0, count = 0;
  };
  std::mutex mutex;
  std::condition_variable work, done;
  Ring<Task> tasks;
  Ring<size_t> finished;
  std::vector<uint8_t> busy;  // sent and not yet received
  size_t outstanding = 0;     // of those
  bool stop = false;
  std::vector<std::unique_ptr<BatchRows>> results;  // of Recv
  BatchRows home;                                   // where the environments write
  std::vector<std::thread> workers;
};

VectorEnv::VectorEnv(int n, const Factory& make, const VectorOptions& options) : options_(options) {
  if (n < 1 || n > kMostEnvs) {
    throw UserError("number of environments = " + std::to_string(n) + " is outside [1, " +
                    std::to_string(kMostEnvs) + "]");
  }
  if (options.batch_size < 0 || options.batch_size > n) {
    throw UserError("batch_size = " + std::to_string(options.batch_size) + " is outside [0, " +
                    std::to_string(n) + "], the number of environments (0 = all)");
  }
  batch_size_ = options.batch_size == 0 ? n : options.batch_size;
  for (int i = 0; i < n; ++i) {
    envs_.push_back(make(i));
    const EnvSpec &first = envs_.front()->spec(), &spec = envs_.back()->spec();
    const auto text = [](const EnvSpec& s) {
      return s.id + "\n" + s.observation.Text() + s.action.Text() + s.info.Text();
    };
    if (i > 0 && text(spec) != text(first)) {
      throw UserError("environment " + std::to_string(i) + " differs from the first:\n" +
                      text(spec) + "instead of\n" + text(first));
    }
  }
  const auto count = static_cast<size_t>(n);
  pool_ =
      std::make_unique<ThreadPool>(std::min(options.threads, std::max(n, 1)), options.pin_threads);
  action_batch_ = BatchOf(spec().action, n);
  for (size_t i = 0; i < count; ++i) {
    actions_.push_back(RowViews(spec().action, &action_batch_, i));
  }
  due_.assign(count, 0);
  errors_.resize(count);
}

VectorEnv::~VectorEnv() {
  if (async_ == nullptr) return;
  {
    const std::lock_guard lock(async_->mutex);
    async_->stop = true;
  }
  async_->work.notify_all();
  for (std::thread& worker : async_->workers) worker.join();
}

BatchRows* VectorEnv::FreeRows() {
  if (current_ != nullptr && current_->Free()) return current_;
  for (const auto& rows : rows_) {
    if (rows->Free()) return rows.get();
  }
  rows_.push_back(
      std::make_unique<BatchRows>(spec(), size(), options_.autoreset == Autoreset::kSameStep));
  return rows_.back().get();
}

void VectorEnv::CheckAction(const ArrayMap& action, int64_t rows) const {
  const Spec& want = spec().action;
  const auto refuse = [&](const std::string& why) {  // only then a text is made
    throw UserError("actions of " + std::to_string(rows) + " environments " + spec().id + ": " +
                    why);
  };
  for (const auto& [name, array] : action) {
    if (want.Find(name) == nullptr) {
      refuse("unknown array '" + name + "'" + DidYouMean(name, want.Names()) + "; expected " +
             Join(want.Names()));
    }
  }
  for (const ArraySpec& array : want.arrays()) {
    const Array* given = action.Find(array.name);
    if (given == nullptr) {
      refuse("array '" + array.name + "' is missing; expected " + Join(want.Names()));
    }
    const Shape& shape = given->shape();
    if (given->dtype() != array.dtype || shape.size() != array.shape.size() + 1 ||
        shape[0] != rows ||
        !std::equal(array.shape.begin(), array.shape.end(), shape.begin() + 1)) {
      refuse("'" + array.name + "' is " + DTypeName(given->dtype()) + " " + ShapeText(shape) +
             ", expected " + DTypeName(array.dtype) + " " +
             ShapeText(WithFirstAxis(rows, array.shape)));
    }
  }
}

void VectorEnv::ResetOne(size_t env, std::optional<uint64_t> seed, const ArrayMap& options,
                         BatchRows* rows) {
  envs_[env]->Reset(seed, options, &rows->result(env));
  due_[env] = 0;
  rows->batch().reward.As<double>()[env] = 0;
  rows->batch().terminated.As<bool>()[env] = false;
  rows->batch().truncated.As<bool>()[env] = false;
  rows->batch().ended.As<bool>()[env] = false;
  rows->Gather(env);
}

void VectorEnv::StepOne(size_t env, BatchRows* rows) {
  if (due_[env] != 0) {
    ResetOne(env, std::nullopt, kNoOptions, rows);
    return;
  }
  StepResult& result = rows->result(env);
  Batch& batch = rows->batch();
  envs_[env]->Step(actions_[env], &result);
  rows->Gather(env);
  const bool done = result.done();
  const double reward = result.reward;
  const bool terminated = result.terminated, truncated = result.truncated;
  if (done && options_.autoreset == Autoreset::kSameStep) {
    CopyRow(batch.observation, env, &batch.final_observation, env);
    CopyRow(batch.info, env, &batch.final_info, env);
    ResetOne(env, std::nullopt, kNoOptions, rows);
  } else {
    due_[env] = done && options_.autoreset == Autoreset::kNextStep;
  }
  batch.reward.As<double>()[env] = reward;
  batch.terminated.As<bool>()[env] = terminated;
  batch.truncated.As<bool>()[env] = truncated;
  batch.ended.As<bool>()[env] = done && options_.autoreset == Autoreset::kSameStep;
}

// What a shared step took, waiting and waking included, does not tell what it takes alone: one in
// many is done alone and shows it.
bool VectorEnv::StepsAreShared() {
  return ++steps_ % kStepsBetweenTrials != 0 && step_seconds_ > kWorthSharing;
}

void VectorEnv::Run(const std::function<void(size_t)>& body, bool share) {
  const size_t n = envs_.size();
  const auto guarded = [&](size_t i) {
    try {
      body(i);
    } catch (...) {
      errors_[i] = std::current_exception();
    }
  };
  if (share && pool_->threads() > 1 && n > 1) {
    // A few pieces a thread: little to fight over, and none waits long for the slowest.
    const auto pieces =
        static_cast<int64_t>(std::min(n, static_cast<size_t>(pool_->threads()) * 8));
    const auto run_piece = [&](int64_t piece, int) {
      const auto p = static_cast<size_t>(piece), all = static_cast<size_t>(pieces);
      for (size_t i = p * n / all; i < (p + 1) * n / all; ++i) guarded(i);
    };
    pool_->ParallelFor(pieces, std::ref(run_piece));
  } else {
    for (size_t i = 0; i < n; ++i) guarded(i);
  }
}

// The error of one environment, with its number.
void VectorEnv::ThrowError(size_t env) {
  const std::string where =
      "environment " + std::to_string(env) + " of " + std::to_string(envs_.size()) + ": ";
  try {
    std::rethrow_exception(std::exchange(errors_[env], nullptr));
  } catch (const UserError& error) {
    throw UserError(where + error.what());
  } catch (const std::exception& error) {
    throw Failure(where + error.what());
  }
}

void VectorEnv::ThrowErrors() {
  size_t first = envs_.size();
  for (size_t i = envs_.size(); i-- > 0;) {
    if (!errors_[i]) continue;
    // One that broke down within a step begins again; one that refused an action goes on.
    if (options_.autoreset != Autoreset::kDisabled) due_[i] = envs_[i]->needs_reset();
    if (first < envs_.size()) errors_[first] = nullptr;
    first = i;
  }
  if (first < envs_.size()) ThrowError(first);
}

void VectorEnv::CheckCount(size_t count, const char* what) const {
  if (count > 1 && count != envs_.size()) {
    throw UserError(std::to_string(count) + " " + what + " for " + std::to_string(envs_.size()) +
                    " environments; expected none, one, or one for each");
  }
}

std::optional<uint64_t> VectorEnv::SeedOf(std::span<const uint64_t> seeds, size_t env) const {
  if (seeds.empty()) return std::nullopt;
  return envs_.size() > 1 && seeds.size() > 1 ? seeds[env] : seeds[0] + env;
}

void VectorEnv::RequireIdle(const char* what) const {
  if (async_ != nullptr && async_->outstanding > 0) {
    throw UserError(std::string(what) + ": " + std::to_string(async_->outstanding) +
                    " environments have not been received since they were sent; call Recv first");
  }
}

const Batch& VectorEnv::Reset(std::span<const uint64_t> seeds, std::span<const ArrayMap> options,
                              std::span<const bool> mask) {
  RequireIdle("Reset");
  CheckCount(seeds.size(), "seeds");
  CheckCount(options.size(), "maps of reset options");
  if (!mask.empty() && mask.size() != envs_.size()) {
    throw UserError("a reset mask of " + std::to_string(mask.size()) + " for " +
                    std::to_string(envs_.size()) + " environments");
  }
  if (!mask.empty() && std::find(mask.begin(), mask.end(), true) == mask.end()) {
    throw UserError("a reset mask that names no environment");
  }
  BatchRows* const rows = FreeRows();
  const auto reset = [&](size_t i) {
    if (mask.empty() || mask[i]) {
      ResetOne(i, SeedOf(seeds, i),
               options.empty() ? kNoOptions : options[options.size() > 1 ? i : 0], rows);
      return;
    }
    Batch& batch = rows->batch();
    if (current_ != nullptr && current_ != rows) CopyRow(current_->batch(), i, &batch, i);
    batch.reward.As<double>()[i] = 0;
    batch.terminated.As<bool>()[i] = batch.truncated.As<bool>()[i] = false;
    batch.ended.As<bool>()[i] = false;
  };
  Run(std::ref(reset), /*share=*/true);
  current_ = rows;
  ThrowErrors();
  return rows->batch();
}

const Batch& VectorEnv::Step(const ArrayMap& action) {
  RequireIdle("Step");
  CheckAction(action, size());
  if (options_.autoreset == Autoreset::kDisabled) {
    for (size_t i = 0; i < envs_.size(); ++i) {
      if (!envs_[i]->needs_reset()) continue;
      throw UserError("environment " + std::to_string(i) + " of " + std::to_string(size()) +
                      " has ended; Reset it, by a mask, before the next Step");
    }
  }
  for (auto& [name, whole] : action_batch_) {
    std::memcpy(whole.data(), action.at(name).data(), whole.nbytes());
  }
  BatchRows* const rows = FreeRows();
  const bool share = StepsAreShared();
  const auto start = std::chrono::steady_clock::now();
  Run([this, rows](size_t i) { StepOne(i, rows); }, share);
  if (!share) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    // Other programs can make it longer, nothing makes it shorter.
    step_seconds_ = step_seconds_ == 0 ? seconds : std::min(seconds, 1.1 * step_seconds_);
  }
  current_ = rows;
  ThrowErrors();
  return rows->batch();
}

// ---- behind the caller's back -------------------------------------------------------------------

void VectorEnv::StartWorkers() {
  async_ = std::make_unique<Async>(*this);
  const int threads = std::min(options_.threads, size());
  for (int i = 0; i < threads; ++i) {
    async_->workers.emplace_back([this] { Work(); });
    if (options_.pin_threads) PinThread(&async_->workers.back(), i);
  }
}

void VectorEnv::Work() {
  Async& a = *async_;
  std::unique_lock lock(a.mutex);
  while (true) {
    a.work.wait(lock, [&] { return a.stop || a.tasks.count > 0; });
    if (a.stop) return;
    const Async::Task task = a.tasks.Pop();
    lock.unlock();
    try {
      if (task.reset)
        ResetOne(task.env, task.seed, kNoOptions, &a.home);
      else
        StepOne(task.env, &a.home);
    } catch (...) {
      errors_[task.env] = std::current_exception();
    }
    lock.lock();
    a.finished.Push(task.env);
    a.done.notify_one();
  }
}

void VectorEnv::SendReset(std::span<const uint64_t> seeds) {
  RequireIdle("SendReset");
  CheckCount(seeds.size(), "seeds");
  if (async_ == nullptr) StartWorkers();
  Async& a = *async_;
  {
    const std::lock_guard lock(a.mutex);
    for (size_t i = 0; i < envs_.size(); ++i) {
      a.tasks.Push({.env = i, .reset = true, .seed = SeedOf(seeds, i)});
      a.busy[i] = 1;
    }
    a.outstanding = envs_.size();
  }
  a.work.notify_all();
}

void VectorEnv::Send(const ArrayMap& action, std::span<const int64_t> env_ids) {
  CheckAction(action, std::ssize(env_ids));
  if (async_ == nullptr) StartWorkers();
  Async& a = *async_;
  for (size_t i = 0; i < env_ids.size(); ++i) {
    const int64_t id = env_ids[i];
    const bool twice = std::find(env_ids.begin(), env_ids.begin() + static_cast<std::ptrdiff_t>(i),
                                 id) != env_ids.begin() + static_cast<std::ptrdiff_t>(i);
    if (id < 0 || id >= size() || twice || a.busy[static_cast<size_t>(id)] != 0) {
      throw UserError("Send: environment " + std::to_string(id) +
                      (id < 0 || id >= size()
                           ? " is outside [0, " + std::to_string(size() - 1) + "]"
                       : twice ? " is named twice"
                               : " is still to be received"));
    }
  }
  for (size_t i = 0; i < env_ids.size(); ++i) {
    CopyRow(action, i, &action_batch_, static_cast<size_t>(env_ids[i]));
  }
  {
    const std::lock_guard lock(a.mutex);
    for (const int64_t id : env_ids) {
      a.tasks.Push({.env = static_cast<size_t>(id)});
      a.busy[static_cast<size_t>(id)] = 1;
    }
    a.outstanding += env_ids.size();
  }
  if (env_ids.size() == 1)
    a.work.notify_one();
  else
    a.work.notify_all();
}

const Batch& VectorEnv::Recv() {
  const auto wanted = static_cast<size_t>(batch_size_);
  if (async_ == nullptr || async_->outstanding < wanted) {
    throw UserError("Recv: a batch of " + std::to_string(batch_size_) + " is wanted, but only " +
                    std::to_string(async_ == nullptr ? 0 : async_->outstanding) +
                    " environments were sent");
  }
  Async& a = *async_;
  Batch* const out = a.FreeResult(*this);
  std::unique_lock lock(a.mutex);
  a.done.wait(lock, [&] { return a.finished.count >= wanted; });
  // An error is told at once, and only once; what others returned waits for the next Recv.
  for (size_t i = 0; i < a.finished.count; ++i) {
    const size_t env = a.finished.Pop();
    if (!errors_[env]) {
      a.finished.Push(env);
      continue;
    }
    a.busy[env] = 0;
    --a.outstanding;
    if (options_.autoreset != Autoreset::kDisabled) due_[env] = envs_[env]->needs_reset();
    lock.unlock();
    ThrowError(env);
  }
  for (size_t row = 0; row < wanted; ++row) {
    const size_t env = a.finished.Pop();
    CopyRow(a.home.batch(), env, out, row);
    a.busy[env] = 0;
  }
  a.outstanding -= wanted;
  return *out;
}

// ---- snapshots
// -----------------------------------------------------------------------------------

std::string VectorEnv::Save(bool with_random) const {
  RequireIdle("Save");
  ByteWriter out;
  out.Put(kMagic);
  out.Put<uint64_t>(envs_.size());
  for (size_t i = 0; i < envs_.size(); ++i) {
    out.Put(due_[i]);
    out.PutString(envs_[i]->Save(with_random));
  }
  return out.Take();
}

void VectorEnv::Load(std::string_view bytes) {
  RequireIdle("Load");
  ByteReader in(bytes);
  if (in.Get<uint32_t>() != kMagic) throw UserError("not a snapshot of a vector of environments");
  if (const auto n = in.Get<uint64_t>(); n != envs_.size()) {
    throw UserError("the snapshot is of " + std::to_string(n) + " environments, there are " +
                    std::to_string(envs_.size()));
  }
  std::vector<uint8_t> due;
  std::vector<std::string> states;
  for (size_t i = 0; i < envs_.size(); ++i) {
    due.push_back(in.Get<bool>());
    states.push_back(in.GetString());
  }
  in.ExpectEnd();
  for (size_t i = 0; i < envs_.size(); ++i) envs_[i]->Load(states[i]);
  due_ = due;
}

}  // namespace rookery
