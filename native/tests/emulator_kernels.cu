// Each thing that the emulator has, in the smallest kernel that shows it.
#include "emulator_kernels.h"

namespace emulated {
using surprisal::Launch;
namespace groups = cooperative_groups;

namespace {
constexpr unsigned kAll = 0xffffffffu;

__device__ unsigned global_index() {
  return blockIdx.x * blockDim.x + threadIdx.x;
}

__global__ void reverse_kernel(const float* in, float* out) {
  __shared__ float tile[1024];
  tile[threadIdx.x] = in[global_index()];
  __syncthreads();
  out[global_index()] = tile[blockDim.x - 1 - threadIdx.x];
}

__global__ void reverse_dynamic_kernel(const float* in, float* out) {
  SURPRISAL_DYNAMIC_SHARED(raw);
  float* tile = reinterpret_cast<float*>(raw);
  tile[threadIdx.x] = in[global_index()];
  __syncthreads();
  out[global_index()] = tile[blockDim.x - 1 - threadIdx.x];
}

__global__ void scale_kernel(float* x, int count, float factor) {
  for (int i = int(global_index()); i < count; i += int(gridDim.x * blockDim.x)) x[i] *= factor;
}

__global__ void shuffles_kernel(int* out) {
  int lane = int(threadIdx.x);
  int* mine = out + 8 * lane;
  mine[0] = __shfl_xor_sync(kAll, lane, 5);
  mine[1] = __shfl_down_sync(kAll, lane, 3);
  mine[2] = __shfl_up_sync(kAll, lane, 3);
  mine[3] = __shfl_sync(kAll, lane, 3);
  mine[4] = __shfl_sync(kAll, lane, 3, 8);
  mine[5] = __shfl_down_sync(kAll, lane, 3, 8);
  double2 pair = __shfl_xor_sync(kAll, make_double2(lane, -lane), 1);
  mine[6] = int(pair.x);
  mine[7] = int(pair.y);
}

__global__ void partial_masks_kernel(int* out) {
  int lane = int(threadIdx.x);
  int sum = 0;
  if (lane % 2 == 0) {
    for (int i = 0; i < 3; i++) sum += __shfl_xor_sync(0x55555555u, lane + sum, 2);
  } else {
    sum = __shfl_xor_sync(0xaaaaaaaau, lane, 4);
  }
  out[lane] = sum;
}

__global__ void votes_kernel(unsigned* out) {
  int lane = int(threadIdx.x);
  unsigned odd = __ballot_sync(kAll, lane & 1);
  int any = __any_sync(kAll, lane == 7);
  int all = __all_sync(kAll, lane >= 0);
  int all_but_one = __all_sync(kAll, lane != 7);
  if (lane == 0) {
    out[0] = odd;
    out[1] = any;
    out[2] = all;
    out[3] = all_but_one;
  }
}

EMULATOR_UNSEEN void sum_pairs(unsigned mask, const void* const in[32], void* const out[32]) {
  int2 sum = {0, 0};
  for (int lane = 0; lane < 32; lane++) {
    if (!(mask >> lane & 1)) continue;
    sum.x += static_cast<const int2*>(in[lane])->x;
    sum.y += static_cast<const int2*>(in[lane])->y;
  }
  for (int lane = 0; lane < 32; lane++) {
    if (mask >> lane & 1) *static_cast<int2*>(out[lane]) = sum;
  }
}

__global__ void collective_kernel(int2* out) {
  int lane = int(threadIdx.x);
  int2 value = make_int2(lane, lane * lane);
  emulator::warp_collective(kAll, &value, &value, sum_pairs, __FILE__, __LINE__);
  out[lane] = value;
}

__global__ void mixture_kernel(const float* in, float* out, int width) {
  __shared__ float parts[32];
  const float* row = in + size_t(blockIdx.x) * width;
  float sum = 0;
  for (int i = int(threadIdx.x); i < width; i += int(blockDim.x)) sum = sum * 1.0001f + row[i];
  for (int offset = 16; offset > 0; offset /= 2) sum += __shfl_down_sync(kAll, sum, offset) * 1.01f;
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    float total = 0;
    for (unsigned warp = 0; warp < blockDim.x / 32; warp++) total = total * 0.99f + parts[warp];
    out[blockIdx.x] = total;
  }
}

__global__ void atomics_kernel(int* out, unsigned long long* wide, float* sum) {
  int i = int(global_index());
  atomicAdd(&out[0], i);
  atomicMin(&out[1], -i);
  atomicMax(&out[2], i);
  atomicOr(&out[3], 1 << i % 31);
  for (int old = 0, seen; (seen = atomicCAS(&out[4], old, old + 1)) != old;) old = seen;
  if (atomicExch(&out[5], i + 1) != i + 1) atomicAdd(&out[6], 1);
  atomicAdd(wide, 1ull << 32);
  atomicAdd(sum, 1.0f);
}

__global__ void ring_kernel(int* x, int steps) {
  for (int i = 0; i < steps; i++) {
    int next = x[(blockIdx.x + 1) % gridDim.x];
    groups::this_grid().sync();
    if (threadIdx.x == 0) x[blockIdx.x] = next;
    groups::this_grid().sync();
  }
}

__global__ void pairs_kernel(int* x, int steps) {
  unsigned pair = blockIdx.x / 2;
  for (int i = 0; i < steps + int(pair); i++) {
    int other = x[blockIdx.x ^ 1];
    emulator::group_sync(x + 2 * pair, 2, __FILE__, __LINE__);
    if (threadIdx.x == 0) x[blockIdx.x] = other + 1;
    emulator::group_sync(x + 2 * pair, 2, __FILE__, __LINE__);
  }
}

__global__ void neighbours_kernel(int2* out) {
  __shared__ int fixed[64];
  SURPRISAL_DYNAMIC_SHARED(raw);
  int* dynamic = reinterpret_cast<int*>(raw);
  groups::cluster_group cluster = groups::this_cluster();
  fixed[threadIdx.x] = int(cluster.block_rank() * 100 + threadIdx.x);
  dynamic[threadIdx.x] = int(global_index());
  cluster.sync();
  unsigned next = (cluster.block_rank() + 1) % cluster.num_blocks();
  const int* other_fixed = cluster.map_shared_rank(fixed, next);
  const int* other_dynamic = cluster.map_shared_rank(dynamic, next);
  out[global_index()] = make_int2(other_fixed[63 - threadIdx.x], other_dynamic[63 - threadIdx.x]);
  cluster.sync();  // a block's shared memory must last while others read it
}

__global__ void coordinates_kernel(int* out) {
  unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  out[block * blockDim.x * blockDim.y * blockDim.z + thread] = int(
      ((((blockIdx.z * 10 + blockIdx.y) * 10 + blockIdx.x) * 10 + threadIdx.z) * 10 + threadIdx.y) * 10 + threadIdx.x);
}

__global__ void warp_exchange_kernel(int* out) {
  __shared__ int values[32];
  int lane = int(threadIdx.x);
  values[lane] = lane;
  __syncwarp();
  int other = values[31 - lane];
  __syncwarp();
  if (lane < 16) {
    values[lane] = 100 + other;
    __syncwarp(0x0000ffffu);
    other = values[15 - lane];
  }
  out[lane] = other;
}

__global__ void convert_kernel(const float* in, float* through_half, float* through_bfloat16, int count) {
  int i = int(global_index());
  if (i >= count) return;
  through_half[i] = __half2float(__float2half(in[i]));
  through_bfloat16[i] = __bfloat162float(__float2bfloat16(in[i]));
}
}  // namespace

cudaError_t reverse(const float* in, float* out, unsigned blocks, unsigned threads) {
  return SURPRISAL_LAUNCH(reverse_kernel, (Launch{blocks, threads}), in, out);
}

cudaError_t reverse_dynamic(const float* in, float* out, unsigned blocks, unsigned threads) {
  Launch launch{blocks, threads};
  launch.shared_bytes = threads * sizeof(float);
  return SURPRISAL_LAUNCH(reverse_dynamic_kernel, launch, in, out);
}

cudaError_t scale(float* x, int count, float factor) {
  return SURPRISAL_LAUNCH(scale_kernel, (Launch{16, 256}), x, count, factor);
}

cudaError_t shuffles(int* out) {
  return SURPRISAL_LAUNCH(shuffles_kernel, (Launch{1, 32}), out);
}

cudaError_t partial_masks(int* out) {
  return SURPRISAL_LAUNCH(partial_masks_kernel, (Launch{1, 32}), out);
}

cudaError_t votes(unsigned* out) {
  return SURPRISAL_LAUNCH(votes_kernel, (Launch{1, 32}), out);
}

cudaError_t mixture(const float* in, float* out, unsigned rows, int width) {
  return SURPRISAL_LAUNCH(mixture_kernel, (Launch{rows, 256}), in, out, width);
}

cudaError_t atomics(int* out, unsigned long long* wide, float* sum) {
  return SURPRISAL_LAUNCH(atomics_kernel, (Launch{4, 64}), out, wide, sum);
}

cudaError_t ring(int* x, unsigned blocks, int steps) {
  Launch launch{blocks, 32};
  launch.cooperative = true;
  return SURPRISAL_LAUNCH(ring_kernel, launch, x, steps);
}

cudaError_t collective(int2* out) {
  return SURPRISAL_LAUNCH(collective_kernel, (Launch{1, 32}), out);
}

cudaError_t pairs(int* x, unsigned blocks, int steps) {
  Launch launch{blocks, 32};
  launch.cooperative = true;
  return SURPRISAL_LAUNCH(pairs_kernel, launch, x, steps);
}

cudaError_t neighbours(int2* out, unsigned blocks, unsigned cluster) {
  Launch launch{blocks, 64};
  launch.shared_bytes = 64 * sizeof(int);
  launch.cluster = cluster;
  return SURPRISAL_LAUNCH(neighbours_kernel, launch, out);
}

cudaError_t coordinates(int* out, dim3 grid, dim3 block) {
  return SURPRISAL_LAUNCH(coordinates_kernel, (Launch{grid, block}), out);
}

cudaError_t warp_exchange(int* out) {
  return SURPRISAL_LAUNCH(warp_exchange_kernel, (Launch{1, 32}), out);
}

cudaError_t convert(const float* in, float* through_half, float* through_bfloat16, int count) {
  unsigned blocks = (unsigned(count) + 255) / 256;
  return SURPRISAL_LAUNCH(convert_kernel, (Launch{blocks, 256}), in, through_half, through_bfloat16, count);
}
}  // namespace emulated
