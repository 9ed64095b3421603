// One pool of threads for data-parallel loops (tiles, views, environments).
#ifndef ROOKERY_CORE_THREAD_POOL_H_
#define ROOKERY_CORE_THREAD_POOL_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rookery {

// The calling thread takes part, so ThreadPool(1) starts no threads and runs in place.
// A pool may be shared, but only one ParallelFor runs on it at a time (a second caller waits);
// nested calls run inline, under the number of the worker that makes them.
class ThreadPool {
 public:
  // threads >= 1, UserError otherwise. `pin` keeps every thread that is started on a core of its
  // own, as far as there are cores.
  explicit ThreadPool(int threads, bool pin = false);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }
  // Calls body(i, worker) once for each i in [0, n), worker in [0, threads()); returns when all
  // are done. The first exception (by index) is rethrown after the others have finished.
  void ParallelFor(int64_t n, const std::function<void(int64_t, int)>& body);

 private:
  struct Job;
  void Work(int worker);
  void Stop();
  static void Drain(Job* job, int worker);

  std::mutex caller_mutex_;  // held for a whole ParallelFor
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_, finished_;
  Job* job_ = nullptr;
  uint64_t generation_ = 0;
  std::atomic<int> busy_{0};         // changed under the mutex, watched without
  std::atomic<uint64_t> posted_{0};  // generation_, to be watched without the mutex
  bool stop_ = false;
};

// Logical cores this process may use (scheduling affinity, control group quota), at least 1.
int AvailableCores();

// Keeps a thread on the index-th of the cores that this process may use (modulo their number).
void PinThread(std::thread* thread, int index);

namespace internal {
// Cores that version 2 control groups under `mount` grant the group named in `membership_file`
// (as /proc/self/cgroup), fractions rounded up.
int CgroupCores(const std::string& mount, const std::string& membership_file);
}  // namespace internal

}  // namespace rookery

#endif  // ROOKERY_CORE_THREAD_POOL_H_
