// Cross-entropy against classes, and its gradient. With q = softmax(z'), t the target, w its weight, s the smoothing and
// W the sum of the V class weights:
//   loss = (1 - s) w (log1p(rest) - d_t) + s/V (W log1p(rest) - sum_v w_v d_v), d_v = z'_v - max z'
//   gradient_v = f ((1 - s) w (q_v - [v = t]) + s/V (W q_v - w_v)), f what arrives
// with rest as in device/loss/peak.cuh; at the target q_t - 1 is -(the other terms) / (the sum of all).
#include "../device/loss/hard_target.cuh"

namespace surprisal {
namespace {
struct Classes {
  const int32_t* targets;
  const float* class_weights;  // optional
  const double* weight_sum;    // of all classes; NULL: there are no weights, or no smoothing
  unsigned count;
  int ignored;
  double smoothing;
};

class CrossEntropy : public HardTarget {
 public:
  using Arguments = Classes;
  static constexpr bool kHasPlain = true;
  static constexpr RowSum kSum = RowSum::asked;

  struct Factors {
    float scale;
    float smoothing;
    float at_target;
  };

  __device__ __forceinline__ explicit CrossEntropy(const Classes& classes)
      : HardTarget(classes.targets, classes.ignored), classes_(classes) {}

  __device__ __forceinline__ bool needs_sum() const {
    return classes_.smoothing > 0;
  }

  __device__ __forceinline__ Factors factors(Peak peak, double factor) const {
    double inverse = 1 / (1 + peak.rest);
    double target_weight = weight(target());
    double hard = (1 - classes_.smoothing) * target_weight;
    double spread = classes_.smoothing / classes_.count;
    double all = hard + spread * weight_sum();
    double gradient =
        hard * (-others(peak) * inverse) + spread * (weight_sum() * (term(peak) * inverse) - target_weight);
    return {float(factor * all * inverse), float(factor * spread), float(factor * gradient)};
  }

  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float e, float) const {
    return v == target() ? factors.at_target : e * factors.scale;
  }

  // With smoothing; a class of weight 0 adds nothing to the loss, though it were masked.
  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float e, float d, double& sum) const {
    float w = weight(v);
    if (w != 0) sum += double(w) * double(d);
    return v == target() ? factors.at_target : e * factors.scale - factors.smoothing * w;
  }

  __device__ __forceinline__ double loss(Peak peak) const {
    double log_sum = log1p(peak.rest);
    double hard = (1 - classes_.smoothing) * weight(target());
    double loss = hard == 0 ? 0 : hard * (log_sum - depth(peak));
    if (needs_sum()) loss += classes_.smoothing / classes_.count * (weight_sum() * log_sum);
    return loss;
  }

  __device__ __forceinline__ double sum_share() const {
    return -classes_.smoothing / classes_.count;
  }

 private:
  __device__ __forceinline__ float weight(unsigned v) const {
    return HardTarget::weight(classes_.class_weights, v);
  }
  __device__ __forceinline__ double weight_sum() const {
    return classes_.weight_sum == nullptr ? classes_.count : *classes_.weight_sum;
  }

  const Classes& classes_;
};

// One block.
__global__ __launch_bounds__(1024) void class_weights_kernel(const float* class_weights, double* sum, int classes,
                                                             const surprisal_fault* fault) {
  __shared__ double scratch[32];
  if (faulted(fault)) return;
  double weights = 0;
  for (int v = int(threadIdx.x); v < classes; v += int(blockDim.x)) weights += class_weights[v];
  weights = block_sum(weights, scratch);
  if (threadIdx.x == 0) *sum = weights;
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_cross_entropy(const surprisal_loss_rows* rows, const int32_t* targets,
                                       const float* class_weights, void* workspace, int32_t ignore_index,
                                       float smoothing, const surprisal_stream* stream) {
  using namespace surprisal;
  int status = check_rows("cross_entropy", *rows, targets, ignore_index, stream);
  double* weight_sum = nullptr;
  if (status == SURPRISAL_SUCCESS && class_weights != nullptr && smoothing > 0) {
    weight_sum = static_cast<double*>(workspace);
    status = launched("class_weights",
                      SURPRISAL_LAUNCH(class_weights_kernel, (Launch{dim3(1), dim3(1024), surprisal::cuda(stream)}),
                                       class_weights, weight_sum, rows->classes, stream->fault));
  }
  if (status != SURPRISAL_SUCCESS) return status;
  Classes classes = {targets, class_weights, weight_sum, unsigned(rows->classes), ignore_index, smoothing};
  return launch_rows<CrossEntropy>("cross_entropy", *rows, classes, stream);
}
