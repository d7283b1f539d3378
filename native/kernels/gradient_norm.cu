// The Euclidean norm over all gradients. Squares are taken and summed in double: no gradient that a float holds is too
// large or too small to be squared, and the sum loses nothing that a float could show.
//
// A block sums one chunk of 8192 gradients, whatever the grid, and a second kernel of one block sums the chunks. Where
// one chunk holds all gradients the first kernel gives the norm itself.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;
constexpr int kChunk = kThreads * 4 * 8;
constexpr int kFinishThreads = 1024;

__device__ __forceinline__ double square(float value) {
  return double(value) * value;
}

__device__ double chunk_squares(const float* gradients, int64_t count, int64_t chunk, bool aligned) {
  double sum = 0;
  int64_t start = chunk * kChunk;
  int64_t end = count - start < kChunk ? count : start + kChunk;
#pragma unroll 8
  for (int64_t at = start + threadIdx.x * 4; at < start + kChunk; at += kThreads * 4) {
    if (at + 4 <= end) {
      float4 g = load4(gradients + at, aligned);
      sum += (square(g.x) + square(g.y)) + (square(g.z) + square(g.w));
    } else {
      for (int64_t i = at; i < end; i++) sum += square(gradients[i]);
    }
  }
  return sum;
}

__global__ void __launch_bounds__(kThreads)
    gradient_squares_kernel(const float* gradients, float* norm, double* sums, int64_t count, int64_t chunks,
                            bool aligned, const surprisal_fault* fault) {
  __shared__ double scratch[kThreads / 32];
  if (faulted(fault)) return;
  for (int64_t chunk = blockIdx.x; chunk < chunks; chunk += gridDim.x) {
    double sum = block_sum(chunk_squares(gradients, count, chunk, aligned), scratch);
    if (threadIdx.x == 0) {
      if (chunks == 1) {
        *norm = float(sqrt(sum));
      } else {
        sums[chunk] = sum;
      }
    }
  }
}

__global__ void __launch_bounds__(kFinishThreads)
    gradient_norm_kernel(const double* sums, float* norm, int64_t chunks, const surprisal_fault* fault) {
  __shared__ double scratch[kFinishThreads / 32];
  if (faulted(fault)) return;
  double sum = 0;
  for (int64_t chunk = threadIdx.x; chunk < chunks; chunk += kFinishThreads) sum += sums[chunk];
  sum = block_sum(sum, scratch);
  if (threadIdx.x == 0) *norm = float(sqrt(sum));
}

// One at least: over no gradients the norm is 0.
int64_t chunks_of(int64_t count) {
  return std::max<int64_t>(1, ceil_div(count, kChunk));
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_gradient_norm_workspace(int64_t count) {
  return surprisal::chunks_of(count) * int64_t(sizeof(double));
}

extern "C" int surprisal_gradient_norm(const float* gradients, float* norm, void* workspace, int64_t count,
                                       const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0)
    return invalid("gradient norm", "expected 0 gradients or more, found %lld", static_cast<long long>(count));
  int64_t chunks = chunks_of(count);
  double* sums = static_cast<double*>(workspace);
  Launch launch{blocks_for(chunks, 1), kThreads, surprisal::cuda(stream)};
  cudaError_t result = SURPRISAL_LAUNCH(gradient_squares_kernel, launch, gradients, norm, sums, count, chunks,
                                        aligned16(gradients), stream->fault);
  if (result == cudaSuccess && chunks > 1) {
    Launch finish{1, kFinishThreads, surprisal::cuda(stream)};
    result = SURPRISAL_LAUNCH(gradient_norm_kernel, finish, sums, norm, chunks, stream->fault);
  }
  return launched("gradient norm", result);
}
