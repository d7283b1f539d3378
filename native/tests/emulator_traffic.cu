// Memory traffic in its plainest forms.
#include "emulator_traffic.h"

namespace emulated {
using surprisal::Launch;
namespace groups = cooperative_groups;

namespace {
__device__ int global_index() {
  return int(blockIdx.x * blockDim.x + threadIdx.x);
}

__global__ void copy_kernel(const float* from, float* to, int count) {
  int i = global_index();
  if (i < count) to[i] = from[i];
}

__global__ void copy4_kernel(const float4* from, float4* to, int count) {
  int i = global_index();
  if (i < count) to[i] = from[i];
}

__global__ void copy_apart_kernel(const float* from, float* to, int count) {
  int i = global_index();
  int rows = count / 32;
  int j = i % rows * 32 + i / rows;
  if (i < count) to[j] = from[j];
}

__global__ void sum4_kernel(const float* from, float* to, int count) {
  int i = global_index();
  if (i >= count) return;
  const float* four = from + 4 * i;
  to[i] = four[0] + four[1] + four[2] + four[3];
}

template <int kWidth>
__global__ void transpose_kernel(const float* from, float* to, int size) {
  __shared__ float tile[32][kWidth];
  int x = int(blockIdx.x) * 32;
  int y = int(blockIdx.y) * 32;
  int lane = int(threadIdx.x);
  for (int i = int(threadIdx.y); i < 32; i += 8) tile[i][lane] = from[(y + i) * size + x + lane];
  __syncthreads();
  for (int i = int(threadIdx.y); i < 32; i += 8) to[(x + i) * size + y + lane] = tile[lane][i];
}

__global__ void shared4_kernel(const float4* from, float4* to, int step) {
  SURPRISAL_DYNAMIC_SHARED(raw);
  float4* values = reinterpret_cast<float4*>(raw);
  values[threadIdx.x * step] = from[threadIdx.x];
  __syncthreads();
  to[threadIdx.x] = values[threadIdx.x * step];
}

__global__ void read_again_kernel(const float* matrix, float* sums, int steps) {
  int rows = 256 / int(gridDim.x);
  const float* mine = matrix + int(blockIdx.x) * rows * 32;
  float sum = 0;
  for (int step = 0; step < steps; step++) {
    for (int row = 0; row < rows; row++) sum += mine[row * 32 + int(threadIdx.x)];
    groups::this_grid().sync();
  }
  sums[global_index()] = sum;
}

__global__ void long_sum_kernel(const float* from, float* to, int count) {
  float sum = 0;
  for (int i = int(threadIdx.x); i < count; i += 32) sum += from[i];
  to[threadIdx.x] = sum;
}

__global__ void count_up_kernel(int* counts) {
  atomicAdd(&counts[threadIdx.x % 8], 1);
}

Launch one_dimensional(int threads) {
  return {(unsigned(threads) + 255) / 256, 256};
}
}  // namespace

cudaError_t copy(const float* from, float* to, int count) {
  return SURPRISAL_LAUNCH(copy_kernel, one_dimensional(count), from, to, count);
}

cudaError_t copy4(const float* from, float* to, int count) {
  const float4* from4 = reinterpret_cast<const float4*>(from);
  float4* to4 = reinterpret_cast<float4*>(to);
  return SURPRISAL_LAUNCH(copy4_kernel, one_dimensional(count / 4), from4, to4, count / 4);
}

cudaError_t copy_apart(const float* from, float* to, int count) {
  return SURPRISAL_LAUNCH(copy_apart_kernel, one_dimensional(count), from, to, count);
}

cudaError_t sum4(const float* from, float* to, int count) {
  return SURPRISAL_LAUNCH(sum4_kernel, one_dimensional(count), from, to, count);
}

cudaError_t transpose(const float* from, float* to, int size, bool padded) {
  dim3 grid(unsigned(size) / 32, unsigned(size) / 32);
  Launch launch{grid, dim3(32, 8)};
  if (padded) return SURPRISAL_LAUNCH((transpose_kernel<33>), launch, from, to, size);
  return SURPRISAL_LAUNCH((transpose_kernel<32>), launch, from, to, size);
}

cudaError_t shared4(const float* from, float* to, int step) {
  Launch launch{1, 32};
  launch.shared_bytes = 32 * size_t(step) * sizeof(float4);
  return SURPRISAL_LAUNCH(shared4_kernel, launch, reinterpret_cast<const float4*>(from), reinterpret_cast<float4*>(to),
                          step);
}

cudaError_t read_again(const float* matrix, float* sums, unsigned blocks, int steps) {
  Launch launch{blocks, 32};
  launch.cooperative = true;
  return SURPRISAL_LAUNCH(read_again_kernel, launch, matrix, sums, steps);
}

cudaError_t long_sum(const float* from, float* to, int count) {
  return SURPRISAL_LAUNCH(long_sum_kernel, (Launch{1, 32}), from, to, count);
}

cudaError_t count_up(int* counts, int threads) {
  return SURPRISAL_LAUNCH(count_up_kernel, (Launch{1, unsigned(threads)}), counts);
}
}  // namespace emulated
