// Matrix products: C = A B (+ bias) (+ C), with A or B transposed. How they are cut up, and who computes the parts.
//
// A tile of C is as large as leaves about a block for each of the 132 multiprocessors of an H100: larger tiles read
// less for a multiplication. Where tiles are few and the sums long, as those of weight gradients are (H x H sums of B
// * T terms), k is split into parts that blocks sum side by side, and a second kernel adds up the parts, in their
// order. The shape alone decides, so that the order of sums is the same on every GPU. Only fewer than 128 tiles are
// split, into fewer than 256 parts: the workspace stays below 17 MB, and the second kernel finds it in L2.
#include <algorithm>

#include "../device/fault.cuh"
#include "../device/product/plan.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int64_t kEnoughBlocks = 128;
constexpr int64_t kFewestTerms = 128;  // of a part of k: less would cost more to add up than it saves

int64_t parts(int64_t count, int64_t size) {
  return count / size + (count % size != 0);
}

// c = the sum of partial[splits, m, n] over the splits (+ bias) (+ c), a thread an element.
__global__ void sum_splits_kernel(const surprisal_fault* fault, const float* partial, const float* bias, float* c,
                                  unsigned splits, unsigned m, unsigned n, int64_t ldc, bool accumulate) {
  if (faulted(fault)) return;
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= m * n) return;
  float sum = partial[i];
#pragma unroll 4
  for (unsigned split = 1; split < splits; split++) sum += partial[size_t(split) * m * n + i];
  unsigned row = i / n;
  unsigned column = i % n;
  if (bias != nullptr) sum += bias[column];
  float* to = c + row * ldc + column;
  *to = accumulate ? sum + *to : sum;
}

// How many neighbours in a row may be moved at once, of up to 16 bytes.
int step_of(const void* matrix, int64_t pitch, int64_t columns, int bytes) {
  uintptr_t start = reinterpret_cast<uintptr_t>(matrix) / bytes;
  int step = 16 / bytes;
  while (start % step != 0 || pitch % step != 0 || columns % step != 0) step /= 2;
  return step;
}

bool has_tensor_cores() {
  int device = 0;
  int major = 0;
  return cudaGetDevice(&device) == cudaSuccess &&
         cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess && major >= 8;
}
}  // namespace

ProductPlan product_plan(int64_t m, int64_t n, int64_t k) {
  ProductPlan plan{};
  for (plan.tile = 128;; plan.tile /= 2) {
    plan.tiles = parts(m, plan.tile) * parts(n, plan.tile);
    plan.splits = std::max<int64_t>(1, std::min(k / kFewestTerms, parts(kEnoughBlocks, plan.tiles)));
    bool filled = plan.tile / 2 < std::min(m, n);
    if (plan.tile == 32 || (filled && plan.tiles * plan.splits >= kEnoughBlocks)) break;
  }
  plan.chunk = parts(parts(k, plan.splits), kDepth) * kDepth;
  if (k > 0) plan.splits = parts(k, plan.chunk);
  return plan;
}

int product(const char* operation, const Product& p, const surprisal_stream* stream) {
  if (p.m == 0 || p.n == 0 || (p.k == 0 && p.accumulate && p.bias == nullptr)) return SURPRISAL_SUCCESS;
  ProductPlan plan = product_plan(p.m, p.n, p.k);
  bool split = plan.splits > 1;
  ProductTask task{};
  task.a = p.a;
  task.b = p.b;
  task.bias = split ? nullptr : p.bias;
  task.c = split ? static_cast<float*>(p.workspace) : p.c;
  task.m = p.m;
  task.n = p.n;
  task.k = p.k;
  task.lda = p.lda;
  task.ldb = p.ldb;
  task.ldc = split ? p.n : p.ldc;
  task.chunk = plan.chunk;
  task.row_tiles = parts(p.m, plan.tile);
  task.column_tiles = parts(p.n, plan.tile);
  task.accumulate = !split && p.accumulate;
  task.bfloat16_a = p.bfloat16_a;
  task.bfloat16_b = p.bfloat16_b;
  task.step_a = step_of(p.a, p.lda, p.form == SURPRISAL_FORM_TN ? p.m : p.k, p.bfloat16_a ? 2 : 4);
  task.step_b = step_of(p.b, p.ldb, p.form == SURPRISAL_FORM_NT ? p.k : p.n, p.bfloat16_b ? 2 : 4);
  task.step_c = step_of(task.c, task.ldc, p.n, 4);
  auto multiply = p.tf32 && has_tensor_cores() ? product_tf32 : product_float32;
  int status = launched(operation, multiply(task, plan, p.form, stream));
  if (!split || status != SURPRISAL_SUCCESS) return status;
  constexpr unsigned kThreads = 256;
  unsigned blocks = unsigned(parts(p.m * p.n, kThreads));
  return launched(operation, SURPRISAL_LAUNCH(sum_splits_kernel, (Launch{blocks, kThreads, cuda(stream)}),
                                              stream->fault, static_cast<const float*>(p.workspace), p.bias, p.c,
                                              plan.splits, p.m, p.n, p.ldc, p.accumulate));
}
}  // namespace surprisal

extern "C" int64_t surprisal_product_workspace(int64_t m, int64_t n, int64_t k) {
  if (m <= 0 || n <= 0) return 0;
  surprisal::ProductPlan plan = surprisal::product_plan(m, n, k);
  return plan.splits > 1 ? plan.splits * m * n * int64_t(sizeof(float)) : 0;
}

extern "C" int surprisal_product(const surprisal_matrix_product* product, void* workspace,
                                 const surprisal_stream* stream) {
  using namespace surprisal;
  const surprisal_matrix_product& p = *product;
  if (p.m < 0 || p.n < 0 || p.k < 0) {
    return invalid("product", "expected sizes of 0 or more, found %lld x %lld sums of %lld terms",
                   static_cast<long long>(p.m), static_cast<long long>(p.n), static_cast<long long>(p.k));
  }
  if (p.form < SURPRISAL_FORM_NN || p.form > SURPRISAL_FORM_TN)
    return invalid("product", "expected a form of 0 to 2, found %d", p.form);
  bool known = p.type_b == SURPRISAL_FLOAT32 || p.type_b == SURPRISAL_BFLOAT16;
  if (!known || p.type_a != (p.form == SURPRISAL_FORM_NT ? p.type_b : SURPRISAL_FLOAT32)) {
    return invalid("product", "expected operands of types that a linear layer has, found %d and %d in form %d",
                   p.type_a, p.type_b, p.form);
  }
  Product dense{};
  dense.a = p.a;
  dense.b = p.b;
  dense.bias = p.bias;
  dense.c = p.c;
  dense.workspace = workspace;
  dense.m = p.m;
  dense.n = p.n;
  dense.k = p.k;
  dense.lda = p.form == SURPRISAL_FORM_TN ? p.m : p.k;
  dense.ldb = p.form == SURPRISAL_FORM_NT ? p.k : p.n;
  dense.ldc = p.n;
  dense.form = static_cast<surprisal_form>(p.form);
  dense.accumulate = p.accumulate != 0;
  dense.tf32 = p.tf32 != 0;
  dense.bfloat16_a = p.type_a == SURPRISAL_BFLOAT16;
  dense.bfloat16_b = p.type_b == SURPRISAL_BFLOAT16;
  return surprisal::product("product", dense, stream);
}
