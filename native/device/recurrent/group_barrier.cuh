// A barrier among some blocks of a cooperative launch, for groups of blocks that have nothing to say to other groups.
//
// Every block adds one to the group's counter, as a release, and waits until all blocks of the group have, as an
// acquire: what the group's threads wrote before arrive() is seen by all of them after wait(), if they read it through
// the L2 cache (__ldcg), for the L1 caches are not coherent. The counter only grows during a launch; the host sets it
// to 0 before, so that a launch that was given up leaves nothing behind.
#pragma once
#include "../simt.cuh"

namespace surprisal {
// A cache line a counter, so that groups do not wait for one another's atomics.
constexpr int kCounterStride = 32;

class GroupBarrier {
 public:
  __device__ __forceinline__ GroupBarrier(unsigned* counter, unsigned blocks) : counter_(counter), blocks_(blocks) {}

  // By all threads of the block, which may go on with what does not depend on other blocks.
  __device__ __forceinline__ void arrive() {
#if !SURPRISAL_EMULATED
    __syncthreads();
    if (threadIdx.x == 0) {
      asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(counter_) : "memory");
    }
    target_ += blocks_;
#endif
  }

  __device__ __forceinline__ void wait() {
#if SURPRISAL_EMULATED
    emulator::group_sync(counter_, blocks_, __FILE__, __LINE__);
#else
    if (threadIdx.x == 0) {
      unsigned arrived;
      do {
        asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(arrived) : "l"(counter_) : "memory");
        // The difference, and not the counts, is compared: a counter may pass 2^32 in a very long launch.
      } while (int(arrived - target_) < 0);
    }
    __syncthreads();
#endif
  }

 private:
  unsigned* counter_;
  unsigned blocks_;
  unsigned target_ = 0;
};
}  // namespace surprisal
