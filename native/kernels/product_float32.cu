// The matrix product on CUDA cores, in float32.
//
// A block computes a tile of C of 128 x 128, 64 x 64 or 32 x 32 (product.cu says which) from tiles of A and B of 16
// terms, which asynchronous copies bring to shared memory 1 or 3 tiles ahead (device/product/tile.cuh). A thread sums 8 x 8,
// 8 x 4 or 4 x 4 elements in registers, each in the order of k.
//
// What bounds it on sm_90, whose multiprocessors do 128 FMAs and read 128 bytes of shared memory a cycle, by count and
// not measured:
// - Shared memory. 8 x 8 sums take 16 floats a term, 1 byte an FMA: counted as a quarter of a warp (8 lanes, 128 bytes)
//   a cycle, as many cycles as the FMAs. But a warp spans 4 places down and 8 across, so that its lanes ask for 384
//   different bytes a term and not 2048; what of that is served once makes it less. 8 x 4 sums take 1.5 bytes, 4 x 4
//   take 2: the smaller tiles are for products that do not fill the multiprocessors anyway.
// - L2: 2 * 128 floats a term for 128 * 128 FMAs, 1/16 byte an FMA, 8 bytes a cycle; a 32 x 32 tile, four times that.
// - Latency: 16 warps whatever the tile, 2 blocks of 35 to 41 KB of shared memory, 4 of 37 to 41 KB or 8 of 20 KB.
#include "../device/fault.cuh"
#include "../device/product/tile.cuh"

namespace surprisal {
namespace {
// The lines of an operand's tile that a thread works on, kCount of them; kPlaces threads share out the tile's lines.
// Threads at neighbouring places have neighbouring lines where rows lie along k, and four at a time where they lie
// across it: either way a float4 load of eight of them touches every bank once.
template <class Tile, int kCount, int kPlaces>
struct Lines {
  static __device__ __forceinline__ int line(int place, int i) {
    return Tile::kAlongK ? place + i * kPlaces : place * 4 + i / 4 * kPlaces * 4 + i % 4;
  }
  // Rows along k: four terms of a line.
  static __device__ __forceinline__ float4 terms(const float* tile, int place, int i, int k) {
    return load4(tile + Tile::offset(line(place, i), k), true);
  }
  // Rows across k: one term of all lines.
  static __device__ __forceinline__ void term(float (&values)[kCount], const float* tile, int place, int k) {
#pragma unroll
    for (int i = 0; i < kCount; i += 4) {
      float4 four = load4(tile + Tile::offset(line(place, i), k), true);
      values[i] = four.x;
      values[i + 1] = four.y;
      values[i + 2] = four.z;
      values[i + 3] = four.w;
    }
  }
};

// A thread's sums of a tile of C.
template <class Tile>
struct Sums {
  static constexpr int kTile = Tile::kTile;
  static constexpr int kRows = kTile == 32 ? 4 : 8;
  static constexpr int kColumns = kTile == 128 ? 8 : 4;
  static constexpr int kPlacesDown = kTile / kRows;
  static constexpr int kPlacesAcross = kTile / kColumns;
  static_assert(kPlacesDown * kPlacesAcross == Tile::kThreads, "a thread has one part of the tile");
  using Rows = Lines<typename Tile::A, kRows, kPlacesDown>;
  using Columns = Lines<typename Tile::B, kColumns, kPlacesAcross>;

  int down, across;
  float sum[kRows][kColumns] = {};

  __device__ Sums() {
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x % 32;
    down = warp / (kPlacesAcross / 8) * 4 + lane / 8;
    across = warp % (kPlacesAcross / 8) * 8 + lane % 8;
  }

  __device__ __forceinline__ void multiply(const float* tile_a, const float* tile_b) {
    // The largest tile has no registers for the four terms that come next.
#pragma unroll(kTile == 128 ? 1 : 2)
    for (int k = 0; k < kDepth; k += 4) {
      float a[4][kRows];
      if constexpr (Tile::A::kAlongK) {
#pragma unroll
        for (int i = 0; i < kRows; i++) {
          float4 four = Rows::terms(tile_a, down, i, k);
          a[0][i] = four.x;
          a[1][i] = four.y;
          a[2][i] = four.z;
          a[3][i] = four.w;
        }
      }
      if constexpr (Tile::B::kAlongK) {
#pragma unroll
        for (int j = 0; j < kColumns; j++) {
          float4 four = Columns::terms(tile_b, across, j, k);
          float b[4] = {four.x, four.y, four.z, four.w};
#pragma unroll
          for (int q = 0; q < 4; q++) {
#pragma unroll
            for (int i = 0; i < kRows; i++) sum[i][j] += a[q][i] * b[q];
          }
        }
      } else {
#pragma unroll
        for (int q = 0; q < 4; q++) {
          float b[kColumns];
          if constexpr (!Tile::A::kAlongK) Rows::term(a[q], tile_a, down, k + q);
          Columns::term(b, tile_b, across, k + q);
#pragma unroll
          for (int i = 0; i < kRows; i++) {
#pragma unroll
            for (int j = 0; j < kColumns; j++) sum[i][j] += a[q][i] * b[j];
          }
        }
      }
    }
  }

  __device__ __forceinline__ void store(const ProductTask& task, const Tile& tile) const {
    constexpr int kNeighbours = Tile::B::kAlongK ? 1 : 4;
#pragma unroll
    for (int i = 0; i < kRows; i++) {
#pragma unroll
      for (int j = 0; j < kColumns; j += kNeighbours) {
        Neighbours<kNeighbours> neighbours;
#pragma unroll
        for (int x = 0; x < kNeighbours; x++) neighbours.value[x] = sum[i][j + x];
        tile.store(task, Rows::line(down, i), Columns::line(across, j), neighbours);
      }
    }
  }
};

template <class Tile>
__global__ void __launch_bounds__(Tile::kThreads, Tile::kBlocks)
    product_float32_kernel(const surprisal_fault* fault, ProductTask task) {
  if (faulted(fault)) return;
  __shared__ __align__(16) float shared[Tile::kFloats];
  Tile tile(task);
  Sums<Tile> sums;
  tile.over_k(task, shared, [&](const float* a, const float* b) { sums.multiply(a, b); });
  sums.store(task, tile);
}

struct Float32Kernels {
  static constexpr bool kBothBfloat16 = true;
  template <class Tile>
  static cudaError_t launch(const ProductTask& task, const Launch& launch, const surprisal_fault* fault) {
    return SURPRISAL_LAUNCH(product_float32_kernel<Tile>, launch, fault, task);
  }
};
}  // namespace

cudaError_t product_float32(const ProductTask& task, const ProductPlan& plan, surprisal_form form,
                            const surprisal_stream* stream) {
  return launch_product<Float32Kernels>(task, plan, form, stream);
}
}  // namespace surprisal
