// What the cross-entropies against classes and against distributions share: a row of logits is read once, and from its
// largest logit m and the sum of exp(z_v - m) come its loss and gradient, which is written over the same pass.
//
// The largest logit's own term, 1, is kept out of the sum: with `rest` for the other terms the loss is log1p(rest) +
// m - z_t, and 1 - p of the largest is rest / (1 + rest). Neither loses digits where that probability nears 1.
#pragma once
#include "fault.cuh"
#include "row.cuh"
#include "row_group.cuh"

namespace surprisal {
// Of a set of logits, the largest and the sum of exp(z - max) over all others.
struct Peak {
  double rest;
  float max;
};

__device__ __forceinline__ Peak no_peak() {
  return {0, -INFINITY};
}

__device__ __forceinline__ Peak merged(Peak a, Peak b) {
  Peak high = a.max >= b.max ? a : b;
  Peak low = a.max >= b.max ? b : a;
  double scale = low.max == -INFINITY ? 0 : expf(low.max - high.max);
  // A tie has scale 1 and gives the same bits either way round, fused or not.
  return {(high.rest + low.rest * scale) + scale, high.max};
}

__device__ __forceinline__ Peak shuffled(Peak peak, int offset) {
  return {__shfl_xor_sync(kAllLanes, peak.rest, offset), __shfl_xor_sync(kAllLanes, peak.max, offset)};
}

// Adds a few logits at a time. Each changes places with the maximum so far if it is larger; what is left in z is all
// but the new maximum. NaN is never larger and so ends in the sum.
template <int kCount>
__device__ __forceinline__ void add(Peak& peak, float (&z)[kCount]) {
  float max = peak.max;
#pragma unroll
  for (int k = 0; k < kCount; k++) {
    bool larger = z[k] > max;
    float smaller = larger ? max : z[k];
    max = larger ? z[k] : max;
    z[k] = smaller;
  }
  float base = max == -INFINITY ? 0 : max;
#pragma unroll
  for (int k = 0; k < kCount; k++) z[k] = expf(z[k] - base);
#pragma unroll
  for (int half = kCount / 2; half > 0; half /= 2) {
#pragma unroll
    for (int k = 0; k < half; k++) z[k] += z[k + half];
  }
  peak.rest = peak.rest * (double)expf(peak.max - base) + (double)z[0];
  peak.max = max;
}

// Logits and what is written for them.
struct Batch {
  const float* logits;
  const int32_t* positions;  // optional
  float* losses;
  float* gradient;  // optional
  unsigned rows;
  unsigned classes;
  unsigned slice;  // classes of a block; less than all in a cluster
};

// The token that row n belongs to.
__device__ __forceinline__ unsigned token_of(const int32_t* positions, unsigned n) {
  return positions == nullptr ? n : (unsigned)positions[n];
}

// What the gradient of a token's loss is multiplied by.
struct Upstream {
  const float* grad_losses;  // optional
  const float* divisor;      // optional

  __device__ __forceinline__ double factor(unsigned token) const {
    double by = divisor == nullptr ? 1 : *divisor;
    double upstream = grad_losses == nullptr ? 1 : grad_losses[token];
    return by == 0 ? 0 : upstream / by;
  }
};

// A block of a row has at most so many threads, and so many blocks should fit a multiprocessor with their registers.
constexpr unsigned kMostRowThreads = 384;
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ == 900
constexpr unsigned kRowBlocks = 3;
#else
constexpr unsigned kRowBlocks = 2;  // of 1024 or 1536 threads in all
#endif

// What threads of a block tell one another.
struct Agreement {
  Exchange<Peak> peaks;
  Exchange<double> sums;
  float factors[8];
};

// Of a slice of a row, what the thread's own logits make.
template <class Group, class Row>
__device__ __forceinline__ Peak peak_of(const Group& group, const Row& row, unsigned count) {
  unsigned step = group.threads();
  Peak peak = no_peak();
  for (unsigned i = group.thread(); i < count; i += Group::kChunk * step) {
    float z[Group::kChunk];
#pragma unroll
    for (int k = 0; k < Group::kChunk; k++) z[k] = i + k * step < count ? row.at(i + k * step) : -INFINITY;
    add(peak, z);
  }
  return peak;
}

// Writes the gradient of a slice whose first class is `first`; gradient_of(class, logit). Where logits and gradient are
// as far behind multiples of 16 bytes as one another, what is a quad of one is a quad of the other.
template <class Group, class Row, class Gradient>
__device__ __forceinline__ void write_gradient(const Group& group, const Row& row, unsigned first, unsigned count,
                                               bool same_quads, float* gradient, Gradient gradient_of) {
  if (same_quads) {
    by_quads(
        group, gradient, count,
        [&](unsigned i) {
          float4 z = row.quad(i);
          unsigned v = first + i;
          float4 g = make_float4(gradient_of(v, z.x), gradient_of(v + 1, z.y), gradient_of(v + 2, z.z),
                                 gradient_of(v + 3, z.w));
          *reinterpret_cast<float4*>(gradient + i) = g;
        },
        [&](unsigned i) { gradient[i] = gradient_of(first + i, row.at(i)); });
  } else {
    for (unsigned i = group.thread(); i < count; i += group.threads()) {
      gradient[i] = gradient_of(first + i, row.at(i));
    }
  }
}

static_assert(sizeof(Agreement) % 16 == 0, "a staged row behind it starts at a multiple of 16 bytes");

// One row, by all threads of a group.
//
// A Target knows what a row is compared with: whether it counts at all, the factors of its gradient from its peak, the
// gradient of a class, and the loss. Where it needs_sum(), gradients come with terms of a sum that the loss needs, and
// that is then taken in the order of the classes. Only leaders ask for factors, and one of them for the loss.
template <class Group, class Row, class Target>
__device__ __forceinline__ void cross_entropy_row(const Batch& batch, Target target, const surprisal_fault* fault) {
  SURPRISAL_DYNAMIC_SHARED(shared);
  Group group;
  unsigned n = group.row();
  if (n >= batch.rows) return;
  if (faulted(fault)) return;
  unsigned token = token_of(batch.positions, n);
  bool counts = target.counts(token);
  unsigned first = group.rank() * batch.slice;
  unsigned count = batch.classes - first < batch.slice ? batch.classes - first : batch.slice;
  int64_t offset = (int64_t)n * batch.classes + first;
  if (!counts) {
    if (batch.gradient != nullptr) clear_row(group, batch.gradient + offset, count);
    if (group.writes()) batch.losses[token] = 0;
    return;
  }

  Agreement* agreement = reinterpret_cast<Agreement*>(shared);
  float* staged = reinterpret_cast<float*>(shared + (Group::kAgrees ? sizeof(Agreement) : 0));
  Row row(group, staged + group.within_block() * staged_floats(batch.slice), batch.logits + offset, count);
  if (group.leads()) target.prepare(batch.logits + (int64_t)n * batch.classes, n);
  group.meet();
  row.wait();
  group.sync();

  Peak peak = group.agree(peak_of(group, row, count), &agreement->peaks, no_peak());
  // NaN where the maximum is infinite.
  peak.rest += (double)(peak.max - peak.max);
  typename Target::Factors factors = {};
  if (group.leads()) factors = target.factors(peak, token);
  factors = group.share(factors, reinterpret_cast<typename Target::Factors*>(agreement->factors));
  double loss = group.writes() ? target.loss(peak) : 0;
  bool needs_sum = target.needs_sum();
  if (group.writes() && !needs_sum) batch.losses[token] = (float)loss;

  float* gradient = batch.gradient == nullptr ? nullptr : batch.gradient + offset;
  if (needs_sum) {
    double sum = 0;
    for (unsigned i = group.thread(); i < count; i += group.threads()) {
      float g = target.gradient(factors, n, first + i, row.at(i), sum);
      if (gradient != nullptr) gradient[i] = g;
    }
    loss += target.sum_share() * group.agree(sum, &agreement->sums, 0.0);
    if (group.writes()) batch.losses[token] = (float)loss;
  } else if constexpr (!Target::kAlwaysSums) {
    if (gradient != nullptr) {
      write_gradient(group, row, first, count, skew(batch.logits) == skew(batch.gradient), gradient,
                     [&](unsigned v, float z) { return target.gradient(factors, v, z); });
    }
  }
}

// How the rows of a call are laid out over the device.
struct Layout {
  enum Kind { kWarp, kBlock, kCluster, kStreamed } kind;
  Launch launch;
  unsigned slice;
};

// Raises a fault unless positions are tokens.
int check_positions(const surprisal_loss_rows& rows, const surprisal_stream* stream);

// Decided by the number of classes and the device; SURPRISAL_SUCCESS or what the call returns.
int layout_rows(const char* operation, const surprisal_loss_rows& rows, const void* cluster_kernel,
                const surprisal_stream* stream, Layout* layout);
}  // namespace surprisal
