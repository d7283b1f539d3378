// Matrix products for the library's own operations: as surprisal_product, with rows that need not follow one another.
#pragma once
#include "../status.cuh"

namespace surprisal {
// C[m, n] = A B (+ bias) (+ C). lda, ldb and ldc are the distances of rows in memory, in elements: C may be
// output[:, t, :] of an output [B, T, H], with ldc = T * H.
struct Product {
  const void* a;
  const void* b;
  const float* bias;  // optional
  float* c;
  void* workspace;  // surprisal_product_workspace(m, n, k) bytes
  int64_t m, n, k;
  int64_t lda, ldb, ldc;
  surprisal_form form;
  bool accumulate;
  bool tf32;
  bool bfloat16_a, bfloat16_b;
};

// A status of the C ABI; the operation is named in the message of a failure.
int product(const char* operation, const Product& product, const surprisal_stream* stream);
}  // namespace surprisal
