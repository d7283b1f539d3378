// logits[n] = weight[targets[n]] . hidden[n] + bias[targets[n]], and its gradients: what a loss over sampled classes
// needs of the projection for the targets themselves.
//
// A warp a row: weight and hidden are read once, neighbours by neighbouring lanes, so that requests are whole wherever
// rows begin, and lanes sum the same elements in the same order. Targets are looked at by a kernel of one block before.
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr int kCheckThreads = 1024;
constexpr int kThreads = 256;
constexpr int kRows = kThreads / 32;  // of a block
constexpr int kBatch = 4;             // loads of each kind that a lane has under way

struct Matrices {
  const float* weight;
  const float* hidden;
  const int32_t* targets;
  int64_t rows;
  int32_t width;
};

__global__ void __launch_bounds__(kCheckThreads)
    target_check_kernel(const int32_t* targets, int64_t count, int32_t classes, surprisal_fault* fault) {
  __shared__ int64_t scratch[kCheckThreads / 32];
  if (faulted(fault)) return;
  int64_t first = first_outside(targets, count, classes, kNoException, scratch);
  if (first < count && threadIdx.x == 0) {
    raise_fault(fault, SURPRISAL_FAULT_TARGET, first, targets[first], classes);
  }
}

__global__ void __launch_bounds__(kThreads)
    target_logits_kernel(Matrices of, const float* bias, float* logits, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int lane = threadIdx.x % 32;
  int64_t stride = int64_t(gridDim.x) * kRows;
  for (int64_t n = int64_t(blockIdx.x) * kRows + threadIdx.x / 32; n < of.rows; n += stride) {
    int32_t target = of.targets[n];
    const float* weight = of.weight + int64_t(target) * of.width;
    const float* hidden = of.hidden + n * of.width;
    float sum = 0;
#pragma unroll 8
    for (int i = lane; i < of.width; i += 32) sum += weight[i] * hidden[i];
    sum = warp_sum(sum);
    if (lane == 0) logits[n] = sum + bias[target];
  }
}

__global__ void __launch_bounds__(kThreads)
    target_logits_backward_kernel(Matrices of, const float* grad_logits, float* grad_hidden, float* grad_rows,
                                  const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int lane = threadIdx.x % 32;
  int64_t stride = int64_t(gridDim.x) * kRows;
  for (int64_t n = int64_t(blockIdx.x) * kRows + threadIdx.x / 32; n < of.rows; n += stride) {
    const float* weight = of.weight + int64_t(of.targets[n]) * of.width;
    const float* hidden = of.hidden + n * of.width;
    float g = grad_logits[n];
    float* sums = grad_hidden + n * of.width;
    float* products = grad_rows + n * of.width;
    for (int start = lane; start < of.width; start += 32 * kBatch) {
      float w[kBatch], h[kBatch], before[kBatch];
#pragma unroll
      for (int k = 0; k < kBatch; k++) {
        int i = start + 32 * k;
        w[k] = i < of.width ? weight[i] : 0;
        h[k] = i < of.width ? hidden[i] : 0;
        before[k] = i < of.width ? sums[i] : 0;
      }
#pragma unroll
      for (int k = 0; k < kBatch; k++) {
        int i = start + 32 * k;
        if (i < of.width) sums[i] = before[k] + g * w[k];
        if (i < of.width) products[i] = g * h[k];
      }
    }
  }
}

int refused(const char* operation, int64_t rows, int32_t classes, int32_t width) {
  if (rows >= 0 && classes >= 0 && width >= 0) return SURPRISAL_SUCCESS;
  return invalid(operation, "expected sizes of 0 or more, found %lld rows and a matrix [%d, %d]",
                 static_cast<long long>(rows), classes, width);
}

cudaError_t check_targets(const Matrices& of, int32_t classes, const surprisal_stream* stream) {
  Launch launch{1, kCheckThreads, surprisal::cuda(stream)};
  return SURPRISAL_LAUNCH(target_check_kernel, launch, of.targets, of.rows, classes, stream->fault);
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_target_logits(const float* weight, const float* bias, const float* hidden,
                                       const int32_t* targets, float* logits, int64_t rows, int32_t classes,
                                       int32_t width, const surprisal_stream* stream) {
  using namespace surprisal;
  int status = refused("target logits", rows, classes, width);
  if (status != SURPRISAL_SUCCESS || rows == 0) return status;
  Matrices of{weight, hidden, targets, rows, width};
  Launch launch{blocks_for(rows, kRows), kThreads, surprisal::cuda(stream)};
  cudaError_t result = check_targets(of, classes, stream);
  if (result == cudaSuccess) {
    result = SURPRISAL_LAUNCH(target_logits_kernel, launch, of, bias, logits, stream->fault);
  }
  return launched("target logits", result);
}

extern "C" int surprisal_target_logits_backward(const float* weight, const float* hidden, const int32_t* targets,
                                                const float* grad_logits, float* grad_hidden, float* grad_rows,
                                                int64_t rows, int32_t classes, int32_t width,
                                                const surprisal_stream* stream) {
  using namespace surprisal;
  int status = refused("target logits backward", rows, classes, width);
  if (status != SURPRISAL_SUCCESS || rows == 0) return status;
  Matrices of{weight, hidden, targets, rows, width};
  Launch launch{blocks_for(rows, kRows), kThreads, surprisal::cuda(stream)};
  cudaError_t result = check_targets(of, classes, stream);
  if (result == cudaSuccess) {
    result =
        SURPRISAL_LAUNCH(target_logits_backward_kernel, launch, of, grad_logits, grad_hidden, grad_rows, stream->fault);
  }
  return launched("target logits backward", result);
}
