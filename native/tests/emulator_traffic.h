// Kernels whose traffic can be worked out by hand.
#pragma once
#include "../device/simt.cuh"

namespace emulated {
cudaError_t copy(const float* from, float* to, int count);
// A float4 a thread.
cudaError_t copy4(const float* from, float* to, int count);
// Neighbouring lanes are 32 floats apart.
cudaError_t copy_apart(const float* from, float* to, int count);
// to[i] = sum of four floats, each read on its own.
cudaError_t sum4(const float* from, float* to, int count);
// A square matrix, by tiles of 32 x 32 in shared memory with a row of 32 or 33 floats.
cudaError_t transpose(const float* from, float* to, int size, bool padded);
// A warp stores and loads a float4 a lane, which lie step float4s apart in shared memory.
cudaError_t shared4(const float* from, float* to, int step);
// Each block reads its part of matrix [256, 32] in each of `steps` steps, a grid barrier after each.
cudaError_t read_again(const float* matrix, float* sums, unsigned blocks, int steps);
// One warp adds up `count` floats, each lane alone.
cudaError_t long_sum(const float* from, float* to, int count);
// counts[i % 8] += 1.
cudaError_t count_up(int* counts, int threads);
}  // namespace emulated
