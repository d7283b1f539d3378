// Kernels that use each thing the emulator has, and what launches them.
#pragma once
#include "../device/simt.cuh"

namespace emulated {
// out[i] = in of the thread at the other end of the block, through static shared memory.
cudaError_t reverse(const float* in, float* out, unsigned blocks, unsigned threads);
// The same through dynamic shared memory.
cudaError_t reverse_dynamic(const float* in, float* out, unsigned blocks, unsigned threads);
// x[i] *= factor; nobody waits for anybody.
cudaError_t scale(float* x, int count, float factor);
// Eight values a lane of one warp: shuffles across, down, up, from lane 3; two in parts of 8 lanes; one of 16 bytes.
cudaError_t shuffles(int* out);
// Lanes of one warp in two groups, odd and even, which shuffle apart from each other.
cudaError_t partial_masks(int* out);
// {ballot of odd lanes, any of lane 7, all, all but lane 7}
cudaError_t votes(unsigned* out);
// A warp's lanes give {lane, lane squared} and get the sums over the warp, in one meeting.
cudaError_t collective(int2* out);
// One float a block: an order-dependent mixture of shuffles and barriers over a row of `width`.
cudaError_t mixture(const float* in, float* out, unsigned rows, int width);
// {add, min, max, or of bit, CAS-made add, number of exchanges seen}, over 4 blocks of 64 threads; add of 1.0f in sum.
cudaError_t atomics(int* out, unsigned long long* wide, float* sum);
// Passes x around a ring of blocks, `steps` times, with two grid barriers a step.
cudaError_t ring(int* x, unsigned blocks, int steps);
// Pairs of blocks exchange x, each behind a barrier of its own, and `steps` differs from pair to pair.
cudaError_t pairs(int* x, unsigned blocks, int steps);
// Each block writes what it finds in the next block of its cluster: of static and of dynamic shared memory.
cudaError_t neighbours(int2* out, unsigned blocks, unsigned cluster);
// Thread and block numbers in three dimensions: out[linear] = its coordinates as digits.
cudaError_t coordinates(int* out, dim3 grid, dim3 block);
// Lanes hand values on within a warp, ordered by __syncwarp alone.
cudaError_t warp_exchange(int* out);
cudaError_t convert(const float* in, float* through_half, float* through_bfloat16, int count);
}  // namespace emulated
