#include "core/thread_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <new>
#include <thread>

#include "core/error.h"
#include "tests/temp_folder.h"

namespace rookery {
namespace {

TEST(ThreadPool, CallsEveryIndexOnceWithAWorkerOfThePool) {
  for (int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int64_t n : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<size_t>(n));
      pool.ParallelFor(n, [&](int64_t i, int worker) {
        EXPECT_GE(worker, 0);
        EXPECT_LT(worker, threads);
        ++calls[static_cast<size_t>(i)];
      });
      for (const auto& count : calls) EXPECT_EQ(count, 1);
    }
  }
}

TEST(ThreadPool, WorkersRunAtTheSameTime) {
  ThreadPool pool(3);
  std::atomic<int> inside{0};
  // Ends only when all three are inside together.
  pool.ParallelFor(3, [&](int64_t, int) {
    ++inside;
    while (inside < 3) std::this_thread::yield();
  });
  EXPECT_EQ(inside, 3);
}

TEST(ThreadPool, NoTwoBodiesShareAWorkerNumberAtOnce) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> users(4);
  for (int round = 0; round < 200; ++round) {
    pool.ParallelFor(50, [&](int64_t, int worker) {
      EXPECT_EQ(++users[static_cast<size_t>(worker)], 1);
      --users[static_cast<size_t>(worker)];
    });
  }
}

TEST(ThreadPool, NestedCallsRunInPlaceUnderTheSameWorker) {
  ThreadPool pool(3);
  std::atomic<int> inner{0};
  pool.ParallelFor(20, [&](int64_t, int worker) {
    const auto thread = std::this_thread::get_id();
    pool.ParallelFor(10, [&](int64_t, int nested_worker) {
      EXPECT_EQ(nested_worker, worker);
      EXPECT_EQ(std::this_thread::get_id(), thread);
      ++inner;
    });
  });
  EXPECT_EQ(inner, 200);
}

TEST(ThreadPool, PoolsMayBeUsedInsideOtherPools) {
  ThreadPool outer(2), inner(2);
  std::atomic<int> calls{0};
  outer.ParallelFor(8, [&](int64_t, int) { inner.ParallelFor(5, [&](int64_t, int) { ++calls; }); });
  EXPECT_EQ(calls, 40);
}

TEST(ThreadPool, PoolsThatWouldWaitForEachOtherAreABug) {
  ThreadPool outer(2), inner(2);
  std::atomic<int> inside{0};
  const auto cycle = [&] {
    outer.ParallelFor(1, [&](int64_t, int) {
      inner.ParallelFor(2, [&](int64_t, int) {
        ++inside;
        while (inside < 2) std::this_thread::yield();  // one body on each of inner's threads
        outer.ParallelFor(2, [](int64_t, int) {});
      });
    });
  };
  EXPECT_THROW(cycle(), Bug);
}

TEST(ThreadPool, SeveralThreadsMayShareOne) {
  ThreadPool pool(2);
  std::atomic<int> calls{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        pool.ParallelFor(10, [&](int64_t, int) { ++calls; });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 4000);
}

TEST(ThreadPool, RethrowsTheFirstExceptionByIndexAfterAllAreDone) {
  for (int threads : {1, 4}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 50; ++round) {
      std::atomic<int> calls{0};
      try {
        pool.ParallelFor(100, [&](int64_t i, int) {
          ++calls;
          if (i >= 20 && i % 10 == 0) throw Failure("body " + std::to_string(i));
        });
        FAIL() << "no exception";
      } catch (const Failure& failure) {
        EXPECT_STREQ(failure.what(), "body 20");
      }
      EXPECT_EQ(calls, 100);
    }
    // The pool is as good as new.
    std::atomic<int> calls{0};
    pool.ParallelFor(10, [&](int64_t, int) { ++calls; });
    EXPECT_EQ(calls, 10);
  }
}

TEST(ThreadPool, ManyShortLoops) {
  ThreadPool pool(4);
  int64_t total = 0;
  for (int round = 0; round < 5000; ++round) {
    std::atomic<int64_t> sum{0};
    pool.ParallelFor(5, [&](int64_t i, int) { sum += i; });
    total += sum;
  }
  EXPECT_EQ(total, 50000);
}

TEST(ThreadPool, RefusesImpossibleSizes) {
  EXPECT_THROW(ThreadPool(0), UserError);
  EXPECT_THROW(ThreadPool(-3), UserError);
  try {
    ThreadPool pool(1 << 20);
    FAIL() << "no exception";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("threads = 1048576 is outside [1, 4096]"));
  }
}

TEST(AvailableCores, FollowsTheAffinityOfTheProcess) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof(before), &before), 0);
  EXPECT_GE(AvailableCores(), 1);
  EXPECT_LE(AvailableCores(), CPU_COUNT(&before));
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &before)) {
      CPU_SET(cpu, &one);
      break;
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  const int cores = AvailableCores();
  ASSERT_EQ(sched_setaffinity(0, sizeof(before), &before), 0);
  EXPECT_EQ(cores, 1);
}

TEST(AvailableCores, ReadsControlGroupQuotas) {
  const testing::TempFolder folder;
  const auto cores = [&](const std::string& membership) {
    return internal::CgroupCores(folder.path(), folder.Write("membership", membership));
  };
  const int unlimited = cores("0::/a/b\n");
  EXPECT_GE(unlimited, 1024);
  EXPECT_EQ(internal::CgroupCores(folder.path(), folder.path() + "/absent"), unlimited);
  folder.Write("cpu.max", "max 100000\n");
  EXPECT_EQ(cores("0::/\n"), unlimited);
  folder.Write("a/cpu.max", "350000 100000\n");
  EXPECT_EQ(cores("0::/a\n"), 4);
  EXPECT_EQ(cores("12:cpuset:/\n0::/a/b\n"), 4) << "the parent's quota holds for the child";
  folder.Write("a/b/cpu.max", "200000 100000\n");
  EXPECT_EQ(cores("0::/a/b\n"), 2) << "the lowest quota counts";
  folder.Write("a/b/cpu.max", "5000 100000\n");
  EXPECT_EQ(cores("0::/a/b\n"), 1) << "never none";
  folder.Write("cpu.max", "300000 100000\n");
  EXPECT_EQ(cores("0::/\n"), 3) << "inside a container the mount itself has the quota";
}

}  // namespace
}  // namespace rookery
