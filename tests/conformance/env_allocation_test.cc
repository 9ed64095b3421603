// Steps ask for no memory once all is warm: whoever makes millions of them, or some on many
// threads, does not wait for the allocator.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "tests/conformance/env_kit.h"

namespace {

thread_local int64_t allocations = 0;

void* Allocate(size_t size, size_t alignment) {
  ++allocations;
  // The size as aligned_alloc wants it: a multiple.
  const size_t padded = (std::max<size_t>(size, 1) + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, padded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// Of the whole program; the other forms call these.
void* operator new(size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

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

TEST_P(EnvAllocation, StepsAskForNoMemory) {
  // A step of the tabletop is a whole pick-and-place: thousands of steps of its engine.
  if (entry().world == "tabletop") return;
  const std::unique_ptr<Env> env = Make();
  Rng rng(1);
  std::vector<ArrayMap> actions;
  for (int i = 0; i < 16; ++i) actions.push_back(env->spec().action.Sample(&rng));
  StepResult result;
  env->Reset(1, &result);
  const int warm_up = Few(50, 5), steps = Few(500, 50);
  int64_t worst = 0, total = 0;
  for (int i = 0; i < warm_up + steps; ++i) {
    if (env->needs_reset()) env->Reset(std::nullopt, {}, &result);
    const int64_t before = allocations;
    env->Step(actions[static_cast<size_t>(i) % actions.size()], &result);
    if (i < warm_up) continue;
    total += allocations - before;
    worst = std::max(worst, allocations - before);
  }
  EXPECT_EQ(total, 0) << "allocations in " << steps << " steps, at most " << worst << " in one";
}

}  // namespace
}  // namespace rookery::testing
