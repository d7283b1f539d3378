// Matrix products against sums in double, of operands rounded as the product rounds them.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "../device/product/product.cuh"
#include "bfloat16_reference.h"
#include "kernel_test.h"
#include "tf32_reference.h"
#if SURPRISAL_EMULATED
#include "../emulator/emulator.h"
#endif

using namespace test;

namespace {
constexpr surprisal_form kForms[] = {SURPRISAL_FORM_NN, SURPRISAL_FORM_NT, SURPRISAL_FORM_TN};

struct Call {
  int64_t m, n, k;
  surprisal_form form;
  bool bias = false;
  bool accumulate = false;
  bool tf32 = false;
  size_t skew = 0;
  bool bfloat16 = false;  // both operands in form NT, B in the others

  std::string name() const {
    char text[120];
    snprintf(text, sizeof text, "%s %lld x %lld sums of %lld terms%s%s%s%s, skew %zu",
             form == SURPRISAL_FORM_NN   ? "NN"
             : form == SURPRISAL_FORM_NT ? "NT"
                                         : "TN",
             static_cast<long long>(m), static_cast<long long>(n), static_cast<long long>(k), bias ? ", bias" : "",
             accumulate ? ", accumulate" : "", tf32 ? ", TF32" : "", bfloat16 ? ", bfloat16" : "", skew);
    return text;
  }
  bool bfloat16_a() const {
    return bfloat16 && form == SURPRISAL_FORM_NT;
  }
  std::vector<float> a() const {
    std::vector<float> values = normal(1, size_t(m * k));
    return bfloat16_a() ? rounded_to_bfloat16(values) : values;
  }
  std::vector<float> b() const {
    std::vector<float> values = normal(2, size_t(n * k));
    return bfloat16 ? rounded_to_bfloat16(values) : values;
  }
  std::vector<float> row() const {
    return normal(3, size_t(n));
  }
  std::vector<float> before() const {
    return normal(4, size_t(m * n));
  }
};

// An operand of either type; with the skew in elements of its own.
class Operand {
 public:
  Operand(const std::vector<float>& values, bool bfloat16, size_t skew)
      : floats_(bfloat16 ? std::vector<float>() : values, skew),
        halves_(bfloat16 ? bfloat16_bits(values) : std::vector<uint16_t>(), skew),
        bfloat16_(bfloat16) {}
  const void* data() const {
    return bfloat16_ ? static_cast<const void*>(halves_.data()) : floats_.data();
  }

 private:
  Array<float> floats_;
  Array<uint16_t> halves_;
  bool bfloat16_;
};

std::vector<float> run(const Call& c) {
  Operand a(c.a(), c.bfloat16_a(), c.skew), b(c.b(), c.bfloat16, c.skew);
  Array<float> bias(c.row(), c.skew), output(c.before(), c.skew);
  if (!c.accumulate) output.write(std::vector<float>(output.count(), NAN));
  Array<char> workspace(size_t(surprisal_product_workspace(c.m, c.n, c.k)));
  const surprisal_matrix_product product = {a.data(),      b.data(),     c.bias ? bias.data() : nullptr,
                                            output.data(), c.m,          c.n,
                                            c.k,           c.form,       c.bfloat16_a(),
                                            c.bfloat16,    c.accumulate, c.tf32};
  CHECK(surprisal_product(&product, workspace.data(), stream()));
  return output.read();
}

// On the values of bfloat16 operands, as floats.
std::vector<float> run_widened(const Call& c) {
  Array<float> a(c.a()), b(c.b()), bias(c.row()), output(c.before());
  Array<char> workspace(size_t(surprisal_product_workspace(c.m, c.n, c.k)));
  const surprisal_matrix_product product = {a.data(),
                                            b.data(),
                                            c.bias ? bias.data() : nullptr,
                                            output.data(),
                                            c.m,
                                            c.n,
                                            c.k,
                                            c.form,
                                            SURPRISAL_FLOAT32,
                                            SURPRISAL_FLOAT32,
                                            c.accumulate,
                                            c.tf32};
  CHECK(surprisal_product(&product, workspace.data(), stream()));
  return output.read();
}

// rounded: whether operands are rounded to TF32.
std::vector<double> reference(const Call& c, bool rounded) {
  std::vector<float> a = c.a(), b = c.b(), row = c.row(), before = c.before();
  if (rounded) {
    for (float& value : a) value = rounded_to_tf32(value);
    for (float& value : b) value = rounded_to_tf32(value);
  }
  std::vector<double> expected(size_t(c.m * c.n));
  for (int64_t i = 0; i < c.m; i++) {
    double* sums = &expected[size_t(i * c.n)];
    for (int64_t p = 0; p < c.k; p++) {
      double x = a[size_t(c.form == SURPRISAL_FORM_TN ? p * c.m + i : i * c.k + p)];
      for (int64_t j = 0; j < c.n; j++) {
        sums[j] += x * b[size_t(c.form == SURPRISAL_FORM_NT ? j * c.k + p : p * c.n + j)];
      }
    }
    for (int64_t j = 0; j < c.n; j++) {
      if (c.bias) sums[j] += row[size_t(j)];
      if (c.accumulate) sums[j] += before[size_t(i * c.n + j)];
    }
  }
  return expected;
}

// float32's tolerance; sums of k products of standard normals are of size sqrt(k), and rounding errors of both signs
// add up to sqrt(k / 64) times those of 64 terms. TF32's products are exact in float32, so it is given no more.
void expect_product(const Call& c, const std::vector<float>& found) {
  double terms = double(std::max<int64_t>(c.k, 1));
  double scale = std::max(1.0, std::sqrt(terms / 64));
  expect_close(c.name(), reference(c, c.tf32), found, kRtol * scale, kAtol * scale * std::sqrt(terms));
}

void check(const Call& c) {
  expect_product(c, run(c));
}

// Every size as m, n and k, and every two of them together.
void check_odd_sizes(bool tf32, bool bfloat16, int step) {
  constexpr int64_t kSizes[] = {1, 2, 5, 31, 33, 127, 140, 301};
  for (int i = 0; i < 8; i++) {
    for (int j = i % step; j < 8; j += step) {
      for (surprisal_form form : kForms) {
        check({kSizes[i], kSizes[j], kSizes[(i + j) % 8], form, j % 2 == 1, i % 2 == 1, tf32, size_t(i + j) % 4,
               bfloat16});
      }
    }
  }
}

// Shapes whose tiles are 128, 64 and 32 rows and columns, with more than one in either direction.
constexpr int64_t kTiled[][3] = {{2 * 128 * 32 + 4, 132, 20}, {64 * 64 + 1, 70, 37}, {3 * 32 + 4, 36, 52}};
}  // namespace

TEST(products_of_odd_sizes_are_sums_of_products) {
  check_odd_sizes(false, false, 1);
}

TEST(products_of_odd_sizes_on_tensor_cores_are_sums_of_rounded_products) {
  check_odd_sizes(true, false, 3);
}

BRIEF_TEST(products_of_bfloat16_of_odd_sizes_are_sums_of_products) {
  check_odd_sizes(false, true, 3);
}

TEST(products_of_bfloat16_of_odd_sizes_on_tensor_cores_are_sums_of_products) {
  check_odd_sizes(true, true, 3);
}

BRIEF_TEST(products_of_many_tiles_are_sums_of_products) {
  for (const auto& size : kTiled) {
    for (surprisal_form form : kForms) {
      check({size[0], size[1], size[2], form, true, false});
      check({size[0], size[1], size[2], form, false, true, true});
    }
  }
}

// Products of such operands are exact in float32, so that the order of sums alone makes the bits.
TEST(bfloat16_operands_give_the_bits_of_their_values_in_float32) {
  constexpr int64_t kSizes[][3] = {{140, 132, 100}, {129, 131, 37}, {64, 45, 1111}, {36, 32, 2100}};
  for (const auto& size : kSizes) {
    for (surprisal_form form : kForms) {
      Call c{size[0], size[1], size[2], form, true, true, false, 0, true};
      expect_same(c.name(), run_widened(c), run(c));
      // On tensor cores, of B alone: two bfloat16 operands are summed in another order.
      c.tf32 = true;
      if (form != SURPRISAL_FORM_NT) expect_same(c.name(), run_widened(c), run(c));
    }
  }
}

BRIEF_TEST(products_of_bfloat16_of_many_tiles_are_sums_of_products) {
  for (const auto& size : kTiled) {
    for (surprisal_form form : kForms) {
      check({size[0], size[1], size[2], form, true, false, false, 0, true});
      check({size[0], size[1], size[2], form, false, true, true, 0, true});
    }
  }
}

TEST(the_bits_are_the_same_whatever_the_alignment) {
  constexpr int64_t kSizes[][3] = {{140, 132, 100}, {60, 44, 28}, {36, 32, 2100}};
  for (const auto& size : kSizes) {
    for (surprisal_form form : kForms) {
      for (int options = 0; options < 4; options++) {
        bool bfloat16 = options / 2 == 1;
        Call c{size[0], size[1], size[2], form, true, true, options % 2 == 1, 0, bfloat16};
        std::vector<float> aligned = run(c);
        for (c.skew = 1; c.skew < (bfloat16 ? 8 : 4); c.skew++) expect_same(c.name(), aligned, run(c));
      }
    }
  }
}

TEST(bias_and_accumulation_are_added_or_left_out) {
  for (int options = 0; options < 4; options++) {
    for (int64_t n : {35, 36}) {
      for (surprisal_form form : kForms) {
        check({34, n, 33, form, options % 2 == 1, options / 2 == 1, false});
        check({34, n, 33, form, options % 2 == 1, options / 2 == 1, true});
        check({34, n, 33, form, options % 2 == 1, options / 2 == 1, false, 0, true});
        check({34, n, 33, form, options % 2 == 1, options / 2 == 1, true, 0, true});
      }
    }
  }
}

TEST(sums_of_no_terms_are_the_bias_or_zero_or_leave_the_output) {
  for (int options = 0; options < 4; options++) {
    for (surprisal_form form : kForms) {
      check({33, 35, 0, form, options % 2 == 1, options / 2 == 1});
      check({33, 35, 0, form, options % 2 == 1, options / 2 == 1, true});
      check({33, 35, 0, form, options % 2 == 1, options / 2 == 1, false, 0, true});
      check({33, 35, 0, form, options % 2 == 1, options / 2 == 1, true, 0, true});
    }
  }
}

TEST(long_sums_of_few_are_split_and_added_in_one_order) {
  constexpr int64_t kSizes[][3] = {{50, 50, 2100}, {1, 1, 5000}, {33, 31, 512}, {65, 66, 1111}};
  int options = 0;
  for (const auto& size : kSizes) {
    EXPECT(surprisal_product_workspace(size[0], size[1], size[2]) > 0);
    for (surprisal_form form : kForms) {
      for (bool bfloat16 : {false, true}) {
        Call c{size[0], size[1], size[2], form, options % 2 == 1, options / 2 % 2 == 1, options % 4 == 1, 0, bfloat16};
        std::vector<float> once = run(c);
        expect_product(c, once);
        expect_same(c.name(), once, run(c));
      }
      options++;
    }
  }
}

TEST(a_product_of_many_tiles_or_short_sums_needs_no_workspace) {
  EXPECT(surprisal_product_workspace(128 * 128, 128, 4096) == 0);
  EXPECT(surprisal_product_workspace(32, 32, 255) == 0);
  EXPECT(surprisal_product_workspace(0, 32, 4096) == 0);
  EXPECT(surprisal_product_workspace(32, 0, 4096) == 0);
}

TEST(the_workspace_stays_small) {
  for (int64_t rows = 1; rows < 1 << 14; rows = rows * 3 / 2 + 1) {
    for (int64_t columns = 1; columns < 1 << 14; columns = columns * 3 / 2 + 1) {
      int64_t bytes = surprisal_product_workspace(rows, columns, int64_t{1} << 33);
      if (bytes > 17 << 20)
        fail("%lld x %lld: %lld bytes", static_cast<long long>(rows), static_cast<long long>(columns),
             static_cast<long long>(bytes));
    }
  }
}

TEST(operands_are_rounded_only_when_told_to_and_where_there_are_tensor_cores) {
  Call exact{40, 40, 8, SURPRISAL_FORM_NN};
  Call rounded = exact;
  rounded.tf32 = true;
  std::vector<float> found = run(rounded);
  expect_product(rounded, found);
  double apart = 0;
  std::vector<float> unrounded = run(exact);
  for (size_t i = 0; i < found.size(); i++) apart = std::max(apart, double(std::fabs(found[i] - unrounded[i])));
  EXPECT(apart > 1e-4);
#if SURPRISAL_EMULATED
  emulator::DeviceModel model = emulator::device_model();
  emulator::DeviceModel turing = model;
  turing.major = 7;
  turing.minor = 5;
  emulator::set_device_model(turing);
  found = run(rounded);
  emulator::set_device_model(model);
  expect_same("on sm_75", unrounded, found);
#endif
}

namespace {
// Rows of a dense matrix, with NaNs between them, which bfloat16 has too.
std::vector<float> spread(const std::vector<float>& dense, int64_t rows, int64_t columns, int64_t pitch) {
  std::vector<float> values(size_t((rows - 1) * pitch + columns), NAN);
  for (int64_t i = 0; i < rows; i++) std::copy_n(&dense[size_t(i * columns)], columns, &values[size_t(i * pitch)]);
  return values;
}

void check_rows_apart(const Call& c, int64_t pitch) {
  bool a_along_k = c.form != SURPRISAL_FORM_TN, b_along_k = c.form == SURPRISAL_FORM_NT;
  Operand a(spread(c.a(), a_along_k ? c.m : c.k, a_along_k ? c.k : c.m, pitch), c.bfloat16_a(), c.skew);
  Operand b(spread(c.b(), b_along_k ? c.n : c.k, b_along_k ? c.k : c.n, pitch), c.bfloat16, c.skew);
  Array<float> bias(c.row()), output(spread(c.before(), c.m, c.n, pitch), c.skew);
  Array<char> workspace(size_t(surprisal_product_workspace(c.m, c.n, c.k)));
  surprisal::Product product{
      a.data(), b.data(), bias.data(),  output.data(), workspace.data(), c.m,       c.n, c.k, pitch, pitch,
      pitch,    c.form,   c.accumulate, c.tf32,        c.bfloat16_a(),   c.bfloat16};
  CHECK(surprisal::product("product", product, stream()));
  std::vector<float> all = output.read(), found;
  for (size_t i = 0; i < all.size(); i++) {
    if (int64_t(i) % pitch < c.n) {
      found.push_back(all[i]);
    } else if (!std::isnan(all[i])) {
      fail("%s: wrote between the rows", c.name().c_str());
    }
  }
  expect_product(c, found);
  expect_same("as dense", run(c), found);
}
}  // namespace

TEST(rows_may_lie_apart_in_memory) {
  constexpr int64_t kSizes[][3] = {{37, 40, 44}, {37, 38, 45}, {38, 40, 1054}};
  for (const auto& size : kSizes) {
    for (surprisal_form form : kForms) {
      for (size_t skew : {0, 3}) {
        check_rows_apart({size[0], size[1], size[2], form, true, true, false, skew}, 1060);
        check_rows_apart({size[0], size[1], size[2], form, true, true, false, skew}, 1061);
        for (bool tf32 : {false, true}) {
          check_rows_apart({size[0], size[1], size[2], form, true, true, tf32, skew, true}, 1060);
          check_rows_apart({size[0], size[1], size[2], form, true, true, tf32, skew, true}, 1061);
        }
      }
    }
  }
}

// One operand at a time lies in rows so far apart that offsets of rows, within a tile or of a tile, take 64 bits.
TEST(offsets_may_pass_two_to_the_31st) {
  for (int64_t size : {3, 33}) {
    const int64_t apart = ((int64_t{1} << 31) / (size - 1)) + 5;
    Array<float> large(size_t((size - 1) * apart + size));
    for (surprisal_form form : kForms) {
      Call c{size, size, size, form};
      auto write_rows = [&](const std::vector<float>& dense) {
        for (int64_t i = 0; i < size; i++) {
          CHECK(cudaMemcpy(large.data() + i * apart, &dense[size_t(i * size)], size_t(size) * sizeof(float),
                           cudaMemcpyHostToDevice));
        }
      };
      Array<float> a(c.a()), b(c.b()), output(size_t(size * size));
      auto call = [&](const float* a_from, const float* b_from, float* to) {
        auto pitch = [&](const float* matrix) { return matrix == large.data() ? apart : size; };
        surprisal::Product product{};
        product.a = a_from;
        product.b = b_from;
        product.c = to;
        product.m = product.n = product.k = size;
        product.lda = pitch(a_from);
        product.ldb = pitch(b_from);
        product.ldc = pitch(to);
        product.form = form;
        CHECK(surprisal::product("product", product, stream()));
      };
      write_rows(c.a());
      call(large.data(), b.data(), output.data());
      expect_product(c, output.read());
      write_rows(c.b());
      call(a.data(), large.data(), output.data());
      expect_product(c, output.read());
      write_rows(std::vector<float>(size_t(size * size), NAN));
      call(a.data(), b.data(), large.data());
      std::vector<float> found(size_t(size * size));
      for (int64_t i = 0; i < size; i++) {
        CHECK(cudaMemcpy(&found[size_t(i * size)], large.data() + i * apart, size_t(size) * sizeof(float),
                         cudaMemcpyDeviceToHost));
      }
      expect_product(c, found);
    }
  }
}

TEST(offsets_of_bfloat16_may_pass_two_to_the_31st) {
  for (int64_t size : {3, 33}) {
    const int64_t apart = ((int64_t{1} << 31) / (size - 1)) + 5;
    Array<uint16_t> large(size_t((size - 1) * apart + size));
    for (surprisal_form form : kForms) {
      for (bool tf32 : {false, true}) {
        Call c{size, size, size, form, false, false, tf32, 0, true};
        Operand a(c.a(), c.bfloat16_a(), 0), b(c.b(), true, 0);
        Array<float> output(size_t(size * size));
        auto check_with = [&](const void* a_from, const void* b_from, const std::vector<float>& spread_out) {
          std::vector<uint16_t> halves = bfloat16_bits(spread_out);
          for (int64_t i = 0; i < size; i++) {
            CHECK(cudaMemcpy(large.data() + i * apart, &halves[size_t(i * size)], size_t(size) * sizeof(uint16_t),
                             cudaMemcpyHostToDevice));
          }
          surprisal::Product product{};
          product.a = a_from;
          product.b = b_from;
          product.c = output.data();
          product.m = product.n = product.k = product.ldc = size;
          product.lda = a_from == large.data() ? apart : size;
          product.ldb = b_from == large.data() ? apart : size;
          product.form = form;
          product.tf32 = tf32;
          product.bfloat16_a = c.bfloat16_a();
          product.bfloat16_b = true;
          CHECK(surprisal::product("product", product, stream()));
          expect_product(c, output.read());
        };
        check_with(a.data(), large.data(), c.b());
        if (c.bfloat16_a()) check_with(large.data(), b.data(), c.a());
      }
    }
  }
}

TEST(empty_products_write_nothing) {
  Array<float> a(normal(1, 4)), c(normal(2, 4));
  for (int64_t m : {0, 4}) {
    const surprisal_matrix_product product = {a.data(), a.data(),          nullptr, c.data(), m, 4 - m,
                                              1,        SURPRISAL_FORM_NN, 0,       0,        0, 0};
    CHECK(surprisal_product(&product, nullptr, stream()));
  }
  expect_same("output", normal(2, 4), c.read());
}

TEST(after_a_fault_nothing_is_written) {
  for (int64_t k : {5, 600}) {
    Array<float> a(normal(1, size_t(k))), c(normal(2, 1));
    Array<char> workspace(size_t(surprisal_product_workspace(1, 1, k)));
    surprisal_fault fault{SURPRISAL_FAULT_TOKEN, 7, 3, 9};
    CHECK(cudaMemcpy(stream()->fault, &fault, sizeof fault, cudaMemcpyHostToDevice));
    for (int tf32 : {0, 1}) {
      for (int type : {SURPRISAL_FLOAT32, SURPRISAL_BFLOAT16}) {
        const surprisal_matrix_product product = {a.data(), a.data(),          nullptr, c.data(), 1, 1,
                                                  k,        SURPRISAL_FORM_NT, type,    type,     0, tf32};
        CHECK(surprisal_product(&product, workspace.data(), stream()));
      }
    }
    EXPECT(take_fault().position == 3);
    expect_same("output", normal(2, 1), c.read());
  }
}

TEST(sizes_and_forms_that_are_none_are_refused) {
  float x = 0;
  auto call = [&](int64_t m, int64_t n, int64_t k, int form) {
    const surprisal_matrix_product product = {&x, &x, nullptr, &x, m, n, k, form, 0, 0, 0, 0};
    return surprisal_product(&product, nullptr, stream());
  };
  EXPECT(call(-1, 1, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(1, -1, 1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(1, 1, -1, 0) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(strcmp(surprisal_message(), "product: expected sizes of 0 or more, found 1 x 1 sums of -1 terms") == 0);
  EXPECT(call(1, 1, 1, -1) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(call(1, 1, 1, 3) == SURPRISAL_INVALID_ARGUMENT);
}

TEST(types_that_no_linear_layer_has_are_refused) {
  float x = 0;
  for (surprisal_form form : kForms) {
    for (int a = -1; a < 3; a++) {
      for (int b = -1; b < 3; b++) {
        bool floats = a == SURPRISAL_FLOAT32 && b == SURPRISAL_FLOAT32;
        bool layers = b == SURPRISAL_BFLOAT16 && a == (form == SURPRISAL_FORM_NT);
        int expected = floats || layers ? SURPRISAL_SUCCESS : SURPRISAL_INVALID_ARGUMENT;
        const surprisal_matrix_product product = {&x, &x, nullptr, &x, 0, 1, 1, form, a, b, 0, 0};
        EXPECT(surprisal_product(&product, nullptr, stream()) == expected);
      }
    }
  }
  EXPECT(strcmp(surprisal_message(),
                "product: expected operands of types that a linear layer has, found 2 and 2 in form 2") == 0);
}
