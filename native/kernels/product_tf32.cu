// The matrix product on tensor cores: operands rounded to TF32, sums in float32 (sm_80 and later).
//
// Tiles and copies are those of product_float32.cu. A warp computes 64 x 32, 32 x 32 or 16 x 32 of a block's tile in
// fragments of 16 x 8 (device/product/fragment.cuh), which are rounded on their way from shared memory, where the float of
// every lane lies in another bank. What was bfloat16 is exact in TF32.
//
// What bounds it on sm_90, by count and not measured: a multiprocessor does up to 1024 TF32 multiply-adds a cycle
// (some of it by wgmma alone, which this does not use) and reads 32 floats of shared memory.
// 64 x 32 takes 24 loads of a warp, 24 cycles, for 16 products of 1024 multiply-adds, 26 cycles: in balance. The
// smaller tiles take 16 for 8 products and 12 for 4 and are bound by shared memory. Occupancy is that of
// product_float32.cu.
#include "../device/fault.cuh"
#include "../device/product/fragment.cuh"
#include "../device/product/tile.cuh"

namespace surprisal {
namespace {
// A warp's sums of a tile of C.
template <class Tile>
struct WarpSums {
  static constexpr int kTile = Tile::kTile;
  static constexpr int kWarpsAcross = kTile / 32;
  static constexpr int kDown = kTile / 2 / 16;
  static constexpr int kAcross = 4;
  static_assert(Tile::kThreads == 32 * 2 * kWarpsAcross, "two warps down");

  int lane, row, column;
  FragmentC sum[kDown][kAcross] = {};

  __device__ WarpSums() {
    int warp = threadIdx.x / 32;
    lane = threadIdx.x % 32;
    row = warp / kWarpsAcross * (kTile / 2);
    column = warp % kWarpsAcross * 32;
  }

  __device__ __forceinline__ void multiply(const float* tile_a, const float* tile_b) {
    // What is on its way in registers leaves the largest tile none for the terms that come next.
#pragma unroll(kTile == 128 && Tile::A::kWidened ? 1 : 2)
    for (int k = 0; k < kDepth; k += 8) {
      FragmentB b[kAcross];
#pragma unroll
      for (int j = 0; j < kAcross; j++) {
        b[j] = fragment_b(lane,
                          [&](int term, int line) { return tile_b[Tile::B::offset(column + 8 * j + line, k + term)]; });
      }
#pragma unroll
      for (int i = 0; i < kDown; i++) {
        FragmentA a = fragment_a(
            lane, [&](int line, int term) { return tile_a[Tile::A::offset(row + 16 * i + line, k + term)]; });
#pragma unroll
        for (int j = 0; j < kAcross; j++) multiply_add(sum[i][j], a, b[j]);
      }
    }
  }

  __device__ __forceinline__ void store(const ProductTask& task, const Tile& tile) const {
#pragma unroll
    for (int i = 0; i < kDown; i++) {
#pragma unroll
      for (int j = 0; j < kAcross; j++) {
#pragma unroll
        for (int x = 0; x < 4; x += 2) {
          Neighbours<2> neighbours = {{sum[i][j].value[x], sum[i][j].value[x + 1]}};
          tile.store(task, row + 16 * i + fragment_c_row(lane, x), column + 8 * j + fragment_c_column(lane, x),
                     neighbours);
        }
      }
    }
  }
};

template <class Tile>
__global__ void __launch_bounds__(Tile::kThreads, Tile::kBlocks)
    product_tf32_kernel(const surprisal_fault* fault, ProductTask task) {
  if (faulted(fault)) return;
  __shared__ __align__(16) float shared[Tile::kFloats];
  Tile tile(task);
  WarpSums<Tile> sums;
  tile.over_k(task, shared, [&](const float* a, const float* b) { sums.multiply(a, b); });
  sums.store(task, tile);
}

struct Tf32Kernels {
  static constexpr bool kBothBfloat16 = true;
  template <class Tile>
  static cudaError_t launch(const ProductTask& task, const Launch& launch, const surprisal_fault* fault) {
    return SURPRISAL_LAUNCH(product_tf32_kernel<Tile>, launch, fault, task);
  }
};
}  // namespace

cudaError_t product_tf32(const ProductTask& task, const ProductPlan& plan, surprisal_form form,
                         const surprisal_stream* stream) {
  return launch_product<Tf32Kernels>(task, plan, form, stream);
}
}  // namespace surprisal
