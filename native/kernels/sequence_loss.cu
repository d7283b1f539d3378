// Losses of n-best lists from the log-probabilities of whole sequences: the expected cost (minimum risk training, Shen et
// al. 2016), or a hinge on each pair of hypotheses that the model should tell apart; and mixed with either the surprisal
// of the cheapest hypothesis (Edunov et al. 2018).
//
// A block takes a list. Its warps sum up the token losses of a sequence each, its threads turn the scores of all of them
// into the loss and its derivatives by them, and its warps hand those down to the tokens. Scores, derivatives and sums
// are in double: a score is a sum of hundreds of nats, and it is differences of scores that count.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;
constexpr int kCheckThreads = 1024;

struct Lists {
  const float* losses;
  const int32_t* starts;
  const int32_t* lengths;
  const int32_t* lists;
  const float* costs;
  int64_t tokens;
  int64_t sequences;
  int64_t count;
};

struct Judgement {
  int kind;
  double scale;
  double margin;
  double likelihood;
  bool normalised;
};

__device__ __forceinline__ int64_t end_of(const Lists& in, int64_t sequence) {
  return sequence < 0 ? 0 : int64_t(in.starts[sequence]) + in.lengths[sequence];
}

__device__ bool sequence_fits(const Lists& in, int64_t sequence) {
  return in.lengths[sequence] >= 1 && in.starts[sequence] >= end_of(in, sequence - 1) &&
         end_of(in, sequence) <= in.tokens;
}

__device__ bool list_ends_well(const Lists& in, int64_t list) {
  return (list == 0 ? in.lists[0] == 0 : in.lists[list] >= int64_t(in.lists[list - 1]) + 2) &&
         (list < in.count || in.lists[list] == in.sequences);
}

// Used by a whole block: the lowest place of [0, count) that does not fit, or count.
template <class Fits>
__device__ int64_t first_misfit(int64_t count, Fits fits, int64_t* scratch) {
  int64_t first = count;
  for (int64_t i = threadIdx.x; i < count && first == count; i += blockDim.x) {
    if (!fits(i)) first = i;
  }
  return -block_max(-first, scratch);
}

__global__ void __launch_bounds__(kCheckThreads) sequence_check_kernel(Lists in, surprisal_fault* fault) {
  __shared__ int64_t scratch[kCheckThreads / 32];
  if (faulted(fault)) return;
  int64_t sequence = first_misfit(
      in.sequences, [&](int64_t i) { return sequence_fits(in, i); }, scratch);
  int64_t list = first_misfit(
      in.count + 1, [&](int64_t i) { return list_ends_well(in, i); }, scratch);
  int64_t cost = first_misfit(
      in.sequences, [&](int64_t i) { return isfinite(in.costs[i]); }, scratch);
  if (threadIdx.x > 0) return;
  if (sequence < in.sequences) {
    raise_fault(fault, SURPRISAL_FAULT_SEQUENCE, sequence, in.starts[sequence], in.lengths[sequence]);
  } else if (list <= in.count) {
    raise_fault(fault, SURPRISAL_FAULT_LIST, list, in.lists[list], 0);
  } else if (cost < in.sequences) {
    raise_fault(fault, SURPRISAL_FAULT_COST, cost, in.costs[cost], 0);
  }
}

// A list of n hypotheses; slopes are the derivatives of its loss by their scores.
struct Hypotheses {
  const double* scores;
  const float* costs;
  double* slopes;
  int64_t count;
};

// Used by the whole block: the lowest place in [0, count) with the largest value; 0 if none is a number.
template <class Value>
__device__ int64_t first_largest(int64_t count, Value value, double* scratch) {
  double largest = -INFINITY;
  for (int64_t i = threadIdx.x; i < count; i += kThreads) largest = fmax(largest, double(value(i)));
  largest = block_max(largest, scratch);
  int64_t first = count;
  for (int64_t i = threadIdx.x; i < count && first == count; i += kThreads) {
    if (value(i) == largest) first = i;
  }
  first = int64_t(-block_max(double(-first), scratch));
  return first < count ? first : 0;
}

// R = sum P cost with P = softmax(scale s), dR/ds = scale P (cost - R). Costs are taken relative to that of the most
// probable hypothesis: if it is almost certain, cost - R is as small as the probability of the rest and keeps its digits.
__device__ double risk(const Hypotheses& list, double scale, double* scratch) {
  int64_t best = first_largest(
      list.count, [&](int64_t i) { return list.scores[i]; }, scratch);
  double reference = list.costs[best];
  double sum = 0, excess = 0;
  for (int64_t i = threadIdx.x; i < list.count; i += kThreads) {
    double weight = exp(scale * (list.scores[i] - list.scores[best]));
    list.slopes[i] = weight;
    sum += weight;
    excess += weight * (list.costs[i] - reference);
  }
  sum = block_sum(sum, scratch);
  excess = block_sum(excess, scratch) / sum;
  for (int64_t i = threadIdx.x; i < list.count; i += kThreads) {
    list.slopes[i] *= scale / sum * (list.costs[i] - reference - excess);
  }
  return reference + excess;
}

// The mean over pairs with cost_i < cost_j of max(0, margin - scale (s_i - s_j)); a thread takes the pairs of one i with
// every j.
__device__ double ranking(const Hypotheses& list, double scale, double margin, double* scratch) {
  double loss = 0, pairs = 0;
  for (int64_t i = threadIdx.x; i < list.count; i += kThreads) {
    int64_t slope = 0;
    for (int64_t j = 0; j < list.count; j++) {
      if (list.costs[i] == list.costs[j]) continue;
      bool cheaper = list.costs[i] < list.costs[j];
      double lead = list.scores[i] - list.scores[j];
      double short_of = margin - scale * (cheaper ? lead : -lead);
      if (!(short_of <= 0)) slope += cheaper ? -1 : 1;
      if (cheaper) {
        pairs++;
        if (!(short_of <= 0)) loss += short_of;
      }
    }
    list.slopes[i] = double(slope);
  }
  pairs = block_sum(pairs, scratch);
  loss = block_sum(loss, scratch);
  if (pairs == 0) return 0;
  for (int64_t i = threadIdx.x; i < list.count; i += kThreads) list.slopes[i] *= scale / pairs;
  return loss / pairs;
}

__global__ void __launch_bounds__(kThreads)
    sequence_loss_kernel(Lists in, Judgement by, float* scores, float* list_losses, float* grad_losses,
                         double* exact_scores, double* slopes, const surprisal_fault* fault) {
  __shared__ double scratch[kWarps];
  if (faulted(fault)) return;
  int warp = int(threadIdx.x) / 32, lane = int(threadIdx.x) % 32;
  for (int64_t number = blockIdx.x; number < in.count; number += gridDim.x) {
    int64_t first = in.lists[number], end = in.lists[number + 1];
    for (int64_t sequence = first + warp; sequence < end; sequence += kWarps) {
      const float* losses = in.losses + in.starts[sequence];
      int32_t length = in.lengths[sequence];
      double sum = 0;
      for (int64_t i = lane; i < length; i += 32) sum -= losses[i];
      sum = warp_sum(sum);
      if (by.normalised) sum /= length;
      if (lane == 0) {
        exact_scores[sequence] = sum;
        scores[sequence] = float(sum);
      }
    }
    __syncthreads();
    Hypotheses list{exact_scores + first, in.costs + first, slopes + first, end - first};
    double loss = by.kind == SURPRISAL_SEQUENCE_RISK ? risk(list, by.scale, scratch)
                                                     : ranking(list, by.scale, by.margin, scratch);
    if (by.likelihood > 0) {
      int64_t cheapest = first_largest(
          list.count, [&](int64_t i) { return -list.costs[i]; }, scratch);
      loss -= by.likelihood * list.scores[cheapest];
      // By the thread that has written it before.
      if (threadIdx.x == cheapest % kThreads) list.slopes[cheapest] -= by.likelihood;
    }
    if (threadIdx.x == 0) list_losses[number] = float(loss);
    __syncthreads();
    for (int64_t sequence = first + warp; sequence < end; sequence += kWarps) {
      int64_t start = in.starts[sequence];
      double slope = -slopes[sequence] / double(in.count);
      if (by.normalised) slope /= in.lengths[sequence];
      for (int64_t i = end_of(in, sequence - 1) + lane; i < start; i += 32) grad_losses[i] = 0;
      for (int64_t i = start + lane; i < end_of(in, sequence); i += 32) grad_losses[i] = float(slope);
    }
  }
  // What lies behind the last sequence.
  if (blockIdx.x == gridDim.x - 1) {
    for (int64_t i = end_of(in, in.sequences - 1) + threadIdx.x; i < in.tokens; i += kThreads) grad_losses[i] = 0;
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_sequence_loss_workspace(int64_t sequences) {
  return 2 * sequences * int64_t(sizeof(double));
}

extern "C" int surprisal_sequence_loss(const surprisal_sequence_lists* lists, void* workspace, int kind,
                                       const surprisal_stream* stream) {
  using namespace surprisal;
  const surprisal_sequence_lists& l = *lists;
  if (l.tokens < 0 || l.sequences < 0 || l.lists_count < 0) {
    return invalid("sequence_loss", "expected sizes of 0 and more, found %lld tokens, %lld sequences and %lld lists",
                   static_cast<long long>(l.tokens), static_cast<long long>(l.sequences),
                   static_cast<long long>(l.lists_count));
  }
  if ((kind != SURPRISAL_SEQUENCE_RISK && kind != SURPRISAL_SEQUENCE_RANKING) ||
      !(l.scale > 0 && std::isfinite(l.scale) && l.margin >= 0 && std::isfinite(l.margin) && l.likelihood >= 0 &&
        std::isfinite(l.likelihood))) {
    return invalid("sequence_loss",
                   "expected kind 0 or 1, and finite a scale above 0 and a margin and a likelihood of 0 or more, found "
                   "%d, %g, %g and %g",
                   kind, double(l.scale), double(l.margin), double(l.likelihood));
  }
  Lists in{l.losses, l.starts, l.lengths, l.lists, l.costs, l.tokens, l.sequences, l.lists_count};
  Judgement by{kind, l.scale, l.margin, l.likelihood, l.normalised != 0};
  double* exact_scores = static_cast<double*>(workspace);
  Launch one{1, kCheckThreads, surprisal::cuda(stream)};
  cudaError_t result = SURPRISAL_LAUNCH(sequence_check_kernel, one, in, stream->fault);
  if (result == cudaSuccess) {
    Launch by_list{std::max(1u, blocks_for(l.lists_count, 1)), kThreads, surprisal::cuda(stream)};
    result = SURPRISAL_LAUNCH(sequence_loss_kernel, by_list, in, by, l.scores, l.list_losses, l.grad_losses,
                              exact_scores, exact_scores + l.sequences, stream->fault);
  }
  return launched("sequence_loss", result);
}
