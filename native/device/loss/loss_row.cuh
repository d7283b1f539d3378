// A loss of one row of logits, by all threads of a group: its softmax, the loss, the gradient, the statistics.
#pragma once
#include <type_traits>

#include "../fault.cuh"
#include "row_target.cuh"

namespace surprisal {
// A class and its logit.
struct Candidate {
  float logit;
  unsigned v;
};

__device__ __forceinline__ Candidate merged(Candidate a, Candidate b) {
  return b.logit > a.logit || (b.logit == a.logit && b.v < a.v) ? b : a;
}

__device__ __forceinline__ Candidate shuffled(Candidate candidate, int offset) {
  return {__shfl_xor_sync(kAllLanes, candidate.logit, offset), __shfl_xor_sync(kAllLanes, candidate.v, offset)};
}

// What leaders tell the others of their group.
template <class Target>
struct alignas(16) RowFactors {
  typename Target::Factors target;
  float max;
  float penalty;        // of every e_v
  float depth_penalty;  // of every e_v d_v
};

// What threads of a block tell one another; what comes behind has no options.
struct OptionAgreement {
  Exchange<double> depths;
  Exchange<Candidate> candidates;
};

struct NoAgreement {};

template <class Target, bool kPlain>
struct alignas(16) RowAgreement : std::conditional_t<kPlain, NoAgreement, OptionAgreement> {
  Exchange<Peak> peaks;
  Exchange<double> sums;
  RowFactors<Target> factors;
  Peak peak;
  typename Target::Shared shared;
};

template <class Target, bool kPlain>
__host__ __device__ constexpr RowMemory memory_of() {
  return {sizeof(RowAgreement<Target, kPlain>), Target::kCompanion ? 2u : 1u, Target::kMarks};
}

// The token that row n belongs to.
__device__ __forceinline__ unsigned token_of(const surprisal_loss_rows& rows, unsigned n) {
  return rows.positions == nullptr ? n : unsigned(rows.positions[n]);
}

// What arrives at a token's loss.
__device__ __forceinline__ double factor_of(const surprisal_loss_rows& rows, unsigned token) {
  double divisor = rows.divisor == nullptr ? 1 : *rows.divisor;
  double upstream = rows.grad_losses == nullptr ? 1 : rows.grad_losses[token];
  return divisor == 0 ? 0 : upstream / divisor;
}

// Writes the gradient of a slice; gradient_of(i, logit). Where logits and gradient are as far behind multiples of 16
// bytes as one another, what is a quad of one is a quad of the other.
template <class Group, class Row, class Gradient>
__device__ __forceinline__ void write_gradient(const Group& group, const Row& row, unsigned count, bool quads,
                                               float* gradient, Gradient gradient_of) {
  if (quads) {
    by_quads(
        group, gradient, count,
        [&](unsigned i) {
          float4 z = row.quad(i);
          float4 g = make_float4(gradient_of(i, z.x), gradient_of(i + 1, z.y), gradient_of(i + 2, z.z),
                                 gradient_of(i + 3, z.w));
          *reinterpret_cast<float4*>(gradient + i) = g;
        },
        [&](unsigned i) { gradient[i] = gradient_of(i, row.at(i)); });
  } else {
    for (unsigned i = group.thread(); i < count; i += group.threads()) gradient[i] = gradient_of(i, row.at(i));
  }
}

// The class with the largest logit of all, in leaders. Compares what was given, of which a cap may make the same.
template <class View>
__device__ __forceinline__ unsigned argmax_of(const View& view, Exchange<Candidate>* exchange) {
  Candidate best = {-INFINITY, UINT32_MAX};
  for (unsigned i = view.group.thread(); i < view.count; i += view.group.threads()) {
    float z = view.row.at(i);
    if (z > best.logit || (z == best.logit && best.v == UINT32_MAX)) best = {z, view.first + i};
  }
  best = view.group.agree(best, exchange, Candidate{-INFINITY, UINT32_MAX});
  return best.v == UINT32_MAX ? 0 : best.v;
}

// The mean over q of log q_v less the largest, in leaders.
template <class View>
__device__ __forceinline__ double mean_depth(const View& view, Exchange<double>* exchange) {
  double sum = view.sum(exchange, [&](unsigned i) {
    float d = view.depth(i);
    float e = expf(d);
    return e == 0 ? 0 : e * d;
  });
  return sum / (1 + view.peak.rest);
}

template <class Target>
__device__ __forceinline__ void write_ignored(const surprisal_loss_rows& rows, unsigned token) {
  rows.losses[token] = 0;
  if constexpr (Target::kClasses) {
    if (rows.log_probability != nullptr) rows.log_probability[token] = 0;
    if (rows.correct != nullptr) rows.correct[token] = 0;
  }
}

// One row, by all threads of a group. kPlain: neither options nor statistics of a pass of their own.
template <class Group, class Row, class Target, bool kPlain>
__device__ __forceinline__ void loss_row(const surprisal_loss_rows& rows, const typename Target::Arguments& against,
                                         unsigned slice, const surprisal_fault* fault) {
  SURPRISAL_DYNAMIC_SHARED(shared);
  Group group;
  unsigned n = group.row();
  if (n >= uint64_t(rows.rows)) return;
  Target target(against);
  // Where nothing has to be found to be a token before, both are read at once.
  bool counts = rows.positions == nullptr && target.begin(n, n);
  if (faulted(fault)) return;
  unsigned token = token_of(rows, n);
  if (rows.positions != nullptr) counts = target.begin(n, token);
  unsigned first = group.rank() * slice;
  unsigned count = rows.classes - first < slice ? rows.classes - first : slice;
  int64_t offset = int64_t(n) * rows.classes + first;
  float* gradient = rows.grad_logits == nullptr ? nullptr : rows.grad_logits + offset;
  if (!counts) {
    bool looked_at = rows.log_sum_exp != nullptr || (!kPlain && (rows.entropy != nullptr || rows.argmax != nullptr));
    if (group.writes()) write_ignored<Target>(rows, token);
    if (!looked_at) {
      if (gradient != nullptr) clear_row(group, gradient, count);
      return;
    }
  }

  using Agreement = RowAgreement<Target, kPlain>;
  constexpr RowMemory kMemory = memory_of<Target, kPlain>();
  Agreement* agreement = reinterpret_cast<Agreement*>(shared);
  float* own = reinterpret_cast<float*>(shared + (Group::kAgrees ? sizeof(Agreement) : 0)) +
               group.within_block() * slice_floats(kMemory, slice, Row::kStaged);
  LogitMap<kPlain> map(rows);
  Row row(group, own, rows.logits + offset, count);
  Row companion = row;
  if constexpr (Target::kCompanion) {
    companion = Row(group, own + staged_floats(slice), target.companion() + offset, count);
  }
  if (counts && group.leads()) target.prepare(map, rows.logits + int64_t(n) * rows.classes);
  group.meet();
  row.wait();
  group.sync();

  float stretch = map.stretch();
  Peak peak = group.agree(peak_of(group, count, stretch, [&](unsigned i) { return map.at(row.at(i)); }),
                          &agreement->peaks, no_peak(stretch));
  peak = checked(peak);
  double mean = 0;  // of the depths
  unsigned argmax = 0;
  if constexpr (!kPlain || Target::kSurveys) {
    peak = group.share(peak, &agreement->peak);
    unsigned* marks = reinterpret_cast<unsigned*>(own + (Row::kStaged ? kMemory.rows * staged_floats(slice) : 0));
    RowView<Group, Row, kPlain> view = {group, row, companion, map, marks, peak, first, count};
    if constexpr (!kPlain) {
      if (rows.entropy != nullptr || rows.confidence_penalty > 0) mean = mean_depth(view, &agreement->depths);
      if (rows.argmax != nullptr || rows.correct != nullptr) argmax = argmax_of(view, &agreement->candidates);
    }
    if constexpr (Target::kSurveys) {
      if (counts) target.survey(view, &agreement->shared);
    }
  }

  RowFactors<Target> factors = {};
  if (counts && group.leads()) {
    double factor = factor_of(rows, token);
    factors.max = peak.max;
    factors.target = target.factors(peak, factor);
    if constexpr (!kPlain) {
      double of_e = factor / (1 + peak.rest), beta = rows.confidence_penalty;
      double log_sum_exp = double(stretch) * peak.max + log1p(peak.rest);
      if (rows.z_loss > 0) factors.penalty += float(of_e * 2 * rows.z_loss * log_sum_exp);
      if (beta > 0) factors.penalty -= float(of_e * beta * mean);
      factors.depth_penalty = float(of_e * beta);
    }
  }
  factors = group.share(factors, &agreement->factors);
  bool needs_sum = Target::kSum == RowSum::always || (Target::kSum == RowSum::asked && target.needs_sum());
  double loss = 0;
  if (group.writes()) {
    double log_sum = log1p(peak.rest), log_sum_exp = double(stretch) * peak.max + log_sum;
    if (counts) loss = target.loss(peak);
    if (rows.log_sum_exp != nullptr) rows.log_sum_exp[token] = float(log_sum_exp);
    if constexpr (Target::kClasses) {
      if (counts && rows.log_probability != nullptr) {
        rows.log_probability[token] = float(target.depth(peak) - log_sum);
      }
    }
    if constexpr (!kPlain) {
      double entropy = log_sum - mean;
      if (rows.z_loss > 0) loss += rows.z_loss * log_sum_exp * log_sum_exp;
      if (rows.confidence_penalty > 0) loss -= rows.confidence_penalty * entropy;
      if (rows.entropy != nullptr) rows.entropy[token] = float(entropy);
      if (rows.argmax != nullptr) rows.argmax[token] = int32_t(argmax);
      if constexpr (Target::kClasses) {
        if (counts && rows.correct != nullptr) rows.correct[token] = target.target() == argmax ? 1 : 0;
      }
    }
    if (counts && !needs_sum) rows.losses[token] = float(loss);
  }
  if (!counts) {
    if (gradient != nullptr) clear_row(group, gradient, count);
    return;
  }

  // The gradient of z_v, from that of z'_v.
  auto gradient_of = [&](unsigned i, float z, auto&&... sum) {
    float u = map.at(z);
    float d = (u - factors.max) * stretch;
    float e = expf(d);
    float g = target.gradient(factors.target, first + i, e, d, sum...);
    if constexpr (!kPlain) {
      if (e > 0) g += e * (factors.penalty + factors.depth_penalty * d);
      g *= map.slope(u);
    }
    return g;
  };
  if constexpr (Target::kSum != RowSum::never) {
    if (needs_sum) {
      double sum = 0;
      for (unsigned i = group.thread(); i < count; i += group.threads()) {
        float g = gradient_of(i, row.at(i), sum);
        if (gradient != nullptr) gradient[i] = g;
      }
      loss += target.sum_share() * group.agree(sum, &agreement->sums, 0.0);
      if (group.writes()) rows.losses[token] = float(loss);
      return;
    }
  }
  if constexpr (Target::kSum != RowSum::always) {
    bool quads = !Target::kCompanion && skew(rows.logits) == skew(rows.grad_logits);
    if (gradient != nullptr) write_gradient(group, row, count, quads, gradient, gradient_of);
  }
}
}  // namespace surprisal
