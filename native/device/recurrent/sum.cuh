// The sums of a recurrence's products, W[row] times a state, by the lanes of a warp.
//
// The order of additions: lane l adds the products of k = 4 l + 128 j + i in ascending j and i, i < 4, and the lanes
// add up as a tree over the lane number's bits from the highest to the lowest. It depends on nothing but H, so that the
// bits are the same however rows and sequences are shared out, on chip (on_chip.cuh) or not (step.cuh).
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
}  // namespace surprisal
