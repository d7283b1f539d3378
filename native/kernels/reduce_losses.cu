// The sum of losses, or their mean. One block, so that the sum has one order.
#include "../device/fault.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
__global__ __launch_bounds__(1024) void reduce_losses_kernel(const float* losses, const float* divisor, float* total,
                                                             int64_t count, const surprisal_fault* fault) {
  __shared__ double scratch[32];
  if (faulted(fault)) return;
  double sum = 0;
  for (int64_t n = threadIdx.x; n < count; n += blockDim.x) sum += losses[n];
  sum = block_sum(sum, scratch);
  if (threadIdx.x != 0) return;
  double by = divisor == nullptr ? 1 : *divisor;
  *total = float(by == 0 ? 0 : sum / by);
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_reduce_losses(const float* losses, const float* divisor, float* total, int64_t count,
                                       const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0)
    return invalid("reduce_losses", "expected 0 losses or more, found %lld", static_cast<long long>(count));
  return launched("reduce_losses",
                  SURPRISAL_LAUNCH(reduce_losses_kernel, (Launch{dim3(1), dim3(1024), surprisal::cuda(stream)}), losses,
                                   divisor, total, count, stream->fault));
}
