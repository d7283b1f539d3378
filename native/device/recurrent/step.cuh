// A step of a recurrence in a launch of its own, where W does not fit on chip; a Pass as in on_chip.cuh.
#pragma once
#include "sum.cuh"

namespace surprisal {
constexpr int kStepRows = 4;
constexpr int kStepTile = 8;
constexpr int kStepWarps = 4;

// Step s with W from global memory, row-major at `weight` (which is not pass.weight where the pass multiplies with the
// transpose). A warp takes 4 rows and 8 sequences.
template <class Pass>
__device__ __forceinline__ void run_step(const Pass& pass, const float* weight, int64_t batch, int64_t s,
                                         bool aligned) {
  constexpr int R = kStepRows;
  const int hidden = pass.hidden();
  const int block_rows = int(blockDim.x) / 32 * R;
  const int row_blocks = (hidden + block_rows - 1) / block_rows;
  const int warp_row = int(blockIdx.x % row_blocks) * block_rows + threadIdx.x / 32 * R;
  if (warp_row >= hidden) return;
  const int64_t first = blockIdx.x / row_blocks * int64_t(kStepTile);
  const int row = warp_row + threadIdx.x % R;
  const int64_t b = first + threadIdx.x % 32 / R;
  const bool writes = row < hidden && b < batch;
  typename Pass::Inputs inputs = {};
  if (writes) inputs = pass.read(b, row, s);
  float sum = 0;
  if (!Pass::kFromZero || s > 0) {
    float sums[R * kStepTile] = {};
    // Rows and sequences behind the last one repeat it; nobody takes their sums.
    const float* rows[R];
    const float* states[kStepTile];
#pragma unroll
    for (int r = 0; r < R; r++) rows[r] = weight + int64_t(min(warp_row + r, hidden - 1)) * hidden;
#pragma unroll
    for (int i = 0; i < kStepTile; i++) states[i] = pass.state(min(first + i, batch - 1), s);
    for (int k = 4 * (threadIdx.x % 32); k < hidden; k += 128) {
      float4 w[R];
#pragma unroll
      for (int r = 0; r < R; r++) w[r] = load_within<false>(rows[r], k, hidden, aligned);
#pragma unroll
      for (int i = 0; i < kStepTile; i++) {
        float4 state = load_within<false>(states[i], k, hidden, aligned);
#pragma unroll
        for (int r = 0; r < R; r++) sums[r + R * i] = multiply_add(w[r], state, sums[r + R * i]);
      }
    }
    sum = transposed_sum(sums);
  }
  if (writes) pass.finish(b, row, s, sum + pass.constant(row), inputs);
}
}  // namespace surprisal
