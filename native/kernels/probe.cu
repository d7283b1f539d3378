// Work of known kind: a wait by the device's clock, and meetings of all multiprocessors.
//
// A meeting is what the recurrent layer's step pays where its blocks meet through L2 (Exchange::kGrid,
// device/recurrent/on_chip.cuh): the same barrier, among blocks of the same size, and of one group as wide as the GPU.
#include "../device/clock.cuh"
#include "../device/fault.cuh"
#include "../device/recurrent/launch.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = OnChip<8, Exchange::kGrid>::kThreads;

__global__ void probe_spin_kernel(uint64_t duration, const surprisal_fault* fault) {
  if (faulted(fault) || duration == 0) return;
  // The clock may be about to move on: what follows is counted from where it does.
  uint64_t first = nanoseconds();
  uint64_t start;
  do {
    start = nanoseconds();
  } while (start == first);
  while (nanoseconds() - start < duration) {
  }
}

__global__ void __launch_bounds__(kThreads, 1)
    probe_barriers_kernel(unsigned* counter, int count, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  GroupBarrier barrier(counter, gridDim.x);
  for (int i = 0; i < count; i++) {
    barrier.arrive();
    barrier.wait();
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_probe_spin(int64_t nanoseconds, const surprisal_stream* stream) {
  using namespace surprisal;
  if (nanoseconds < 0) {
    return invalid("probe spin", "expected 0 nanoseconds or more, found %lld", static_cast<long long>(nanoseconds));
  }
  Launch launch{1, 1, surprisal::cuda(stream)};
  return launched("probe spin", SURPRISAL_LAUNCH(probe_spin_kernel, launch, nanoseconds, stream->fault));
}

extern "C" int64_t surprisal_probe_barriers_workspace(void) {
  return surprisal::kCounterStride * int64_t(sizeof(unsigned));
}

extern "C" int surprisal_probe_barriers(void* workspace, int32_t count, const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0) return invalid("probe barriers", "expected 0 meetings or more, found %d", count);
  if (device_attribute(cudaDevAttrCooperativeLaunch) == 0) {
    return unsupported("probe barriers",
                       "this GPU cannot launch blocks that wait for one another (cooperative launches)");
  }
  const int blocks = device_attribute(cudaDevAttrMultiProcessorCount);
  Launch launch{unsigned(blocks), kThreads, surprisal::cuda(stream)};
  launch.cooperative = true;
  unsigned* counter = static_cast<unsigned*>(workspace);
  cudaError_t result = cudaMemsetAsync(counter, 0, kCounterStride * sizeof(unsigned), surprisal::cuda(stream));
  if (result == cudaSuccess) result = SURPRISAL_LAUNCH(probe_barriers_kernel, launch, counter, count, stream->fault);
  return launched("probe barriers", result);
}
