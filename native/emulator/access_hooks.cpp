// In kernels compiled with -fsanitize=thread a call stands before every load and store. These functions, in place of
// the sanitizer's own, tell the monitor of each.
#include "monitor.h"

#define HOOK extern "C" __attribute__((visibility("default"))) void
#define PC __builtin_return_address(0)

namespace emulator {
namespace {
bool called = false;

void see(const void* pointer, long bytes, Access kind, const void* pc) {
  // The host code of a kernel source calls too.
  if (monitor == nullptr || !on_fiber_stacks(__builtin_frame_address(0))) return;
  monitor->access(*here(), pointer, unsigned(bytes), kind, pc);
}
}  // namespace

bool instrumented() {
  return called;
}
}  // namespace emulator

using emulator::Access;

#define HOOKS_OF_SIZE(bytes)                          \
  HOOK __tsan_read##bytes(void* pointer) {            \
    emulator::see(pointer, bytes, Access::read, PC);  \
  }                                                   \
  HOOK __tsan_unaligned_read##bytes(void* pointer) {  \
    emulator::see(pointer, bytes, Access::read, PC);  \
  }                                                   \
  HOOK __tsan_write##bytes(void* pointer) {           \
    emulator::see(pointer, bytes, Access::write, PC); \
  }                                                   \
  HOOK __tsan_unaligned_write##bytes(void* pointer) { \
    emulator::see(pointer, bytes, Access::write, PC); \
  }
HOOKS_OF_SIZE(1)
HOOKS_OF_SIZE(2)
HOOKS_OF_SIZE(4)
HOOKS_OF_SIZE(8)
HOOKS_OF_SIZE(16)

// Declared as g++ declares them where a sanitizer is on.
HOOK __tsan_read_range(void* pointer, long bytes) {
  emulator::see(pointer, bytes, Access::read, PC);
}
HOOK __tsan_write_range(void* pointer, long bytes) {
  emulator::see(pointer, bytes, Access::write, PC);
}
HOOK __tsan_init() {
  emulator::called = true;
}
HOOK __tsan_func_entry(void*) {}
HOOK __tsan_func_exit(void*) {}
HOOK __tsan_vptr_update(void*, void*) {}
HOOK __tsan_vptr_read(void*) {}
