// What a row of logits is compared with, and what of the row it sees; see loss_rows.cuh.
//
// A Target is made by each thread from its Arguments:
//   begin(n, token)        in all threads: takes in what belongs to row n; whether the row counts, or is ignored
//   prepare(map, logits)   in leaders: reads what it needs of the row's logits in global memory
//   survey(view, shared)   in all threads, where kSurveys: passes over the row before the gradient, see RowView
//   factors(peak, factor)  in leaders: what gradient() needs; factor is what arrives at the loss
//   gradient(f, v, e, d)   of z'_v times factor, with d = z'_v - max z' and e = exp(d)
//   gradient(f, v, e, d, sum)  the same where there is a sum: adds to what the loss takes sum_share() times
//   loss(peak)             in one leader: the loss, but for that sum
#pragma once
#include "logit_map.cuh"
#include "loss_layout.cuh"
#include "peak.cuh"

namespace surprisal {
// Whether the loss needs a sum over the classes that is taken with the gradient.
enum class RowSum { never, asked, always };

// What a Target has unless it says otherwise.
struct RowTarget {
  static constexpr bool kHasPlain = false;  // has kernels of its own for rows without options and statistics
  static constexpr bool kClasses = false;   // of which log-probability and argmax are asked: target(), depth(peak)
  static constexpr RowSum kSum = RowSum::never;
  static constexpr bool kSurveys = false;
  static constexpr bool kCompanion = false;  // companion() is a matrix whose rows are staged beside the logits
  static constexpr bool kMarks = false;      // survey() may set a bit for each class

  struct Shared {};

  // Where one may be asked for.
  __device__ __forceinline__ static bool needs_sum() {
    return false;
  }
};

// A row and its softmax, for passes over it by all threads of its group.
template <class Group, class Row, bool kPlain>
struct RowView {
  const Group& group;
  const Row& row;
  const Row& companion;
  const LogitMap<kPlain>& map;
  unsigned* marks;  // a bit for each class of the slice, where the Target has them
  Peak peak;
  unsigned first;  // class of the slice
  unsigned count;  // of the slice

  __device__ __forceinline__ float at(unsigned i) const {
    return map.at(row.at(i));
  }
  // log q_i less that of the most probable class.
  __device__ __forceinline__ float depth(unsigned i) const {
    return (at(i) - peak.max) * peak.stretch;
  }
  __device__ __forceinline__ void clear_marks() const {
    for (unsigned word = group.thread(); word < mark_words(count); word += group.threads()) marks[word] = 0;
    group.sync();
  }
  // Group::sync() comes before they are read.
  __device__ __forceinline__ void mark(unsigned v) const {
    if (v - first < count) atomicOr(marks + (v - first) / 32, 1u << (v - first) % 32);
  }
  // The sum over the slices of term(i), in leaders.
  template <class Term>
  __device__ __forceinline__ double sum(Exchange<double>* exchange, Term term) const {
    double sum = 0;
    for (unsigned i = group.thread(); i < count; i += Group::kChunk * group.threads()) {
      float terms[Group::kChunk];
#pragma unroll
      for (int k = 0; k < Group::kChunk; k++) {
        unsigned j = i + k * group.threads();
        terms[k] = j < count ? term(j) : 0;
      }
#pragma unroll
      for (int half = Group::kChunk / 2; half > 0; half /= 2) {
#pragma unroll
        for (int k = 0; k < half; k++) terms[k] += terms[k + half];
      }
      sum += double(terms[0]);
    }
    return group.agree(sum, exchange, 0.0);
  }
};

__device__ __forceinline__ bool marked(const unsigned* marks, unsigned i) {
  return (marks[i / 32] >> i % 32 & 1) != 0;
}
}  // namespace surprisal
