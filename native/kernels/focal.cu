// Focal loss (Lin et al. 2017), and its gradient. With q = softmax(z'), t the target and w its weight:
//   loss = w (1 - q_t)^gamma (-log q_t)
//   gradient_v = f w ((1 - q_t)^gamma - gamma (1 - q_t)^(gamma - 1) q_t log q_t) (q_v - [v = t]), f what arrives
// where 1 - q_t is (the other terms) / (the sum of all), and so is what q_t - 1 loses its sign for.
#include "../device/loss/hard_target.cuh"

namespace surprisal {
namespace {
struct FocalClasses {
  const int32_t* targets;
  const float* class_weights;  // optional
  int ignored;
  double gamma;
};

class Focal : public HardTarget {
 public:
  using Arguments = FocalClasses;

  struct Factors {
    float scale;
    float at_target;
  };

  __device__ __forceinline__ explicit Focal(const FocalClasses& classes)
      : HardTarget(classes.targets, classes.ignored), classes_(classes) {}

  // (1 - q)^(gamma - 1) is infinite at q = 1 where gamma is below 1, but its product with log q is not.
  __device__ __forceinline__ Factors factors(Peak peak, double factor) const {
    double inverse = 1 / (1 + peak.rest);
    double missed = others(peak) * inverse, q = term(peak) * inverse;
    double focus = pow(missed, classes_.gamma);
    double steep = q == 0 || missed == 0 ? 0 : classes_.gamma * focus / missed * (q * surprisal(peak));
    double scale = factor * weight() * (focus + steep);
    return {float(scale * inverse), float(-scale * missed)};
  }

  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float e, float) const {
    return v == target() ? factors.at_target : e * factors.scale;
  }

  __device__ __forceinline__ double loss(Peak peak) const {
    if (weight() == 0) return 0;
    return weight() * (pow(others(peak) / (1 + peak.rest), classes_.gamma) * surprisal(peak));
  }

 private:
  __device__ __forceinline__ double weight() const {
    return HardTarget::weight(classes_.class_weights, target());
  }
  __device__ __forceinline__ double surprisal(Peak peak) const {
    return log1p(peak.rest) - depth(peak);
  }

  const FocalClasses& classes_;
};
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_focal(const surprisal_loss_rows* rows, const int32_t* targets, const float* class_weights,
                               void*, int32_t ignore_index, float gamma, const surprisal_stream* stream) {
  using namespace surprisal;
  if (!(gamma >= 0)) return invalid("focal", "expected a gamma of 0 or more, found %g", double(gamma));
  int status = check_rows("focal", *rows, targets, ignore_index, stream);
  if (status != SURPRISAL_SUCCESS) return status;
  FocalClasses classes = {targets, class_weights, ignore_index, gamma};
  return launch_rows<Focal>("focal", *rows, classes, stream);
}
