// output[n] = weight[tokens[n]]: rows of a matrix, as of an embedding, by token.
//
// The output is cut into tiles of 2048 vectors (of 16, 8, 4 or 2 bytes, the widest that rows and pointers allow) without
// regard to rows, so that lanes are never idle whatever the width and every warp writes whole sectors. A block reads
// the tokens of its tile once, into shared memory; its threads then load all their vectors before they store the first.
// Tokens are looked at by a kernel of one block before: with one outside the vocabulary nothing is written.
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;
constexpr int kEach = 8;
constexpr int kTile = kThreads * kEach;
constexpr int kCheckThreads = 1024;

__global__ void __launch_bounds__(kCheckThreads)
    gather_rows_check_kernel(const int32_t* tokens, int64_t count, int32_t vocabulary, surprisal_fault* fault) {
  __shared__ int64_t scratch[kCheckThreads / 32];
  if (faulted(fault)) return;
  int64_t first = first_outside(tokens, count, vocabulary, kNoException, scratch);
  if (first < count && threadIdx.x == 0) {
    raise_fault(fault, SURPRISAL_FAULT_TOKEN, first, tokens[first], vocabulary);
  }
}

// `per_row` is the width and `vectors` the size of the output, in vectors.
template <class Vector>
__global__ void __launch_bounds__(kThreads)
    gather_rows_kernel(const Vector* weight, const int32_t* tokens, Vector* output, int64_t vectors, int32_t per_row,
                       const surprisal_fault* fault) {
  __shared__ int32_t ids[kTile + 1];
  __shared__ bool stop;
  int64_t start = int64_t(blockIdx.x) * kTile;
  int64_t first_row = start / per_row;
  uint32_t offset = uint32_t(start % per_row);
  int size = int(vectors - start < kTile ? vectors - start : kTile);
  int rows = int((offset + uint32_t(size) - 1) / uint32_t(per_row)) + 1;
  // By one thread: in each it would be as many bytes as half a vector.
  if (threadIdx.x == 0) stop = faulted(fault);
  for (int row = threadIdx.x; row < rows; row += kThreads) ids[row] = tokens[first_row + row];
  __syncthreads();
  if (stop) return;
  Vector values[kEach];
#pragma unroll
  for (int k = 0; k < kEach; k++) {
    int i = threadIdx.x + k * kThreads;
    if (i < size) {
      int row = int((offset + uint32_t(i)) / uint32_t(per_row));
      int column = int((offset + uint32_t(i)) % uint32_t(per_row));
      values[k] = weight[int64_t(ids[row]) * per_row + column];
    }
  }
#pragma unroll
  for (int k = 0; k < kEach; k++) {
    int i = threadIdx.x + k * kThreads;
    if (i < size) output[start + i] = values[k];
  }
}

template <class Vector>
cudaError_t look_up(const void* weight, const int32_t* tokens, void* output, int64_t count, int64_t row_bytes,
                    const surprisal_stream* stream) {
  int32_t per_row = int32_t(row_bytes / int64_t(sizeof(Vector)));
  int64_t vectors = count * per_row;
  Launch launch{blocks_for(vectors, kTile), kThreads, surprisal::cuda(stream)};
  return SURPRISAL_LAUNCH(gather_rows_kernel<Vector>, launch, static_cast<const Vector*>(weight), tokens,
                          static_cast<Vector*>(output), vectors, per_row, stream->fault);
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_gather_rows(const void* weight, const int32_t* tokens, void* output, int64_t count,
                                     int32_t vocabulary, int32_t width, int type, const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0 || vocabulary < 0 || width < 0) {
    return invalid("gather rows", "expected sizes of 0 or more, found %lld tokens and a matrix [%d, %d]",
                   static_cast<long long>(count), vocabulary, width);
  }
  if (type != SURPRISAL_FLOAT32 && type != SURPRISAL_BFLOAT16)
    return invalid("gather rows", "expected a type of 0 or 1, found %d", type);
  if (count == 0) return SURPRISAL_SUCCESS;
  Launch check{1, kCheckThreads, surprisal::cuda(stream)};
  cudaError_t result = SURPRISAL_LAUNCH(gather_rows_check_kernel, check, tokens, count, vocabulary, stream->fault);
  if (result == cudaSuccess && width > 0) {
    int64_t row_bytes = int64_t(width) * (type == SURPRISAL_BFLOAT16 ? 2 : 4);
    uintptr_t bytes = reinterpret_cast<uintptr_t>(weight) | reinterpret_cast<uintptr_t>(output) | uintptr_t(row_bytes);
    auto look_up_rows = bytes % 16 == 0  ? look_up<float4>
                        : bytes % 8 == 0 ? look_up<float2>
                        : bytes % 4 == 0 ? look_up<float>
                                         : look_up<uint16_t>;
    result = look_up_rows(weight, tokens, output, count, row_bytes, stream);
  }
  return launched("gather rows", result);
}
