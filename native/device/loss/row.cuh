// A row of a matrix, or a block's slice of it, that a group of threads works on: copied to shared memory once, or read
// again from global memory whenever it is needed.
//
// A row may start at any multiple of 4 bytes. It moves between the memories in quads of four floats at multiples of 16
// bytes of global memory, with up to three single floats before and behind; a staged row starts in shared memory as far
// behind such a multiple as in global memory. What is summed is assigned to threads by its index in the row instead,
// neighbours to neighbouring threads, so that alignment changes no bit of a sum, and no two lanes meet in a bank.
#pragma once
#include "../async_copy.cuh"

namespace surprisal {
// How far behind a multiple of 16 bytes, in floats.
__host__ __device__ __forceinline__ unsigned skew(const float* pointer) {
  return unsigned(reinterpret_cast<uintptr_t>(pointer) / 4 % 4);
}

// The shared memory that a staged row takes, in floats: a multiple of four.
__host__ __device__ __forceinline__ size_t staged_floats(size_t count) {
  return (count + 3 + 3) / 4 * 4;
}

// Calls quad(i) for every i that starts a quad of row[0, count) and single(i) for what is in none.
template <class Group, class Quad, class Single>
__device__ __forceinline__ void by_quads(const Group& group, const float* row, unsigned count, Quad quad,
                                         Single single) {
  unsigned head = (4 - skew(row)) % 4;
  head = head < count ? head : count;
  unsigned quads = (count - head) / 4;
  unsigned tail = head + 4 * quads;
#pragma unroll 2
  for (unsigned q = group.thread(); q < quads; q += group.threads()) quad(head + 4 * q);
  for (unsigned i = group.thread(); i < head + (count - tail); i += group.threads()) {
    single(i < head ? i : i - head + tail);
  }
}

template <class Group>
__device__ __forceinline__ void clear_row(const Group& group, float* row, unsigned count) {
  by_quads(
      group, row, count, [&](unsigned i) { *reinterpret_cast<float4*>(row + i) = make_float4(0, 0, 0, 0); },
      [&](unsigned i) { row[i] = 0; });
}

// In shared memory, from `shared` on.
class StagedRow {
 public:
  static constexpr bool kStaged = true;

  // All threads of the group; nothing may be read before stage() and a barrier.
  template <class Group>
  __device__ __forceinline__ StagedRow(const Group& group, float* shared, const float* row, unsigned count)
      : values_(shared + skew(row)) {
    float* values = values_;
    by_quads(
        group, row, count, [&](unsigned i) { copy16(values + i, row + i); },
        [&](unsigned i) { copy4(values + i, row + i); });
    commit_copies();
  }
  __device__ __forceinline__ void wait() const {
    wait_copies<0>();
  }
  __device__ __forceinline__ const float* data() const {
    return values_;
  }
  __device__ __forceinline__ float at(unsigned i) const {
    return values_[i];
  }
  // i starts a quad of the row in global memory.
  __device__ __forceinline__ float4 quad(unsigned i) const {
    return *reinterpret_cast<const float4*>(values_ + i);
  }

 private:
  float* values_;
};

// In global memory.
class StreamedRow {
 public:
  static constexpr bool kStaged = false;

  template <class Group>
  __device__ __forceinline__ StreamedRow(const Group&, float*, const float* row, unsigned) : row_(row) {}
  __device__ __forceinline__ void wait() const {}
  __device__ __forceinline__ const float* data() const {
    return row_;
  }
  __device__ __forceinline__ float at(unsigned i) const {
    return row_[i];
  }
  __device__ __forceinline__ float4 quad(unsigned i) const {
    return *reinterpret_cast<const float4*>(row_ + i);
  }

 private:
  const float* row_;
};
}  // namespace surprisal
