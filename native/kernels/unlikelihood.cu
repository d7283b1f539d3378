// Unlikelihood (Welleck et al. 2019), and its gradient. With q = softmax(z'), t the target, r_c = q_c / (1 - q_c) of the
// candidates c, each once, and R their sum:
//   loss = -log q_t + alpha sum_c log(1 + r_c)
//   gradient_v = f (q_v - [v = t] - alpha q_v R), and at a candidate f (q_v + alpha q_v (1 - (R - r_v))), f what arrives
// where R - r_v is taken without r_v, which nears infinity where q_v nears 1. Of a candidate that is all but certain, the
// other classes share the unlikelihood's pull by what each has of 1 - q_c, which is then taken from their own peak.
#include "../device/loss/hard_target.cuh"

namespace surprisal {
namespace {
constexpr double kCertain = 1e-30;  // below, the terms of a row but for the largest are too small for floats

struct Candidates {
  const int32_t* targets;
  const int32_t* candidates;
  int k;
  int ignored;
  double alpha;
};

class Unlikelihood : public HardTarget {
 public:
  using Arguments = Candidates;
  static constexpr bool kSurveys = true;
  static constexpr bool kMarks = true;

  struct Factors {
    float scale;  // of every e_v
    float at_target;
    float own;      // of e_v at a candidate
    float pull;     // and of e_v times R - r_v
    float others;   // R but for the most probable classes
    float of_most;  // r of one of those
    float most;     // how many of them are candidates
    float certain;  // of every part of 1 - q_c, if there is such a candidate
  };

  struct Shared {
    Exchange<Peak> below;
    Peak second;
    Exchange<double> others, most, losses;
  };

  __device__ __forceinline__ explicit Unlikelihood(const Candidates& given)
      : HardTarget(given.targets, given.ignored), given_(given) {}

  __device__ __forceinline__ bool begin(unsigned n, unsigned token) {
    token_ = token;
    return HardTarget::begin(n, token);
  }

  template <class View>
  __device__ __forceinline__ void survey(const View& view, Shared* shared) {
    marks_ = view.marks;
    first_ = view.first;
    rest_ = float(view.peak.rest);
    view.clear_marks();
    const int32_t* candidates = given_.candidates + int64_t(token_) * given_.k;
    unsigned k = given_.alpha > 0 ? unsigned(given_.k) : 0;
    for (unsigned j = view.group.thread(); j < k; j += view.group.threads()) {
      int c = candidates[j];
      if (c >= 0 && unsigned(c) != target()) view.mark(unsigned(c));
    }
    view.group.sync();
    certain_ = view.peak.rest < kCertain;
    if (certain_) {
      Peak second = peak_of(view.group, view.count, view.peak.stretch,
                            [&](unsigned i) { return view.depth(i) < 0 ? view.at(i) : -INFINITY; });
      second = view.group.agree(second, &shared->below, no_peak(view.peak.stretch));
      second = view.group.share(second, &shared->second);
      log_rest_ = (second.max - view.peak.max) * view.peak.stretch + float(log1p(second.rest));
    }
    auto over = [&](Exchange<double>* exchange, auto&& of) {
      return view.sum(exchange, [&](unsigned i) { return marked(marks_, i) ? of(expf(view.depth(i))) : 0.0f; });
    };
    others_ = over(&shared->others, [&](float e) { return e == 1 ? 0 : ratio(e); });
    most_ = over(&shared->most, [&](float e) { return e == 1 ? 1.0f : 0.0f; });
    losses_ = over(&shared->losses, [&](float e) { return e == 1 && certain_ ? -log_rest_ : log1pf(ratio(e)); });
  }

  __device__ __forceinline__ Factors factors(Peak peak, double factor) const {
    double inverse = 1 / (1 + peak.rest), ratios = others_, alpha = given_.alpha;
    bool certain = certain_ && most_ > 0;
    double most = certain ? 0 : most_, of_most = certain_ ? 0 : 1 / peak.rest;
    ratios += most * of_most;
    double pushed = alpha * term(peak) * inverse * ratios;
    if (certain) pushed += alpha * part(depth(peak));
    return {float(factor * inverse * (1 - alpha * ratios)),
            float(-factor * (inverse * others(peak) + pushed)),
            float(factor * inverse * (1 + alpha)),
            float(factor * inverse * alpha),
            float(others_),
            float(of_most),
            float(most),
            certain ? float(factor * alpha) : 0};
  }

  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float e, float d) const {
    if (v == target()) return factors.at_target;
    float certain = factors.certain == 0 || d == 0 ? 0 : factors.certain * part(d);
    if (!marked(marks_, v - first_)) return e * factors.scale - certain;
    float others = factors.others;
    float most = factors.most;
    if (e != 1) others -= ratio(e);
    if (e == 1) most -= 1;
    if (most > 0) others += most * factors.of_most;
    return e * (factors.own - factors.pull * others) - certain;
  }

  __device__ __forceinline__ double loss(Peak peak) const {
    return log1p(peak.rest) - depth(peak) + (given_.alpha > 0 ? given_.alpha * losses_ : 0);
  }

 private:
  __device__ __forceinline__ float ratio(float e) const {
    return e / (e == 1 ? rest_ : 1 + rest_ - e);
  }

  // What a class has of the rest.
  __device__ __forceinline__ float part(float d) const {
    return d == -INFINITY ? 0 : expf(d - log_rest_);
  }

  const Candidates& given_;
  const unsigned* marks_ = nullptr;
  unsigned token_ = 0;
  unsigned first_ = 0;
  float rest_ = 0;
  float log_rest_ = 0;
  bool certain_ = false;
  double others_ = 0, most_ = 0, losses_ = 0;  // in leaders
};

// One block. The first row's first candidate that is no class, by its place among all candidates.
__global__ __launch_bounds__(1024) void candidates_check_kernel(surprisal_loss_rows rows, const int32_t* candidates,
                                                                int k, surprisal_fault* fault) {
  __shared__ int64_t scratch[32];
  if (faulted(fault)) return;
  int64_t all = rows.rows * k, from_end = 0;
  for (int64_t i = threadIdx.x; i < all && from_end == 0; i += blockDim.x) {
    if (candidates[int64_t(token_of(rows, unsigned(i / k))) * k + i % k] >= rows.classes) from_end = all - i;
  }
  from_end = block_max(from_end, scratch);
  if (from_end > 0 && threadIdx.x == 0) {
    int64_t i = all - from_end, place = int64_t(token_of(rows, unsigned(i / k))) * k + i % k;
    raise_fault(fault, SURPRISAL_FAULT_TARGET, place, candidates[place], rows.classes);
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_unlikelihood(const surprisal_loss_rows* rows, const int32_t* targets,
                                      const int32_t* candidates, void*, int32_t k, int32_t ignore_index, float alpha,
                                      const surprisal_stream* stream) {
  using namespace surprisal;
  if (!(alpha >= 0) || k < 0)
    return invalid("unlikelihood", "expected 0 candidates or more and an alpha of 0 or more, found %d and %g", k,
                   double(alpha));
  int status = check_rows("unlikelihood", *rows, targets, ignore_index, stream);
  if (status == SURPRISAL_SUCCESS && k > 0) {
    status = launched("unlikelihood",
                      SURPRISAL_LAUNCH(candidates_check_kernel, (Launch{dim3(1), dim3(1024), surprisal::cuda(stream)}),
                                       *rows, candidates, k, stream->fault));
  }
  if (status != SURPRISAL_SUCCESS) return status;
  Candidates given = {targets, candidates, k, ignore_index, alpha};
  return launch_rows<Unlikelihood>("unlikelihood", *rows, given, stream);
}
