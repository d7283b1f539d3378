// The largest of a set of logits u and the sum of exp(stretch (u - max)): what a softmax of stretch u is made of.
//
// The largest logit's own term, 1, is kept out of the sum: with `rest` for the other terms log1p(rest) is the
// surprisal of the largest, and rest / (1 + rest) is 1 less its probability. Neither loses digits where that nears 1.
#pragma once
#include "row_group.cuh"

namespace surprisal {
struct alignas(16) Peak {
  double rest;  // of all but the largest
  float max;
  float stretch;  // of all peaks that are merged the same
};

__device__ __forceinline__ Peak no_peak(float stretch) {
  return {0, -INFINITY, stretch};
}

__device__ __forceinline__ Peak merged(Peak a, Peak b) {
  Peak high = a.max >= b.max ? a : b;
  Peak low = a.max >= b.max ? b : a;
  double scale = low.max == -INFINITY ? 0 : expf((low.max - high.max) * high.stretch);
  // A tie has scale 1 and gives the same bits either way round, fused or not.
  return {(high.rest + low.rest * scale) + scale, high.max, high.stretch};
}

__device__ __forceinline__ Peak shuffled(Peak peak, int offset) {
  return {__shfl_xor_sync(kAllLanes, peak.rest, offset), __shfl_xor_sync(kAllLanes, peak.max, offset), peak.stretch};
}

// Adds a few logits at a time. Each changes places with the maximum so far if it is larger; what is left in u is all
// but the new maximum. NaN is never larger and so ends in the sum.
template <int kCount>
__device__ __forceinline__ void add(Peak& peak, float (&u)[kCount]) {
  float max = peak.max;
#pragma unroll
  for (int k = 0; k < kCount; k++) {
    bool larger = u[k] > max;
    float smaller = larger ? max : u[k];
    max = larger ? u[k] : max;
    u[k] = smaller;
  }
  float base = max == -INFINITY ? 0 : max;
#pragma unroll
  for (int k = 0; k < kCount; k++) u[k] = expf((u[k] - base) * peak.stretch);
#pragma unroll
  for (int half = kCount / 2; half > 0; half /= 2) {
#pragma unroll
    for (int k = 0; k < half; k++) u[k] += u[k + half];
  }
  peak.rest = peak.rest * double(expf((peak.max - base) * peak.stretch)) + double(u[0]);
  peak.max = max;
}

// Of at(0) to at(count), what the thread's own make.
template <class Group, class At>
__device__ __forceinline__ Peak peak_of(const Group& group, unsigned count, float stretch, At at) {
  unsigned step = group.threads();
  Peak peak = no_peak(stretch);
  for (unsigned i = group.thread(); i < count; i += Group::kChunk * step) {
    float u[Group::kChunk];
#pragma unroll
    for (int k = 0; k < Group::kChunk; k++) u[k] = i + k * step < count ? at(i + k * step) : -INFINITY;
    add(peak, u);
  }
  return peak;
}

// Infinite logits and NaN show as NaN.
__device__ __forceinline__ Peak checked(Peak peak) {
  peak.rest += double(peak.max - peak.max);
  return peak;
}
}  // namespace surprisal
