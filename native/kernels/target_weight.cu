// The weight of all targets, which a mean over tokens divides by. One block, so that the sum has one order.
#include "../device/fault.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
__global__ __launch_bounds__(1024) void target_weight_kernel(const int32_t* targets, const float* class_weights,
                                                             float* sum, int64_t count, int classes, int ignored,
                                                             surprisal_fault* fault) {
  __shared__ int64_t positions[32];
  __shared__ double scratch[32];
  if (faulted(fault)) return;
  int64_t outside = first_outside(targets, count, classes, ignored, positions);
  if (outside < count) {
    if (threadIdx.x == 0) raise_fault(fault, SURPRISAL_FAULT_TARGET, outside, targets[outside], classes);
    return;
  }
  double weight = 0;
  for (int64_t n = threadIdx.x; n < count; n += blockDim.x) {
    int target = targets[n];
    if (target != ignored) weight += class_weights == nullptr ? 1 : class_weights[target];
  }
  weight = block_sum(weight, scratch);
  if (threadIdx.x == 0) *sum = float(weight);
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_target_weight(const int32_t* targets, const float* class_weights, float* sum, int64_t count,
                                       int32_t classes, int32_t ignore_index, const surprisal_stream* stream) {
  using namespace surprisal;
  if (classes < 1) return invalid("target_weight", "expected a class or more, found %d", classes);
  if (count < 0)
    return invalid("target_weight", "expected 0 targets or more, found %lld", static_cast<long long>(count));
  return launched("target_weight",
                  SURPRISAL_LAUNCH(target_weight_kernel, (Launch{dim3(1), dim3(1024), surprisal::cuda(stream)}),
                                   targets, class_weights, sum, count, classes, ignore_index, stream->fault));
}
