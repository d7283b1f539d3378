// What losses make of logits: z' = stretch u, with u = z and stretch = scale, or under a cap u = tanh(scale z / cap) and
// stretch = cap. Differences are taken of u, so that a scale costs large logits no digits. -inf stays -inf.
#pragma once
#include "../../include/surprisal.h"
#include "../simt.cuh"

namespace surprisal {
template <bool kPlain>
class LogitMap;

// Of rows with a scale of 1 and no cap.
template <>
class LogitMap<true> {
 public:
  __device__ __forceinline__ explicit LogitMap(const surprisal_loss_rows&) {}
  __device__ __forceinline__ float stretch() const {
    return 1;
  }
  __device__ __forceinline__ float at(float z) const {
    return z;
  }
};

template <>
class LogitMap<false> {
 public:
  __device__ __forceinline__ explicit LogitMap(const surprisal_loss_rows& rows)
      : scale_(rows.scale), cap_(rows.soft_cap), inner_(rows.scale / rows.soft_cap) {}
  __device__ __forceinline__ float stretch() const {
    return cap_ > 0 ? cap_ : scale_;
  }
  __device__ __forceinline__ float at(float z) const {
    return cap_ > 0 && z != -INFINITY ? tanhf(z * inner_) : z;
  }
  // dz'/dz; a masked class has none under a cap.
  __device__ __forceinline__ float slope(float u) const {
    if (!(cap_ > 0)) return scale_;
    return u == -INFINITY ? 0 : scale_ * ((1 - u) * (1 + u));
  }

 private:
  float scale_;
  float cap_;
  float inner_;
};
}  // namespace surprisal
