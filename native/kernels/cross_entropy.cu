// Cross-entropy against classes, and its gradient. With q = softmax(z), t the target, w its weight, s the smoothing and
// W the sum of the V class weights:
//   loss = (1 - s) w (log1p(rest) - (z_t - m)) + s/V (W log1p(rest) - sum_v w_v (z_v - m))
//   gradient_v = f ((1 - s) w (q_v - [v = t]) + s/V (W q_v - w_v)), f = upstream / divisor
// with m and rest as in device/cross_entropy.cuh; at the target q_t - 1 is -(the other terms) / (the sum of all).
//
// Three kernels: one block checks the targets and finds the divisor, then every row is read and written once, then one
// block adds up the losses.
#include "../device/cross_entropy.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
struct Classes {
  const int32_t* targets;
  const float* class_weights;  // optional
  Upstream upstream;
  const double* weight_sum;    // of all classes
  unsigned count;
  int ignored;
  double smoothing;
};

class ClassTarget {
 public:
  static constexpr bool kAlwaysSums = false;

  struct Factors {
    float max;
    float scale;
    float smoothing;
    float at_target;
  };

  __device__ __forceinline__ explicit ClassTarget(const Classes& classes) : classes_(classes) {}

  __device__ __forceinline__ bool counts(unsigned n) {
    target_ = classes_.targets[n];
    return target_ != classes_.ignored;
  }

  __device__ __forceinline__ void prepare(const float* logits, unsigned) {
    logit_ = logits[target_];
  }

  __device__ __forceinline__ bool needs_sum() const {
    return classes_.smoothing > 0;
  }

  __device__ __forceinline__ Factors factors(Peak peak, unsigned n) const {
    double inverse = 1 / (1 + peak.rest);
    double at_target = expf(logit_ - peak.max);
    double others = logit_ == peak.max ? peak.rest : 1 + peak.rest - at_target;
    double weight_sum = *classes_.weight_sum;
    double factor = classes_.upstream.factor(n);
    double target_weight = weight((unsigned)target_);
    double hard = (1 - classes_.smoothing) * target_weight;
    double spread = classes_.smoothing / classes_.count;
    double all = hard + spread * weight_sum;
    double gradient = hard * (-others * inverse) + spread * (weight_sum * (at_target * inverse) - target_weight);
    return {peak.max, (float)(factor * all * inverse), (float)(factor * spread), (float)(factor * gradient)};
  }

  // Without smoothing.
  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float z) const {
    return v == (unsigned)target_ ? factors.at_target : expf(z - factors.max) * factors.scale;
  }

  // With smoothing; a class of weight 0 adds nothing to the loss, though it were masked.
  __device__ __forceinline__ float gradient(const Factors& factors, unsigned, unsigned v, float z, double& sum) const {
    float w = weight(v);
    if (w != 0) sum += (double)w * ((double)z - (double)factors.max);
    return v == (unsigned)target_ ? factors.at_target
                                  : expf(z - factors.max) * factors.scale - factors.smoothing * w;
  }

  // But for the sum.
  __device__ __forceinline__ double loss(Peak peak) const {
    double log_sum = log1p(peak.rest);
    double hard = (1 - classes_.smoothing) * weight((unsigned)target_);
    double loss = hard == 0 ? 0 : hard * (log_sum - ((double)logit_ - (double)peak.max));
    if (needs_sum()) loss += classes_.smoothing / classes_.count * (*classes_.weight_sum * log_sum);
    return loss;
  }

  __device__ __forceinline__ double sum_share() const {
    return -classes_.smoothing / classes_.count;
  }

 private:
  __device__ __forceinline__ float weight(unsigned v) const {
    return classes_.class_weights == nullptr ? 1 : __ldg(classes_.class_weights + v);
  }

  const Classes& classes_;
  int target_;
  float logit_;
};

// One block.
__global__ __launch_bounds__(1024) void cross_entropy_prepare_kernel(Batch batch, Classes classes, double* weight_sum,
                                                                     surprisal_fault* fault) {
  __shared__ int64_t positions[32];
  __shared__ double scratch[32];
  if (faulted(fault)) return;
  int64_t rows = batch.rows, outside = 0;  // from the end
  for (int64_t n = threadIdx.x; n < rows && outside == 0; n += blockDim.x) {
    int target = classes.targets[token_of(batch.positions, (unsigned)n)];
    if ((target < 0 || target >= (int)classes.count) && target != classes.ignored) outside = rows - n;
  }
  outside = block_max(outside, positions);
  if (outside > 0) {
    unsigned token = token_of(batch.positions, (unsigned)(rows - outside));
    if (threadIdx.x == 0) {
      raise_fault(fault, SURPRISAL_FAULT_TARGET, token, classes.targets[token], (int)classes.count);
    }
    return;
  }
  const float* weights = classes.class_weights;
  double sum = 0;
  for (unsigned v = threadIdx.x; v < classes.count && weights != nullptr && classes.smoothing > 0; v += blockDim.x) {
    sum += weights[v];
  }
  sum = block_sum(sum, scratch);
  if (threadIdx.x == 0) *weight_sum = weights == nullptr ? classes.count : sum;
}

__global__ __launch_bounds__(256) void cross_entropy_warp_kernel(Batch batch, Classes classes,
                                                                 const surprisal_fault* fault) {
  cross_entropy_row<WarpGroup, StagedRow>(batch, ClassTarget(classes), fault);
}

__global__ __launch_bounds__(kMostRowThreads, kRowBlocks) void cross_entropy_block_kernel(
    Batch batch, Classes classes, const surprisal_fault* fault) {
  cross_entropy_row<BlockGroup<false>, StagedRow>(batch, ClassTarget(classes), fault);
}

__global__ __launch_bounds__(kMostRowThreads, kRowBlocks) void cross_entropy_cluster_kernel(
    Batch batch, Classes classes, const surprisal_fault* fault) {
  cross_entropy_row<BlockGroup<true>, StagedRow>(batch, ClassTarget(classes), fault);
}

__global__ __launch_bounds__(kMostRowThreads, kRowBlocks) void cross_entropy_streamed_kernel(
    Batch batch, Classes classes, const surprisal_fault* fault) {
  cross_entropy_row<BlockGroup<false>, StreamedRow>(batch, ClassTarget(classes), fault);
}

cudaError_t launch_rows(const Layout& layout, const Batch& batch, const Classes& classes, surprisal_fault* fault) {
  switch (layout.kind) {
    case Layout::kWarp:
      return SURPRISAL_LAUNCH(cross_entropy_warp_kernel, layout.launch, batch, classes, fault);
    case Layout::kBlock:
      return SURPRISAL_LAUNCH(cross_entropy_block_kernel, layout.launch, batch, classes, fault);
    case Layout::kCluster:
      return SURPRISAL_LAUNCH(cross_entropy_cluster_kernel, layout.launch, batch, classes, fault);
    default:
      return SURPRISAL_LAUNCH(cross_entropy_streamed_kernel, layout.launch, batch, classes, fault);
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_cross_entropy(const surprisal_loss_rows* rows, const int32_t* targets,
                                       const float* class_weights, void* workspace, int32_t ignore_index,
                                       float smoothing, const surprisal_stream* stream) {
  using namespace surprisal;
  Layout layout;
  int status = layout_rows("cross_entropy", *rows, reinterpret_cast<const void*>(cross_entropy_cluster_kernel), stream,
                           &layout);
  if (status == SURPRISAL_SUCCESS) status = check_positions(*rows, stream);
  if (status != SURPRISAL_SUCCESS) return status;
  double* weight_sum = static_cast<double*>(workspace);
  Classes against = {targets, class_weights, {rows->grad_losses, rows->divisor}, weight_sum, (unsigned)rows->classes,
                     ignore_index, smoothing};
  Batch batch = {rows->logits, rows->positions, rows->losses, rows->grad_logits, (unsigned)rows->rows,
                 (unsigned)rows->classes, layout.slice};
  status = launched("cross_entropy_prepare",
                    SURPRISAL_LAUNCH(cross_entropy_prepare_kernel,
                                     (Launch{dim3(1), dim3(1024), layout.launch.stream}), batch, against, weight_sum,
                                     stream->fault));
  if (status != SURPRISAL_SUCCESS || rows->rows == 0) return status;
  return launched("cross_entropy", launch_rows(layout, batch, against, stream->fault));
}
