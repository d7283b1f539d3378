// logits[n] = weight[targets[n]] . hidden[n] + bias[targets[n]], and its gradients: what a loss over sampled classes
// needs of the projection for the targets themselves.
//
// A warp a row: weight and hidden are read once, four floats a lane at a time; lanes sum the same elements in the same
// order wherever rows begin. Targets are looked at by a kernel of one block before.
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kCheckThreads = 1024;
constexpr int kThreads = 256;
constexpr int kRows = kThreads / 32;  // of a block

struct Matrices {
  const float* weight;
  const float* hidden;
  const int32_t* targets;
  int64_t rows;
  int32_t width;
};

__global__ void __launch_bounds__(kCheckThreads) target_check_kernel(const int32_t* targets, int64_t count,
                                                                     int32_t classes, surprisal_fault* fault) {
  __shared__ int64_t scratch[kCheckThreads / 32];
  if (faulted(fault)) return;
  int64_t first = first_outside(targets, count, classes, kNoException, scratch);
  if (first < count && threadIdx.x == 0) {
    raise_fault(fault, SURPRISAL_FAULT_TARGET, first, targets[first], classes);
  }
}

__global__ void __launch_bounds__(kThreads) target_logits_kernel(Matrices of, const float* bias, float* logits,
                                                                 bool aligned, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int lane = threadIdx.x % 32;
  int64_t stride = (int64_t)gridDim.x * kRows;
  for (int64_t n = (int64_t)blockIdx.x * kRows + threadIdx.x / 32; n < of.rows; n += stride) {
    int32_t target = of.targets[n];
    const float* weight = of.weight + (int64_t)target * of.width;
    const float* hidden = of.hidden + n * of.width;
    float sum = 0;
    int whole = of.width / 4 * 4;
#pragma unroll 4
    for (int i = 4 * lane; i < whole; i += 4 * 32) {
      float4 w = load4(weight + i, aligned);
      float4 h = load4(hidden + i, aligned);
      sum += (w.x * h.x + w.y * h.y) + (w.z * h.z + w.w * h.w);
    }
    if (whole + lane < of.width) sum += weight[whole + lane] * hidden[whole + lane];
    sum = warp_sum(sum);
    if (lane == 0) logits[n] = sum + bias[target];
  }
}

__global__ void __launch_bounds__(kThreads)
    target_logits_backward_kernel(Matrices of, const float* grad_logits, float* grad_hidden, float* grad_rows,
                                  bool aligned, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int lane = threadIdx.x % 32;
  int64_t stride = (int64_t)gridDim.x * kRows;
  for (int64_t n = (int64_t)blockIdx.x * kRows + threadIdx.x / 32; n < of.rows; n += stride) {
    const float* weight = of.weight + (int64_t)of.targets[n] * of.width;
    float g = grad_logits[n];
    int whole = of.width / 4 * 4;
#pragma unroll 2
    for (int i = 4 * lane; i < whole; i += 4 * 32) {
      int64_t at = n * of.width + i;
      float4 w = load4(weight + i, aligned);
      float4 h = load4(of.hidden + at, aligned);
      float4 sum = load4(grad_hidden + at, aligned);
      sum = make_float4(sum.x + g * w.x, sum.y + g * w.y, sum.z + g * w.z, sum.w + g * w.w);
      store4(grad_hidden + at, sum, aligned);
      store4(grad_rows + at, make_float4(g * h.x, g * h.y, g * h.z, g * h.w), aligned);
    }
    if (whole + lane < of.width) {
      int64_t at = n * of.width + whole + lane;
      grad_hidden[at] += g * weight[whole + lane];
      grad_rows[at] = g * of.hidden[at];
    }
  }
}

int refused(const char* operation, int64_t rows, int32_t classes, int32_t width) {
  if (rows >= 0 && classes >= 0 && width >= 0) return SURPRISAL_SUCCESS;
  return invalid(operation, "expected sizes of 0 or more, found %lld rows and a matrix [%d, %d]", (long long)rows,
                 classes, width);
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
  bool aligned = width % 4 == 0 && aligned16(weight) && aligned16(hidden);
  Launch launch{blocks_for(rows, kRows), kThreads, surprisal::cuda(stream)};
  cudaError_t result = check_targets(of, classes, stream);
  if (result == cudaSuccess) {
    result = SURPRISAL_LAUNCH(target_logits_kernel, launch, of, bias, logits, aligned, stream->fault);
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
  bool aligned = width % 4 == 0 && aligned16(weight) && aligned16(hidden) && aligned16(grad_hidden) &&
                 aligned16(grad_rows);
  Launch launch{blocks_for(rows, kRows), kThreads, surprisal::cuda(stream)};
  cudaError_t result = check_targets(of, classes, stream);
  if (result == cudaSuccess) {
    result = SURPRISAL_LAUNCH(target_logits_backward_kernel, launch, of, grad_logits, grad_hidden, grad_rows, aligned,
                              stream->fault);
  }
  return launched("target logits backward", result);
}
