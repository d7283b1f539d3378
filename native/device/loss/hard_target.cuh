// What losses against target classes have in common.
#pragma once
#include "loss_rows.cuh"

namespace surprisal {
class HardTarget : public RowTarget {
 public:
  static constexpr bool kClasses = true;

  __device__ __forceinline__ HardTarget(const int32_t* targets, int ignored) : targets_(targets), ignored_(ignored) {}

  __device__ __forceinline__ bool begin(unsigned, unsigned token) {
    if (targets_ == nullptr) return true;
    target_ = targets_[token];
    return target_ != ignored_;
  }

  template <class Map>
  __device__ __forceinline__ void prepare(const Map& map, const float* logits) {
    if (targets_ != nullptr) logit_ = map.at(logits[target_]);
  }

  __device__ __forceinline__ unsigned target() const {
    return unsigned(target_);
  }

  // log q_t less that of the most probable class; in leaders, as what follows.
  __device__ __forceinline__ double depth(Peak peak) const {
    return double(peak.stretch) * (double(logit_) - double(peak.max));
  }

  // exp of it, as gradient() gets it.
  __device__ __forceinline__ double term(Peak peak) const {
    return expf((logit_ - peak.max) * peak.stretch);
  }

  // The sum of all terms but the target's.
  __device__ __forceinline__ double others(Peak peak) const {
    return logit_ == peak.max ? peak.rest : 1 + peak.rest - term(peak);
  }

 protected:
  __device__ __forceinline__ static float weight(const float* class_weights, unsigned v) {
    return class_weights == nullptr ? 1 : __ldg(class_weights + v);
  }

 private:
  const int32_t* targets_;  // optional
  int ignored_;
  int target_ = -1;
  float logit_ = 0;
};
}  // namespace surprisal
