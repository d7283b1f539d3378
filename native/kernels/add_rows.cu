// grad_weight[v] (+)= sum of grad_output[n] over tokens[n] == v, in the order of n.
//
// Positions are sorted by token, and the sorted list is cut into chunks of one size. A group of lanes, one for each
// vector of a row, sums a chunk token by token: what lies within the chunk goes to its row of the gradient, what begins
// before or goes on behind goes to the workspace. A second kernel adds the parts of every token that crosses chunks, with
// a block for each. So a token that fills the batch is summed as fast as one that occurs once, and the order of every
// sum follows from the tokens alone. The blocks behind those of the first kernel clear rows without tokens, so that each
// row of the gradient is written once.
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/status.cuh"
#include "../device/token_sort.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kChunkThreads = 128;
constexpr int kJoinLanes = 32;
constexpr int kJoinGroups = 8;  // the order of sums hangs on it, so it is the same for all vectors
constexpr int kBatch = 8;
constexpr int64_t kMostTokens = 1 << 30;

__device__ __forceinline__ void operator+=(float2& sum, float2 value) {
  sum.x += value.x;
  sum.y += value.y;
}
__device__ __forceinline__ void operator+=(float4& sum, float4 value) {
  sum.x += value.x;
  sum.y += value.y;
  sum.z += value.z;
  sum.w += value.w;
}

// Sorted tokens with their positions, in chunks.
struct Chunks {
  const int32_t* tokens;
  const int32_t* positions;
  int count;
  int size;
  int number;

  // The first of the sorted tokens, from `low` on, that is `token` or more.
  __device__ int find(int low, int64_t token) const {
    int high = count;
    while (low < high) {
      int middle = low + (high - low) / 2;
      if (tokens[middle] < token) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
};

template <class Vector>
struct Gradient {
  const Vector* output;
  Vector* weight;
  Vector* heads;  // [chunks, per_row]: of the token that began in an earlier chunk
  Vector* tails;  // [chunks, per_row]: of the token that begins here and goes on
  int per_row;
  int vocabulary;
  int padding;
  bool accumulate;

  __device__ void finish(int32_t token, int column, Vector sum) const {
    Vector* to = weight + int64_t(token) * per_row + column;
    if (accumulate) {
      Vector before = *to;
      before += sum;
      sum = before;
    }
    *to = sum;
  }
};

template <class Vector>
__device__ void sum_chunk(const Chunks& chunks, const Gradient<Vector>& gradient, int chunk, int column) {
  int first = chunk * chunks.size;
  int end = chunks.count - first < chunks.size ? chunks.count : first + chunks.size;
  int32_t current = chunks.tokens[first];
  bool began_before = first > 0 && chunks.tokens[first - 1] == current;
  Vector* head = gradient.heads + int64_t(chunk) * gradient.per_row + column;
  Vector sum = {};
  for (int start = first; start < end; start += kBatch) {
    int32_t tokens[kBatch];
    Vector rows[kBatch];
#pragma unroll
    for (int k = 0; k < kBatch; k++) {
      if (start + k < end) {
        tokens[k] = chunks.tokens[start + k];
        int64_t row = chunks.positions[start + k];
        rows[k] = {};
        if (tokens[k] != gradient.padding) rows[k] = gradient.output[row * gradient.per_row + column];
      }
    }
#pragma unroll
    for (int k = 0; k < kBatch; k++) {
      if (start + k >= end) break;
      if (tokens[k] != current) {
        if (began_before) {
          *head = sum;
        } else if (current != gradient.padding) {
          gradient.finish(current, column, sum);
        }
        current = tokens[k];
        began_before = false;
        sum = {};
      }
      sum += rows[k];
    }
  }
  bool goes_on = end < chunks.count && chunks.tokens[end] == current;
  if (began_before) {
    *head = sum;
  } else if (goes_on) {
    gradient.tails[int64_t(chunk) * gradient.per_row + column] = sum;
  } else if (current != gradient.padding) {
    gradient.finish(current, column, sum);
  }
}

// Rows from `first` on that no sum is written to.
template <class Vector>
__device__ void clear_rows(const Chunks& chunks, const Gradient<Vector>& gradient, int64_t first, int rows) {
  __shared__ bool summed[kChunkThreads];
  int64_t row = first + threadIdx.x;
  if (int(threadIdx.x) < rows && row < gradient.vocabulary) {
    int place = chunks.find(0, row);
    summed[threadIdx.x] = place < chunks.count && chunks.tokens[place] == row && row != gradient.padding;
  }
  __syncthreads();
  if (gradient.vocabulary - first < rows) rows = int(gradient.vocabulary - first);
  for (int64_t i = threadIdx.x; i < int64_t(rows) * gradient.per_row; i += kChunkThreads) {
    if (!summed[i / gradient.per_row]) gradient.weight[first * gradient.per_row + i] = {};
  }
}

// `lanes` is a power of two; `tiles` groups of them go through a row.
template <class Vector>
__global__ void __launch_bounds__(kChunkThreads)
    add_rows_chunks_kernel(Chunks chunks, Gradient<Vector> gradient, int lanes, int tiles, int64_t chunk_blocks,
                           int rows_cleared, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  if (blockIdx.x >= chunk_blocks) {
    clear_rows(chunks, gradient, (blockIdx.x - chunk_blocks) * rows_cleared, rows_cleared);
    return;
  }
  int64_t group = int64_t(blockIdx.x) * (kChunkThreads / lanes) + threadIdx.x / lanes;
  int64_t column = group % tiles * lanes + threadIdx.x % lanes;
  if (group / tiles < chunks.number && column < gradient.per_row) {
    sum_chunk(chunks, gradient, int(group / tiles), int(column));
  }
}

// A block for each chunk and tile; it has work where the chunk's last token begins in it and goes on behind it.
template <class Vector>
__global__ void __launch_bounds__(kJoinLanes* kJoinGroups)
    add_rows_join_kernel(Chunks chunks, Gradient<Vector> gradient, int tiles, const surprisal_fault* fault) {
  __shared__ Vector scratch[kJoinGroups][kJoinLanes];
  if (faulted(fault)) return;
  int chunk = int(blockIdx.x / tiles);
  int first = chunk * chunks.size;
  int end = first + chunks.size;
  if (end >= chunks.count) return;
  int32_t token = chunks.tokens[end - 1];
  if (token == gradient.padding || chunks.tokens[end] != token) return;
  if (first > 0 && chunks.tokens[first - 1] == token) return;
  int parts = (chunks.find(end, int64_t(token) + 1) - 1) / chunks.size - chunk + 1;
  int group = threadIdx.x / kJoinLanes;
  int lane = threadIdx.x % kJoinLanes;
  int64_t column = int64_t(blockIdx.x % tiles) * kJoinLanes + lane;
  Vector sum = {};
  if (column < gradient.per_row) {
    if (group == 0) sum = gradient.tails[int64_t(chunk) * gradient.per_row + column];
#pragma unroll 4
    for (int part = group == 0 ? kJoinGroups : group; part < parts; part += kJoinGroups) {
      sum += gradient.heads[int64_t(chunk + part) * gradient.per_row + column];
    }
  }
  scratch[group][lane] = sum;
  __syncthreads();
  if (group == 0 && column < gradient.per_row) {
    for (int other = 1; other < kJoinGroups; other++) sum += scratch[other][lane];
    gradient.finish(token, int(column), sum);
  }
}

struct Workspace {
  SortSpace sort;
  float* heads;
  float* tails;
  int64_t bytes = 0;

  Workspace(void* base, int64_t count, int32_t width, int64_t chunks) {
    for (int i = 0; i < 2; i++) {
      sort.tokens[i] = take<int32_t>(base, count);
      sort.positions[i] = take<int32_t>(base, count);
    }
    sort.counts = take<uint32_t>(base, sort_tiles(count) * kRadix);
    sort.totals = take<uint32_t>(base, kRadix);
    heads = take<float>(base, chunks * width);
    tails = take<float>(base, chunks * width);
  }
  template <class T>
  T* take(void* base, int64_t count) {
    T* taken = reinterpret_cast<T*>(static_cast<char*>(base) + bytes);
    bytes += ceil_div(count * int64_t(sizeof(T)), 256) * 256;
    return taken;
  }
};

int chunk_size(int64_t count) {
  return count <= kSmall ? 16 : 128;
}

template <class Vector>
cudaError_t sum_rows(const Chunks& chunks, const Workspace& space, const float* grad_output, float* grad_weight,
                     int32_t vocabulary, int32_t width, int32_t padding, bool accumulate,
                     const surprisal_stream* stream) {
  int per_row = int(width * sizeof(float) / sizeof(Vector));
  Gradient<Vector> gradient{reinterpret_cast<const Vector*>(grad_output),
                            reinterpret_cast<Vector*>(grad_weight),
                            reinterpret_cast<Vector*>(space.heads),
                            reinterpret_cast<Vector*>(space.tails),
                            per_row,
                            vocabulary,
                            padding,
                            accumulate};
  int lanes = 1;
  while (lanes < kChunkThreads && lanes < per_row) lanes *= 2;
  int64_t tiles = ceil_div(per_row, lanes);
  int64_t chunk_blocks = ceil_div(chunks.number * tiles, kChunkThreads / lanes);
  int rows_cleared = std::max(1, std::min(kChunkThreads, 2048 / per_row));
  int64_t blocks = chunk_blocks + (accumulate ? 0 : ceil_div(vocabulary, rows_cleared));
  Launch launch{blocks_for(blocks, 1), kChunkThreads, surprisal::cuda(stream)};
  cudaError_t result = SURPRISAL_LAUNCH(add_rows_chunks_kernel<Vector>, launch, chunks, gradient, lanes, int(tiles),
                                        chunk_blocks, rows_cleared, stream->fault);
  if (result != cudaSuccess || chunks.number < 2) return result;
  tiles = ceil_div(per_row, kJoinLanes);
  Launch join{blocks_for(chunks.number * tiles, 1), kJoinLanes * kJoinGroups, surprisal::cuda(stream)};
  return SURPRISAL_LAUNCH(add_rows_join_kernel<Vector>, join, chunks, gradient, int(tiles), stream->fault);
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_add_rows_workspace(int64_t count, int32_t vocabulary, int32_t width) {
  using namespace surprisal;
  (void)vocabulary;
  return Workspace(nullptr, count, width, ceil_div(count, chunk_size(count))).bytes;
}

extern "C" int surprisal_add_rows(const int32_t* tokens, const float* grad_output, float* grad_weight, void* workspace,
                                  int64_t count, int32_t vocabulary, int32_t width, int32_t padding, int accumulate,
                                  const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0 || count > kMostTokens || vocabulary < 0 || width < 0) {
    return invalid("add rows", "expected up to 2^30 tokens and a matrix, found %lld and [%d, %d]",
                   static_cast<long long>(count), vocabulary, width);
  }
  int size = chunk_size(count);
  Chunks chunks{nullptr, nullptr, int(count), size, int(ceil_div(count, size))};
  Workspace space(workspace, count, width, chunks.number);
  cudaError_t result = cudaSuccess;
  if (count > 0) {
    int sorted = 0;
    result = sort_tokens(tokens, space.sort, int(count), vocabulary, &sorted, stream);
    chunks.tokens = space.sort.tokens[sorted];
    chunks.positions = space.sort.positions[sorted];
  }
  bool writes = width > 0 && vocabulary > 0 && (count > 0 || !accumulate);
  if (result == cudaSuccess && writes) {
    uintptr_t bytes = reinterpret_cast<uintptr_t>(grad_output) | reinterpret_cast<uintptr_t>(grad_weight) |
                      uintptr_t(width) * sizeof(float);
    auto sum = bytes % 16 == 0 ? sum_rows<float4> : bytes % 8 == 0 ? sum_rows<float2> : sum_rows<float>;
    result = sum(chunks, space, grad_output, grad_weight, vocabulary, width, padding, accumulate != 0, stream);
  }
  return launched("add rows", result);
}
