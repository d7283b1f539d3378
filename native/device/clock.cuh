// The device's clock.
#pragma once
#include "simt.cuh"

namespace surprisal {
// In nanoseconds, since any moment. A GPU's moves on in steps, whose length the PTX ISA leaves open.
__device__ __forceinline__ uint64_t nanoseconds() {
#if SURPRISAL_EMULATED
  return emulator::nanoseconds();
#else
  uint64_t time;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(time)::"memory");
  return time;
#endif
}
}  // namespace surprisal
