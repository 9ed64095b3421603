#include "core/thread_pool.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <memory>
#include <system_error>

#include "core/error.h"

namespace rookery {
namespace {

constexpr int kMostThreads = 4096;

// Which pools' bodies this thread is inside of, innermost first: a call to one of them again is
// nested and runs in place.
struct Inside {
  const ThreadPool* pool;
  int worker;
  const Inside* outer;
  bool outer_is_elsewhere;  // `outer` is what the thread that started the job is inside of
};
thread_local const Inside* inside = nullptr;

// Waits a little for what is about to happen: cheaper than to sleep and be woken.
template <typename Condition>
void SpinUntil(Condition condition) {
  for (int i = 0; i < 2000 && !condition(); ++i) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

}  // namespace

// Lives on the stack of the caller of ParallelFor.
struct ThreadPool::Job {
  const ThreadPool* pool;
  const std::function<void(int64_t, int)>& body;
  int64_t n;
  const Inside* caller;
  std::atomic<int64_t> next{0};
  std::mutex error_mutex = {};
  int64_t error_index = -1;
  std::exception_ptr error = {};
};

ThreadPool::ThreadPool(int threads, bool pin) {
  if (threads < 1 || threads > kMostThreads) {
    throw UserError("threads = " + std::to_string(threads) + " is outside [1, " +
                    std::to_string(kMostThreads) + "]");
  }
  workers_.reserve(static_cast<size_t>(threads) - 1);
  try {
    for (int worker = 1; worker < threads; ++worker) {
      workers_.emplace_back([this, worker] { Work(worker); });
      if (pin) PinThread(&workers_.back(), worker);
    }
  } catch (const std::system_error& error) {
    const size_t started = workers_.size() + 1;
    Stop();
    throw Failure("cannot start " + std::to_string(threads) + " threads (stopped after " +
                  std::to_string(started) + "): " + error.what());
  }
}

ThreadPool::~ThreadPool() { Stop(); }

void ThreadPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::ParallelFor(int64_t n, const std::function<void(int64_t, int)>& body) {
  if (n <= 0) return;
  Job job{.pool = this, .body = body, .n = n, .caller = inside};
  const Inside* outer = inside;
  bool elsewhere = false;
  for (; outer != nullptr && outer->pool != this; outer = outer->outer) {
    elsewhere = elsewhere || outer->outer_is_elsewhere;
  }

  if (outer != nullptr) {
    // Two pools that wait for each other would wait for ever.
    ROOKERY_CHECK(!elsewhere);
    // Nested: keep the worker's number, so that what is kept per worker stays its own.
    Drain(&job, outer->worker);
  } else {
    // A second caller waits for the first: worker numbers are unique within the pool.
    const std::lock_guard one_caller(caller_mutex_);
    const bool share = n > 1 && !workers_.empty();
    if (share) {
      const std::lock_guard lock(mutex_);
      job_ = &job;
      ++generation_;
      posted_.store(generation_, std::memory_order_release);
    }
    if (share) wake_.notify_all();
    Drain(&job, 0);
    if (share) {
      SpinUntil([this] { return busy_.load(std::memory_order_acquire) == 0; });
      // Workers that have not woken up by now find no job; only those inside are waited for.
      std::unique_lock lock(mutex_);
      job_ = nullptr;
      finished_.wait(lock, [this] { return busy_ == 0; });
    }
  }
  if (job.error) std::rethrow_exception(job.error);
}

void ThreadPool::Work(int worker) {
  uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    lock.unlock();
    SpinUntil([&] { return posted_.load(std::memory_order_acquire) != seen; });
    lock.lock();
    wake_.wait(lock, [&] { return stop_ || (job_ != nullptr && generation_ != seen); });
    if (stop_) return;
    seen = generation_;
    Job* const job = job_;
    ++busy_;
    lock.unlock();
    Drain(job, worker);
    lock.lock();
    if (--busy_ == 0) finished_.notify_one();
  }
}

void ThreadPool::Drain(Job* job, int worker) {
  const Inside* const before = inside;
  const Inside here{job->pool, worker, job->caller, before != job->caller};
  inside = &here;
  for (int64_t i; (i = job->next.fetch_add(1, std::memory_order_relaxed)) < job->n;) {
    try {
      job->body(i, worker);
    } catch (...) {
      const std::lock_guard lock(job->error_mutex);
      if (!job->error || i < job->error_index) {
        job->error_index = i;
        job->error = std::current_exception();
      }
    }
  }
  inside = before;
}

void PinThread(std::thread* thread, int index) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  int skip = index % std::max(1, CPU_COUNT(&allowed));
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &allowed) || skip-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    pthread_setaffinity_np(thread->native_handle(), sizeof(one), &one);
    return;
  }
}

namespace internal {

int CgroupCores(const std::string& mount, const std::string& membership_file) {
  // Version 2 has one line, "0::/path"; every group on the way up may set a lower quota.
  std::ifstream membership(membership_file);
  std::string line, group;
  bool found = false;
  while (std::getline(membership, line)) {
    if (line.starts_with("0::/")) {
      group = line.substr(3);
      found = true;
    }
  }
  double cores = HUGE_VAL;
  while (found) {
    std::ifstream file(mount + group + "/cpu.max");  // "150000 100000" or "max 100000"
    double quota = 0, period = 0;
    if (file >> quota >> period && quota > 0 && period > 0) cores = std::min(cores, quota / period);
    if (group.empty() || group == "/") break;
    group.resize(group.rfind('/'));
  }
  return cores >= kMostThreads ? kMostThreads : std::max(1, static_cast<int>(std::ceil(cores)));
}

}  // namespace internal

int AvailableCores() {
  // The mask must be as large as the kernel's, which is known by trying.
  int allowed = 0;
  for (int possible = 1024; possible <= (1 << 20) && allowed == 0; possible *= 2) {
    const size_t size = CPU_ALLOC_SIZE(static_cast<size_t>(possible));
    std::vector<unsigned long> mask(size / sizeof(unsigned long), 0);
    auto* const set = reinterpret_cast<cpu_set_t*>(mask.data());
    if (sched_getaffinity(0, size, set) == 0) allowed = CPU_COUNT_S(size, set);
  }
  if (allowed == 0) allowed = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  const int quota = internal::CgroupCores("/sys/fs/cgroup", "/proc/self/cgroup");
  return std::clamp(std::min(allowed, quota), 1, kMostThreads);
}

}  // namespace rookery
