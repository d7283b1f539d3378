#include "fiber.h"

#include <pthread.h>
#include <sys/mman.h>

#include <mutex>
#include <vector>

#if EMULATOR_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

// Saves what a function must preserve on the current stack, stores its pointer, and goes on with the other stack.
extern "C" void emulator_switch(void** save, void* to);

asm(R"(
.text
.p2align 4
.globl emulator_switch
.hidden emulator_switch
.type emulator_switch,@function
emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emulator_switch, .-emulator_switch
)");

namespace emulator {
namespace {
constexpr size_t kGuardBytes = 4096;  // an overflow faults instead of reaching a neighbour
constexpr size_t kMaxStacks = 32768;

static_assert(31 * 64 + sizeof(Fiber) <= kStackTopBytes, "a Fiber fits above its stack");

class Stacks {
 public:
  Stacks() {
    // Reserved, not used: a page costs memory when a fiber first touches it.
    size_t bytes = (kMaxStacks + 1) * kStackBytes;
    void* region = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region == MAP_FAILED) return;
    first_ = (reinterpret_cast<uintptr_t>(region) + kStackBytes - 1) & ~(kStackBytes - 1);
    end_ = first_ + kMaxStacks * kStackBytes;
    next_ = first_;
  }

  Fiber* take() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!free_.empty()) {
      Fiber* fiber = free_.back();
      free_.pop_back();
      return fiber;
    }
    if (next_ == end_) return nullptr;
    char* bottom = reinterpret_cast<char*>(next_) + kGuardBytes;
    if (mprotect(bottom, kStackBytes - kGuardBytes, PROT_READ | PROT_WRITE) != 0) return nullptr;
    Fiber* fiber = new (fiber_at(next_)) Fiber;
    next_ += kStackBytes;
    fiber->stack_bottom = bottom;
    fiber->stack_bytes = kStackBytes - kGuardBytes;
    return fiber;
  }

  void give(Fiber* fiber) {
    std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(fiber);
  }

  bool contain(const void* address) const {
    return reinterpret_cast<uintptr_t>(address) - first_ < end_ - first_;
  }

 private:
  std::mutex mutex_;
  std::vector<Fiber*> free_;
  uintptr_t first_ = 0, end_ = 0, next_ = 0;
};

Stacks& stacks() {
  static Stacks* all = new Stacks;  // never destroyed: workers outlive static destruction
  return *all;
}
}  // namespace

Fiber* take_fiber(void (*start)()) {
  Fiber* fiber = stacks().take();
  if (fiber != nullptr) restart_fiber(fiber, start);
  return fiber;
}

void give_fiber(Fiber* fiber) {
  stacks().give(fiber);
}

void restart_fiber(Fiber* fiber, void (*start)()) {
#if EMULATOR_ASAN
  ASAN_UNPOISON_MEMORY_REGION(fiber->stack_bottom, fiber->stack_bytes);  // frames that were never left
#endif
  // Frames start at different offsets too, for the caches' sake.
  uintptr_t stack = reinterpret_cast<uintptr_t>(fiber) & ~(kStackBytes - 1);
  void** top = reinterpret_cast<void**>(stack + kStackBytes - kStackTopBytes - stack / kStackBytes % 32 * 64);
  *--top = nullptr;  // where start() would return to; keeps rsp % 16 == 8 at its entry, as after a call
  *--top = reinterpret_cast<void*>(start);
  for (int i = 0; i < 6; i++) *--top = nullptr;
  fiber->stack_pointer = top;
  fiber->asan_stack = nullptr;
}

bool on_fiber_stacks(const void* address) {
  return stacks().contain(address);
}

void switch_context(Context& from, Context& to) {
#if EMULATOR_ASAN
  __sanitizer_start_switch_fiber(&from.asan_stack, to.stack_bottom, to.stack_bytes);
#endif
  emulator_switch(&from.stack_pointer, to.stack_pointer);
#if EMULATOR_ASAN
  __sanitizer_finish_switch_fiber(from.asan_stack, nullptr, nullptr);
#endif
}

void entered_context() {
#if EMULATOR_ASAN
  __sanitizer_finish_switch_fiber(nullptr, nullptr, nullptr);
#endif
}

void describe_own_stack(Context& context) {
  pthread_attr_t attributes;
  void* bottom = nullptr;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  pthread_attr_getstack(&attributes, &bottom, &context.stack_bytes);
  context.stack_bottom = bottom;
  pthread_attr_destroy(&attributes);
}
}  // namespace emulator
