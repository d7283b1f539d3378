// The sums of a recurrence's products, W[row] times a state, by the lanes of a warp.
//
// The order of additions: lane l adds the products of k = 4 l + 128 j + i in ascending j and i, i < 4, and the lanes
// add up as a tree over the lane number's bits from the highest to the lowest. It depends on nothing but H, so that the
// bits are the same however rows and sequences are shared out, on chip (on_chip.cuh) or not (step.cuh).
//
// The order of rows: W has kSums rows a unit, that of gate g and unit u at g H + u. A warp takes them unit by unit, each
// in as many slots as the next power of two: row slots(kSums) u + g is that of gate g and unit u, or zero if g is kSums or
// more. So the sums of a unit lie in neighbouring lanes of one warp.
#pragma once
#include "../reduce.cuh"

namespace surprisal {
// Lane l gets the sum over all lanes of values[l / (32 / V)]; V is a power of two up to 32. Lanes `Offset` apart share
// the values out between them, as long as there are several, so that each adds half of them.
template <int Offset = 16, int V>
__device__ __forceinline__ float transposed_sum(const float (&values)[V]) {
  if constexpr (Offset == 0) {
    return values[0];
  } else if constexpr (V == 1) {
    const float sum[1] = {values[0] + __shfl_xor_sync(kAllLanes, values[0], Offset)};
    return transposed_sum<Offset / 2>(sum);
  } else {
    const bool upper = threadIdx.x & Offset;
    float sums[V / 2];
#pragma unroll
    for (int i = 0; i < V / 2; i++) {
      float kept = upper ? values[i + V / 2] : values[i];
      float given = upper ? values[i] : values[i + V / 2];
      sums[i] = kept + __shfl_xor_sync(kAllLanes, given, Offset);
    }
    return transposed_sum<Offset / 2>(sums);
  }
}

// Of a unit with so many rows.
__host__ __device__ constexpr int slots(int sums) {
  return sums <= 1 ? 1 : sums <= 2 ? 2 : sums <= 4 ? 4 : 8;
}

// The sums of a lane's unit, in every lane that has one of them; each sum lies in kLanesOfSum lanes. By whole warps.
template <int kSlots, int kLanesOfSum, int kSums>
__device__ __forceinline__ void gather(float sum, float (&sums)[kSums]) {
  if constexpr (kSums == 1) {
    sums[0] = sum;
  } else {
    constexpr int kLanesOfUnit = kSlots * kLanesOfSum;
    const int first = threadIdx.x % 32 / kLanesOfUnit * kLanesOfUnit;
#pragma unroll
    for (int g = 0; g < kSums; g++) sums[g] = __shfl_sync(kAllLanes, sum, first + g * kLanesOfSum);
  }
}

__device__ __forceinline__ float multiply_add(float4 a, float4 b, float sum) {
  return fmaf(a.w, b.w, fmaf(a.z, b.z, fmaf(a.y, b.y, fmaf(a.x, b.x, sum))));
}

// row[k, k + 4) of n floats, zero behind the end; Fresh: past the L1 cache, for what other blocks have just written.
template <bool Fresh>
__device__ __forceinline__ float4 load_within(const float* row, int k, int n, bool aligned) {
  auto load = [row](int i) { return Fresh ? __ldcg(row + i) : row[i]; };
  if (k + 3 < n) {
    if (!aligned) return make_float4(load(k), load(k + 1), load(k + 2), load(k + 3));
    const float4* quad = reinterpret_cast<const float4*>(row + k);
    return Fresh ? __ldcg(quad) : *quad;
  }
  float4 part = make_float4(0, 0, 0, 0);
  if (k < n) part.x = load(k);
  if (k + 1 < n) part.y = load(k + 1);
  if (k + 2 < n) part.z = load(k + 2);
  return part;
}

// rows[r] = [k, k + 4) of row `row + r`, of a matrix [kSums units, width].
template <int kSums, int R>
__device__ __forceinline__ void load_rows(const float* matrix, int units, int width, int row, int k, bool aligned,
                                          float4 (&rows)[R]) {
#pragma unroll
  for (int r = 0; r < R; r++) {
    rows[r] = make_float4(0, 0, 0, 0);
    const int unit = (row + r) / slots(kSums);
    const int gate = (row + r) % slots(kSums);
    if (unit >= units || gate >= kSums) continue;
    rows[r] = load_within<false>(matrix + (int64_t(gate) * units + unit) * width, k, width, aligned);
  }
}

// rows[r] = [k, k + 4) of column `column + r`, of a matrix [height, units]; four neighbours at a time.
template <int R>
__device__ __forceinline__ void load_columns(const float* matrix, int height, int units, int column, int k,
                                             bool aligned, float4 (&rows)[R]) {
#pragma unroll
  for (int r = 0; r < R; r += 4) {
    float4 from[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
      from[i] = make_float4(0, 0, 0, 0);
      if (k + i >= height) continue;
      from[i] = load_within<false>(matrix + int64_t(k + i) * units, column + r, units, aligned);
    }
    rows[r] = make_float4(from[0].x, from[1].x, from[2].x, from[3].x);
    rows[r + 1] = make_float4(from[0].y, from[1].y, from[2].y, from[3].y);
    rows[r + 2] = make_float4(from[0].z, from[1].z, from[2].z, from[3].z);
    rows[r + 3] = make_float4(from[0].w, from[1].w, from[2].w, from[3].w);
  }
}
}  // namespace surprisal
