// Steps ask for no memory once all is warm: whoever makes millions of them, or some on many
// threads, does not wait for the allocator.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <numeric>

#include "core/vector_env.h"
#include "tests/conformance/wrapper_cases.h"

namespace {

std::atomic<int64_t> allocations = 0;  // of all threads

void* TryToAllocate(size_t size, size_t alignment) {
  ++allocations;
  // The size as aligned_alloc wants it: a multiple.
  const size_t padded = (std::max<size_t>(size, 1) + alignment - 1) / alignment * alignment;
  return std::aligned_alloc(alignment, padded);
}

void* Allocate(size_t size, size_t alignment) {
  void* memory = TryToAllocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// Of the whole program; the other forms call these (but for the sanitizers' that does not throw).
// Where only one of a pair is put in line, GCC takes it for a mismatch.
void* operator new(size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return TryToAllocate(size, alignof(std::max_align_t));
}
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace rookery::testing {
namespace {

class EnvAllocation : public EnvKit {};
ROOKERY_FOR_EVERY_ENV(EnvAllocation);

TEST(Allocations, AreCounted) {
  const int64_t before = allocations;
  const std::vector<int> some(3);
  const Array array(DType::kFloat32, {4});
  EXPECT_GE(allocations - before, 3);
}

// Counts what steps ask for; those that reset an environment may.
class Tally {
 public:
  explicit Tally(int warm_up) : warm_up_(warm_up) {}
  template <typename Body>
  void Count(const Body& step_without_reset) {
    const int64_t before = allocations;
    const bool counts = step_without_reset();
    const int64_t asked = allocations - before;
    if (steps_++ < warm_up_ || !counts) return;
    ++counted_;
    total_ += asked;
    worst_ = std::max(worst_, asked);
  }
  void Expect(int counted) const {
    EXPECT_EQ(total_, 0) << "allocations in " << counted_ << " steps, at most " << worst_
                         << " in one";
    EXPECT_GE(counted_, counted);
  }

 private:
  int warm_up_;
  int64_t steps_ = 0, counted_ = 0, total_ = 0, worst_ = 0;
};

std::vector<ArrayMap> Actions(const Spec& spec) {
  Rng rng(1);
  std::vector<ArrayMap> actions;
  for (int i = 0; i < 16; ++i) actions.push_back(spec.Sample(&rng));
  return actions;
}

void ExpectNoneOfSteps(Env* env, int warm_up, int steps) {
  const std::vector<ArrayMap> actions = Actions(env->spec().action);
  StepResult result;
  env->Reset(1, &result);
  Tally tally(warm_up);
  for (int i = 0; i < warm_up + steps; ++i) {
    if (env->needs_reset()) env->Reset(std::nullopt, {}, &result);
    tally.Count([&] {
      env->Step(actions[static_cast<size_t>(i) % actions.size()], &result);
      return true;
    });
  }
  tally.Expect(steps);
}

TEST_P(EnvAllocation, StepsAskForNoMemory) {
  // A step of the tabletop is a whole pick-and-place: thousands of steps of its engine.
  if (entry().world == "tabletop") return;
  ExpectNoneOfSteps(Make().get(), Few(50, 5), Few(500, 50));
}

// Several on two threads: all at once, then by Send and Recv of half of them.
TEST_P(EnvAllocation, StepsOfVectorsAskForNoMemory) {
  if (entry().world == "tabletop") return;
  constexpr int kEnvs = 4;
  std::vector<int64_t> ids(kEnvs);
  std::iota(ids.begin(), ids.end(), 0);
  for (const bool whole : {true, false}) {
    VectorEnv vector(kEnvs, [&](int) { return Make(); },
                     {.threads = 2, .batch_size = whole ? 0 : kEnvs / 2});
    std::vector<ArrayMap> actions;
    for (const ArrayMap& one : Actions(vector.spec().action)) {
      ArrayMap batch = BatchOf(vector.spec().action, kEnvs);
      for (size_t env = 0; env < kEnvs; ++env) PutRow(one, &batch, env);
      actions.push_back(std::move(batch));
    }
    vector.Reset(1);
    const int warm_up = Few(50, 5), steps = Few(200, 20);
    Tally tally(warm_up);
    for (int i = 0; i < warm_up + steps; ++i) {
      tally.Count([&] {
        const ArrayMap& action = actions[static_cast<size_t>(i) % actions.size()];
        if (whole) {
          vector.Step(action);
        } else {
          vector.Send(action, ids);
          vector.Recv();
          vector.Recv();
        }
        bool steps_only = true;
        for (int env = 0; env < kEnvs; ++env) {
          steps_only = steps_only && vector.env(env).episode_steps() > 0;
        }
        return steps_only;
      });
    }
    tally.Expect(steps / 4);
  }
}

class WrapperAllocation : public WrapperKit {};
ROOKERY_FOR_EVERY_WRAPPER(WrapperAllocation);

TEST_P(WrapperAllocation, StepsAskForNoMemory) {
  if (wrapper() == "record" || FindEnv(id()).world == "tabletop") return;  // keeps; as above
  std::unique_ptr<Env> env;
  try {
    env = MakeEnv(id(), {Setting()});
  } catch (const UserError&) {
    return;  // env_wrapper_test.cc looks at what it says
  }
  ExpectNoneOfSteps(env.get(), 20, 50);
}

}  // namespace
}  // namespace rookery::testing
