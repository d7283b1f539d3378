// The k most probable classes of each row, in the order of falling logits, of equal ones the lower first, and their log q.
//
// Three kernels: each row's largest logit and the sum of its exponentials, a search for a row without a softmax by one
// block, and the selection. For that a block finds the rank of the last class that it wants, see selection.cuh, gathers
// the ranks down to it, in whatever order, and sorts them in shared memory. What does not fit there comes out in several
// segments, each found, gathered and sorted like the first.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/selection.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr int kCheckThreads = 256;
constexpr int kSegment = 1024;  // ranks that are sorted at a time

struct RowSum {
  double log_rest;  // log of the sum of exp(z - largest)
  float largest;    // NaN if the row has one
};

// A class that is almost certain leaves a sum of 1 and little more: the rest is kept apart from the 1.
__global__ void __launch_bounds__(kMostThreads)
    top_k_sum_kernel(const float* logits, RowSum* sums, int64_t rows, int32_t classes, int index_bytes,
                     const surprisal_fault* fault) {
  __shared__ uint64_t ranks[kMostThreads / 32];
  __shared__ double parts[kMostThreads / 32];
  if (faulted(fault)) return;
  for (int64_t number = blockIdx.x; number < rows; number += gridDim.x) {
    Row row{logits + number * classes, classes, index_bytes};
    uint64_t first = largest_rank(row, ranks);
    float largest = logit_of(row.key(first));
    double rest = 0;
    for (int index = threadIdx.x; index < classes; index += blockDim.x) {
      if (index != row.index(first)) rest += expf(row.logits[index] - largest);
    }
    rest = block_sum(rest, parts);
    if (threadIdx.x == 0) sums[number] = {log1p(rest), largest};
  }
}

__global__ void __launch_bounds__(kCheckThreads)
    top_k_check_kernel(const RowSum* sums, int64_t rows, int32_t classes, surprisal_fault* fault) {
  __shared__ int64_t scratch[kCheckThreads / 32];
  if (faulted(fault)) return;
  int64_t first = rows;
  for (int64_t row = threadIdx.x; row < rows && first == rows; row += kCheckThreads) {
    if (!is_finite_key(key_of(sums[row].largest))) first = row;
  }
  first = -block_max(-first, scratch);
  if (threadIdx.x == 0 && first < rows) {
    raise_fault(fault, SURPRISAL_FAULT_LOGIT, first, sums[first].largest, classes);
  }
}

// Used by the whole block: sorts ranks[size], a power of two, from the largest down.
__device__ void sort_ranks(uint64_t* ranks, int size) {
  for (int run = 2; run <= size; run *= 2) {
    for (int apart = run / 2; apart > 0; apart /= 2) {
      __syncthreads();
      for (int pair = threadIdx.x; pair < size / 2; pair += blockDim.x) {
        int low = pair / apart * 2 * apart + pair % apart;
        uint64_t a = ranks[low], b = ranks[low + apart];
        bool falling = (low & run) == 0;
        if (falling == (a < b)) {
          ranks[low] = b;
          ranks[low + apart] = a;
        }
      }
    }
  }
  __syncthreads();
}

__global__ void __launch_bounds__(kMostThreads)
    top_k_kernel(const float* logits, const RowSum* sums, int32_t* ids, float* log_probabilities, int64_t rows,
                 int32_t classes, int32_t k, int index_bytes, const surprisal_fault* fault) {
  __shared__ Scratch scratch;
  __shared__ uint64_t ranks[kSegment];
  __shared__ int gathered;
  if (faulted(fault)) return;
  clear(scratch);
  for (int64_t number = blockIdx.x; number < rows; number += gridDim.x) {
    Row row{logits + number * classes, classes, index_bytes};
    RowSum sum = sums[number];
    uint64_t above = UINT64_MAX;  // ranks from here up are done
    for (int64_t done = 0; done < k; done += kSegment) {
      int count = k - done < kSegment ? int(k - done) : kSegment;
      int size = 1;
      while (size < count) size *= 2;
      for (int i = threadIdx.x; i < size; i += blockDim.x) ranks[i] = 0;
      if (threadIdx.x == 0) gathered = 0;
      __syncthreads();
      uint64_t last = 0;
      if (done + count < classes) {
        last = cross(row, Ones(), {uint64_t(done + count), 1, false}, scratch).rank;
      }
      for (int index = threadIdx.x; index < classes; index += blockDim.x) {
        uint64_t rank = row.rank(index);
        if (rank < above && rank >= last) ranks[atomicAdd(&gathered, 1)] = rank;
      }
      sort_ranks(ranks, size);
      int64_t to = number * k + done;
      for (int i = threadIdx.x; i < count; i += blockDim.x) {
        ids[to + i] = row.index(ranks[i]);
        double below = logit_of(row.key(ranks[i])) - sum.largest;
        log_probabilities[to + i] = float(below - sum.log_rest);
      }
      above = last;  // no barrier: a thread clears the ranks that it has just written out
    }
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_top_k_workspace(int64_t rows) {
  return rows * int64_t(sizeof(surprisal::RowSum));
}

extern "C" int surprisal_top_k(const float* logits, int32_t* ids, float* log_probabilities, void* workspace,
                               int64_t rows, int32_t classes, int32_t k, const surprisal_stream* stream) {
  using namespace surprisal;
  if (rows < 0 || classes < 1 || k < 1 || k > classes) {
    return invalid("top_k", "expected 0 rows or more of 1 class or more and a k up to that, found [%lld, %d] and %d",
                   static_cast<long long>(rows), classes, k);
  }
  if (rows == 0) return SURPRISAL_SUCCESS;
  RowSum* sums = static_cast<RowSum*>(workspace);
  int index_bytes = index_bytes_for(classes);
  Launch by_row{blocks_for(rows, 1), unsigned(threads_for(classes)), surprisal::cuda(stream)};
  cudaError_t result =
      SURPRISAL_LAUNCH(top_k_sum_kernel, by_row, logits, sums, rows, classes, index_bytes, stream->fault);
  if (result == cudaSuccess) {
    Launch one{1, kCheckThreads, surprisal::cuda(stream)};
    result = SURPRISAL_LAUNCH(top_k_check_kernel, one, sums, rows, classes, stream->fault);
  }
  if (result == cudaSuccess) {
    result = SURPRISAL_LAUNCH(top_k_kernel, by_row, logits, sums, ids, log_probabilities, rows, classes, k, index_bytes,
                              stream->fault);
  }
  return launched("top_k", result);
}
