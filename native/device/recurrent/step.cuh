// A step of a recurrence in a launch of its own, where W does not fit on chip; a Pass as in on_chip.cuh.
#pragma once
#include "sum.cuh"

namespace surprisal {
constexpr int kStepRows = 4;
constexpr int kStepTile = 8;
constexpr int kStepWarps = 4;

// Step s with W from global memory, [kSums units, kValues units] at `weight` (which is the transpose where the pass
// multiplies with that). A warp takes 4 rows, in the order of sum.cuh, and 8 sequences.
template <class Pass>
__device__ __forceinline__ void run_step(const Pass& pass, const float* weight, int64_t batch, int64_t s,
                                         bool aligned) {
  constexpr int R = kStepRows;
  constexpr int kSums = Pass::kSums;
  constexpr int kSlots = slots(kSums);
  static_assert(R % kSlots == 0, "a warp has all rows of a unit");
  const int units = pass.units();
  const int width = Pass::kValues * units;
  const int all_rows = kSlots * units;
  const int block_rows = int(blockDim.x) / 32 * R;
  const int row_blocks = (all_rows + block_rows - 1) / block_rows;
  const int warp_row = int(blockIdx.x % row_blocks) * block_rows + threadIdx.x / 32 * R;
  if (warp_row >= all_rows) return;
  const int64_t first = blockIdx.x / row_blocks * int64_t(kStepTile);
  const int unit = (warp_row + threadIdx.x % R) / kSlots;
  const int gate = threadIdx.x % kSlots;
  const int64_t b = first + threadIdx.x % 32 / R;
  const bool holds_sum = unit < units && gate < kSums && b < batch;
  const bool writes = holds_sum && gate == 0;
  typename Pass::Inputs inputs = {};
  if (writes) inputs = pass.read(b, unit, s);
  float sum = 0;
  if (!Pass::kFromZero || s > 0) {
    float sums[R * kStepTile] = {};
    // Rows and sequences behind the last one repeat it; nobody takes their sums.
    const float* rows[R];
    const float* states[kStepTile];
#pragma unroll
    for (int r = 0; r < R; r++) {
      const int row = min((warp_row + r) % kSlots, kSums - 1) * units + min((warp_row + r) / kSlots, units - 1);
      rows[r] = weight + int64_t(row) * width;
    }
#pragma unroll
    for (int i = 0; i < kStepTile; i++) states[i] = pass.state(min(first + i, batch - 1), s);
    for (int k = 4 * (threadIdx.x % 32); k < width; k += 128) {
      float4 w[R];
#pragma unroll
      for (int r = 0; r < R; r++) w[r] = load_within<false>(rows[r], k, width, aligned);
#pragma unroll
      for (int i = 0; i < kStepTile; i++) {
        float4 state = load_within<false>(states[i], k, width, aligned);
#pragma unroll
        for (int r = 0; r < R; r++) sums[r + R * i] = multiply_add(w[r], state, sums[r + R * i]);
      }
    }
    sum = transposed_sum(sums);
  }
  if (holds_sum) sum += pass.constant(unit, gate);
  float sums[kSums];
  gather<kSlots, 1>(sum, sums);
  if (!writes) return;
  float values[Pass::kValues] = {};
  pass.finish(b, unit, s, sums, inputs, values);
}
}  // namespace surprisal
