// Cross-entropy against distributions, and its gradient. With q = softmax(z'), p the distribution of a row, w the
// weights of the V classes, s the smoothing, t_v = w_v ((1 - s) p_v + s/V) and M the sum of all t_v:
//   loss = M log1p(rest) - sum_v t_v d_v, d_v = z'_v - max z'
//   gradient_v = f ((M - t_v) q_v - t_v (1 - q_v)), f what arrives
// with rest as in device/loss/peak.cuh. A class of t_v = 0 adds nothing to the loss, whatever its logit.
//
// Three kernels: a block a row looks at the probabilities and finds M, one block refuses the first bad row, then logits
// and probabilities are read and the gradient written once.
#include "../device/loss/finding.cuh"

namespace surprisal {
namespace {
constexpr double kTolerance = 1e-3;  // of a distribution's sum

struct Distributions {
  const float* probabilities;
  const float* class_weights;  // optional
  const Finding* findings;
  unsigned count;
  float kept;    // 1 - s
  float spread;  // s / V
};

// t_v; rounded in one way wherever it is computed, so that M - t_v is 0 where all of M is one class's.
__device__ __forceinline__ float target_of(const Distributions& given, float p, unsigned v) {
  float t = fmaf(given.kept, p, given.spread);
  return given.class_weights == nullptr ? t : __fmul_rn(__ldg(given.class_weights + v), t);
}

class SoftCrossEntropy : public RowTarget {
 public:
  using Arguments = Distributions;
  static constexpr bool kHasPlain = true;
  static constexpr RowSum kSum = RowSum::always;

  struct Factors {
    float inverse;
    float rest;  // of the probability where it is not the largest logit's
    float mass;
    float factor;
  };

  __device__ __forceinline__ explicit SoftCrossEntropy(const Distributions& given) : given_(given) {}

  __device__ __forceinline__ bool begin(unsigned n, unsigned) {
    row_ = given_.probabilities + int64_t(n) * given_.count;
    finding_ = given_.findings + n;
    return true;
  }

  template <class Map>
  __device__ __forceinline__ void prepare(const Map&, const float*) {
    mass_ = finding_->value;
  }

  __device__ __forceinline__ Factors factors(Peak peak, double factor) const {
    double inverse = 1 / (1 + peak.rest);
    return {float(inverse), float(peak.rest * inverse), float(mass_), float(factor)};
  }

  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float e, float d, double& sum) const {
    float t = target_of(given_, row_[v], v);
    if (t != 0) sum += double(t) * double(d);
    float q = e * factors.inverse;
    float others = e == 1 ? factors.rest : 1 - q;
    return factors.factor * ((factors.mass - t) * q - t * others);
  }

  __device__ __forceinline__ double loss(Peak peak) const {
    return mass_ == 0 ? 0 : mass_ * log1p(peak.rest);
  }

  __device__ __forceinline__ double sum_share() const {
    return -1;
  }

 private:
  const Distributions& given_;
  const float* row_;
  const Finding* finding_;
  double mass_ = 0;
};

// A block a row. A negative probability or NaN comes before a wrong sum, and the first of them before the others.
__global__ __launch_bounds__(256) void cross_entropy_distribution_kernel(Distributions given, Finding* findings,
                                                                         const surprisal_fault* fault) {
  __shared__ double scratch[8];
  __shared__ unsigned positions[8];
  if (faulted(fault)) return;
  const float* row = given.probabilities + int64_t(blockIdx.x) * given.count;
  double sum = 0, mass = 0;
  unsigned from_end = 0;  // of the first bad one
#pragma unroll 4
  for (unsigned v = threadIdx.x; v < given.count; v += blockDim.x) {
    float p = row[v];
    if (!(p >= 0) && from_end == 0) from_end = given.count - v;
    sum += double(p);
    mass += double(target_of(given, p, v));
  }
  from_end = block_max(from_end, positions);
  sum = block_sum(sum, scratch);
  mass = block_sum(mass, scratch);
  if (threadIdx.x == 0) {
    bool is_one = fabs(sum - 1) <= kTolerance;
    findings[blockIdx.x] = from_end > 0 ? Finding{row[given.count - from_end], SURPRISAL_FAULT_PROBABILITY}
                           : is_one     ? Finding{mass, SURPRISAL_FAULT_NONE}
                                        : Finding{sum, SURPRISAL_FAULT_SUM};
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_cross_entropy_soft(const surprisal_loss_rows* rows, const float* probabilities,
                                            const float* class_weights, void* workspace, float smoothing,
                                            const surprisal_stream* stream) {
  using namespace surprisal;
  int status = check_rows("cross_entropy_soft", *rows, stream);
  if (status != SURPRISAL_SUCCESS || rows->rows == 0) return status;
  Finding* findings = static_cast<Finding*>(workspace);
  double kept = 1 - double(smoothing), spread = double(smoothing) / rows->classes;
  Distributions given = {probabilities, class_weights, findings, unsigned(rows->classes), float(kept), float(spread)};
  Launch launch = {dim3(unsigned(rows->rows)), dim3(rows->classes <= 1024 ? 32 : 256), surprisal::cuda(stream)};
  status = launched("cross_entropy_distribution",
                    SURPRISAL_LAUNCH(cross_entropy_distribution_kernel, launch, given, findings, stream->fault));
  if (status != SURPRISAL_SUCCESS) return status;
  status = refuse_findings("cross_entropy_soft", *rows, findings, false, stream);
  if (status != SURPRISAL_SUCCESS) return status;
  return launch_rows<SoftCrossEntropy>("cross_entropy_soft", *rows, given, stream);
}
