// Column sums of a matrix [R, C]: the gradient of a bias.
//
// A block sums a slab of rows over up to 128 columns: lanes lie along the columns, in the power of two that fits, and the
// block's other threads take further rows, so that a warp reads whole sectors of a narrow matrix (H = 3) as of a wide
// one (V = 10000). The rows' sums are added over shared memory as a tree. Where one slab does not hold all rows, slabs
// leave their sums in the workspace, a matrix of at most 512 rows, and a second launch of the same kernel sums that.
// Slabs and lanes depend on R and C alone.
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;
constexpr int64_t kMostSlabs = 512;
constexpr int64_t kRowsEach = 16;

struct Layout {
  int width;      // of a vector: 4 if that divides the columns, else 1
  int lanes;      // vectors that a block takes of a row
  int64_t tiles;  // blocks for a row
  int64_t slab;   // rows of a block
  int64_t slabs;
};

Layout layout_of(int64_t rows, int64_t columns) {
  Layout layout;
  layout.width = columns % 4 == 0 ? 4 : 1;
  int64_t vectors = columns / layout.width;
  layout.lanes = 1;
  while (layout.lanes < 32 && layout.lanes < vectors) layout.lanes *= 2;
  layout.tiles = ceil_div(vectors, layout.lanes);
  int64_t row_lanes = kThreads / layout.lanes;
  layout.slab = row_lanes * std::max(kRowsEach, ceil_div(rows, row_lanes * kMostSlabs));
  layout.slabs = ceil_div(rows, layout.slab);
  return layout;
}

template <int W>
struct Sum {
  float value[W];
};

template <int W>
__device__ __forceinline__ void add(Sum<W>& sum, const float* from, bool aligned) {
  if constexpr (W == 4) {
    float4 row = load4(from, aligned);
    sum.value[0] += row.x;
    sum.value[1] += row.y;
    sum.value[2] += row.z;
    sum.value[3] += row.w;
  } else {
    sum.value[0] += *from;
  }
}

// Row `s` of sums, and of second unless that is NULL, are the sums of slab s.
template <int W>
__global__ void __launch_bounds__(kThreads)
    column_sums_kernel(const float* matrix, float* sums, float* second, int64_t rows, int64_t columns, Layout layout,
                       bool accumulate, bool aligned, const surprisal_fault* fault) {
  __shared__ float scratch[W][kThreads + 8];  // so that the lines begin at banks apart
  if (faulted(fault)) return;
  int lane = threadIdx.x % layout.lanes;
  int row_lane = threadIdx.x / layout.lanes;
  int row_lanes = kThreads / layout.lanes;
  for (int64_t block = blockIdx.x; block < layout.tiles * layout.slabs; block += gridDim.x) {
    int64_t slab = block / layout.tiles;
    int64_t column = (block % layout.tiles * layout.lanes + lane) * W;
    int64_t end = slab * layout.slab + layout.slab;
    if (end > rows) end = rows;
    Sum<W> sum = {};
    if (column < columns) {
#pragma unroll 8
      for (int64_t row = slab * layout.slab + row_lane; row < end; row += row_lanes) {
        add<W>(sum, matrix + row * columns + column, aligned);
      }
    }
    for (int w = 0; w < W; w++) scratch[w][threadIdx.x] = sum.value[w];
    __syncthreads();
    for (int half = kThreads / 2; half >= layout.lanes; half /= 2) {
      if (int(threadIdx.x) < half) {
        for (int w = 0; w < W; w++) scratch[w][threadIdx.x] += scratch[w][threadIdx.x + half];
      }
      __syncthreads();
    }
    int64_t sum_column = block % layout.tiles * layout.lanes * W + threadIdx.x;
    if (int(threadIdx.x) < layout.lanes * W && sum_column < columns) {
      int64_t to = slab * columns + sum_column;
      float total = scratch[threadIdx.x % W][threadIdx.x / W];
      sums[to] = accumulate ? sums[to] + total : total;
      if (second) second[to] = accumulate ? second[to] + total : total;
    }
    __syncthreads();
  }
}

cudaError_t launch(const float* matrix, float* sums, float* second, int64_t rows, int64_t columns, const Layout& layout,
                   bool accumulate, const surprisal_stream* stream) {
  Launch launch{blocks_for(layout.tiles * layout.slabs, 1), kThreads, surprisal::cuda(stream)};
  if (layout.width == 4) {
    return SURPRISAL_LAUNCH(column_sums_kernel<4>, launch, matrix, sums, second, rows, columns, layout, accumulate,
                            aligned16(matrix), stream->fault);
  }
  return SURPRISAL_LAUNCH(column_sums_kernel<1>, launch, matrix, sums, second, rows, columns, layout, accumulate, false,
                          stream->fault);
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_column_sums_workspace(int64_t rows, int64_t columns) {
  int64_t slabs = surprisal::layout_of(rows, columns).slabs;
  return slabs > 1 ? slabs * columns * int64_t(sizeof(float)) : 0;
}

extern "C" int surprisal_column_sums(const float* matrix, float* sums, float* second, void* workspace, int64_t rows,
                                     int64_t columns, int accumulate, const surprisal_stream* stream) {
  using namespace surprisal;
  if (rows < 0 || columns < 0) {
    return invalid("column sums", "expected sizes of 0 or more, found [%lld, %lld]", static_cast<long long>(rows),
                   static_cast<long long>(columns));
  }
  if (columns == 0) return SURPRISAL_SUCCESS;
  Layout layout = layout_of(rows, columns);
  cudaError_t result = cudaSuccess;
  if (layout.slabs > 1) {
    float* partial = static_cast<float*>(workspace);
    result = launch(matrix, partial, nullptr, rows, columns, layout, false, stream);
    matrix = partial;
    rows = layout.slabs;
  }
  // Over no rows too: the sums are 0.
  layout.slab = rows;
  layout.slabs = 1;
  if (result == cudaSuccess) result = launch(matrix, sums, second, rows, columns, layout, accumulate != 0, stream);
  return launched("column sums", result);
}
