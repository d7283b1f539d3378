// How a product is cut into tiles, and what the kernels that compute it have in common.
#pragma once
#include "product.cuh"

namespace surprisal {
constexpr int kDepth = 16;  // of the operands' tiles, along k

// By the shape alone, so that the order of sums depends on nothing else.
struct ProductPlan {
  int tile;        // rows and columns of a block's part of C: 128, 64 or 32
  int64_t tiles;   // of C
  int64_t splits;  // parts into which k is split, each with blocks of its own; 1 or more
  int64_t chunk;   // terms of a part, the last one's aside: a multiple of the depth of a tile
};

ProductPlan product_plan(int64_t m, int64_t n, int64_t k);

// A product as its kernels are given it. With several splits c is the workspace, [splits, m, n], and there is no bias.
struct ProductTask {
  const void* a;
  const void* b;
  const float* bias;
  float* c;
  int64_t m, n, k;
  int64_t lda, ldb, ldc;
  int64_t chunk;
  int64_t row_tiles, column_tiles;
  bool accumulate;
  bool bfloat16_a, bfloat16_b;
  // Neighbours in a row that may be moved at once: what they are lies at a multiple of that.
  int step_a, step_b, step_c;
};

// The kernels, one launch each.
cudaError_t product_float32(const ProductTask& task, const ProductPlan& plan, surprisal_form form,
                            const surprisal_stream* stream);
cudaError_t product_tf32(const ProductTask& task, const ProductPlan& plan, surprisal_form form,
                         const surprisal_stream* stream);
}  // namespace surprisal
