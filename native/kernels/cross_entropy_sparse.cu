// Cross-entropy against sparse distributions, and its gradient. A token has K classes with a probability each; what is
// missing to 1 is spread evenly over the other V - K. With q = softmax(z'), p_v the probability of a class and M their sum:
//   loss = M log1p(rest) - sum_v p_v d_v, d_v = z'_v - max z'
//   gradient_v = f ((M - p_v) q_v - p_v (1 - q_v)), f what arrives
// with rest as in device/loss/peak.cuh. A class of p_v = 0 adds nothing to the loss, whatever its logit.
//
// Three kernels: a block a row looks at the ids and probabilities, one block refuses the first bad row, then the logits
// are read and the gradient written once. A bit a class says whether it is one of the K, whose probability is then looked
// for: K^2 steps a row, by all its threads, since K is small.
#include "../device/loss/finding.cuh"

namespace surprisal {
namespace {
constexpr double kTolerance = 1e-3;  // of a distribution's sum

struct Sparse {
  const int32_t* ids;
  const float* probabilities;
  const Finding* findings;  // of a row without fault the sum of its probabilities
  unsigned count;
  unsigned k;
};

class SparseCrossEntropy : public RowTarget {
 public:
  using Arguments = Sparse;
  static constexpr bool kSurveys = true;
  static constexpr bool kMarks = true;
  static constexpr RowSum kSum = RowSum::always;

  struct Factors {
    float inverse;
    float rest;  // of the probability where it is not the largest logit's
    float mass;
    float factor;
  };

  __device__ __forceinline__ explicit SparseCrossEntropy(const Sparse& given) : given_(given) {}

  __device__ __forceinline__ bool begin(unsigned n, unsigned token) {
    ids_ = given_.ids + int64_t(token) * given_.k;
    probabilities_ = given_.probabilities + int64_t(token) * given_.k;
    finding_ = given_.findings + n;
    return true;
  }

  template <class Map>
  __device__ __forceinline__ void prepare(const Map&, const float*) {}

  template <class View>
  __device__ __forceinline__ void survey(const View& view, Shared*) {
    marks_ = view.marks;
    first_ = view.first;
    sum_ = finding_->value;
    unsigned others = given_.count - given_.k;
    spread_ = others == 0 || sum_ > 1 ? 0 : float((1 - sum_) / others);
    view.clear_marks();
    for (unsigned j = view.group.thread(); j < given_.k; j += view.group.threads()) view.mark(unsigned(ids_[j]));
    view.group.sync();
  }

  __device__ __forceinline__ Factors factors(Peak peak, double factor) const {
    double inverse = 1 / (1 + peak.rest);
    return {float(inverse), float(peak.rest * inverse), float(mass()), float(factor)};
  }

  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float e, float d, double& sum) const {
    float p = marked(marks_, v - first_) ? probability_of(v) : spread_;
    if (p != 0) sum += double(p) * double(d);
    float q = e * factors.inverse;
    float others = e == 1 ? factors.rest : 1 - q;
    return factors.factor * ((factors.mass - p) * q - p * others);
  }

  __device__ __forceinline__ double loss(Peak peak) const {
    return mass() * log1p(peak.rest);
  }

  __device__ __forceinline__ static double sum_share() {
    return -1;
  }

 private:
  __device__ __forceinline__ double mass() const {
    return sum_ + double(spread_) * (given_.count - given_.k);
  }
  __device__ __forceinline__ float probability_of(unsigned v) const {
    unsigned j = 0;
    while (j + 1 < given_.k && unsigned(ids_[j]) != v) j++;
    return probabilities_[j];
  }

  const Sparse& given_;
  const int32_t* ids_ = nullptr;
  const float* probabilities_ = nullptr;
  const Finding* finding_ = nullptr;
  const unsigned* marks_ = nullptr;
  unsigned first_ = 0;
  float spread_ = 0;
  double sum_ = 0;
};

// A block a row. Of ids that are no classes or stood before and of bad probabilities the first; then the sum.
__global__ __launch_bounds__(256) void cross_entropy_sparse_check_kernel(surprisal_loss_rows rows, Sparse given,
                                                                         Finding* findings,
                                                                         const surprisal_fault* fault) {
  __shared__ double scratch[8];
  __shared__ unsigned places[8];
  if (faulted(fault)) return;
  int64_t row = int64_t(token_of(rows, blockIdx.x)) * given.k;
  const int32_t* ids = given.ids + row;
  const float* probabilities = given.probabilities + row;
  double sum = 0;
  unsigned from_end = 0;
  for (unsigned j = threadIdx.x; j < given.k; j += blockDim.x) {
    int id = ids[j];
    float p = probabilities[j];
    bool bad = id < 0 || unsigned(id) >= given.count || !(p >= 0);
    for (unsigned i = 0; i < j && !bad; i++) bad = ids[i] == id;
    if (bad && from_end == 0) from_end = given.k - j;
    sum += double(p);
  }
  from_end = block_max(from_end, places);
  sum = block_sum(sum, scratch);
  if (threadIdx.x != 0) return;
  if (from_end > 0) {
    unsigned j = given.k - from_end;
    bool twice = false;
    for (unsigned i = 0; i < j && !twice; i++) twice = ids[i] == ids[j];
    bool no_id = twice || ids[j] < 0 || unsigned(ids[j]) >= given.count;
    findings[blockIdx.x] =
        no_id ? Finding{double(ids[j]), SURPRISAL_FAULT_ID} : Finding{probabilities[j], SURPRISAL_FAULT_PROBABILITY};
    return;
  }
  bool is_one = sum <= 1 + kTolerance && (given.k < given.count || sum >= 1 - kTolerance);
  findings[blockIdx.x] = {sum, is_one ? SURPRISAL_FAULT_NONE : SURPRISAL_FAULT_SUM};
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_cross_entropy_sparse(const surprisal_loss_rows* rows, const int32_t* ids,
                                              const float* probabilities, void* workspace, int32_t k,
                                              const surprisal_stream* stream) {
  using namespace surprisal;
  int status = check_rows("cross_entropy_sparse", *rows, stream);
  if (status == SURPRISAL_SUCCESS && (k < 1 || k > rows->classes)) {
    return invalid("cross_entropy_sparse", "expected 1 to %d ids, found %d", rows->classes, k);
  }
  if (status != SURPRISAL_SUCCESS || rows->rows == 0) return status;
  Finding* findings = static_cast<Finding*>(workspace);
  Sparse given = {ids, probabilities, findings, unsigned(rows->classes), unsigned(k)};
  Launch launch = {dim3(unsigned(rows->rows)), dim3(k <= 32 ? 32 : 256), surprisal::cuda(stream)};
  status = launched("cross_entropy_sparse",
                    SURPRISAL_LAUNCH(cross_entropy_sparse_check_kernel, launch, *rows, given, findings, stream->fault));
  if (status == SURPRISAL_SUCCESS) {
    status = refuse_findings("cross_entropy_sparse", *rows, findings, true, stream);
  }
  if (status != SURPRISAL_SUCCESS) return status;
  return launch_rows<SparseCrossEntropy>("cross_entropy_sparse", *rows, given, stream);
}
