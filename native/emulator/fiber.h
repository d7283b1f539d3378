// A fiber: a stack on which the threads of a block run, one after the other as long as none of them has to wait.
//
// All stacks lie in one region at multiples of their size, and what a fiber knows of the thread that it runs lies at
// the top of its stack. So a kernel finds its threadIdx from its own stack pointer, without thread-local storage, which is
// slow in a library that is loaded at run time. The place differs from stack to stack, because at one and the same
// offset the cache lines of all fibers would share one set of every cache.
#pragma once
#include <cstddef>
#include <cstdint>

#if !defined(__x86_64__)
#error "the emulator switches stacks on x86-64 only"
#endif

#if defined(__SANITIZE_ADDRESS__)
#define EMULATOR_ASAN 1
#else
#define EMULATOR_ASAN 0
#endif

// Kernels compiled with -fsanitize=thread call a hook at every access (access_hooks.cpp). What belongs to the emulator
// and is compiled along with them must not.
#if defined(__SANITIZE_THREAD__)
#define EMULATOR_INSTRUMENTED 1
#define EMULATOR_UNSEEN __attribute__((no_sanitize_thread, noinline))
#else
#define EMULATOR_INSTRUMENTED 0
#define EMULATOR_UNSEEN
#endif

struct uint3 {
  unsigned x, y, z;
};

namespace emulator {
class Block;

#if EMULATOR_ASAN
constexpr size_t kStackBytes = 256 * 1024;
#else
constexpr size_t kStackBytes = 64 * 1024;
#endif
constexpr size_t kStackTopBytes = 4096;  // of a stack, for its Fiber
constexpr size_t kMaxValueBytes = 16;    // that a lane gives to a shuffle

// Where code runs: a fiber, or a worker's own stack.
struct Context {
  void* stack_pointer = nullptr;
  const void* stack_bottom = nullptr;
  size_t stack_bytes = 0;
  void* asan_stack = nullptr;
};

enum class WarpOperation { sync, shuffle, ballot, collective };

// How lanes give values to one another in one meeting: combine gets the addresses of in and out of every lane of mask.
typedef void (*Combine)(unsigned mask, const void* const in[32], void* const out[32]);

struct Fiber : Context {
  uint3 thread_index, block_index, block_dim, grid_dim;
  unsigned char* dynamic_shared;
  Block* block;
  unsigned thread, lane, warp;

  // What the thread waits for, if it does.
  WarpOperation operation;
  unsigned mask;
  unsigned source;  // lane; of a ballot: the vote
  unsigned votes;
  unsigned value_bytes;
  const void* in;
  void* out;
  Combine combine;
  const char* file;
  int line;
};

inline Fiber* fiber_at(uintptr_t address) {
  uintptr_t stack = address & ~(kStackBytes - 1);
  return reinterpret_cast<Fiber*>(stack + kStackBytes - kStackTopBytes + stack / kStackBytes % 32 * 64);
}

// The fiber that this runs on; on none, nothing of use.
inline Fiber* here() {
  uintptr_t stack_pointer;
  asm("movq %%rsp, %0" : "=r"(stack_pointer));
  return fiber_at(stack_pointer);
}

// A fiber whose first switch enters start(), which must not return; the same one to each caller until it is given back.
// Null if there is no more memory.
Fiber* take_fiber(void (*start)());
void give_fiber(Fiber* fiber);
// Forgets what the fiber was doing.
void restart_fiber(Fiber* fiber, void (*start)());
// Whether an address lies on a stack of any fiber.
bool on_fiber_stacks(const void* address);

// Leaves `from`, to be gone on with when somebody switches to it, for `to`.
void switch_context(Context& from, Context& to);
// The first thing on a fresh stack.
void entered_context();
// Tells about the calling OS thread's own stack.
void describe_own_stack(Context& context);
}  // namespace emulator
