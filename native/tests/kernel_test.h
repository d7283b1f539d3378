// What a test of kernels needs: cases that register themselves, arrays in device memory, and closeness by PyTorch's rule.
// Written against the CUDA runtime, so that the same tests run on the emulator and on a GPU.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "../device/simt.cuh"
#include "../include/surprisal.h"

namespace test {
struct Case {
  std::string name;  // FILE:WHAT_IS_PROVED
  void (*run)();
  bool brief;
  Case(const char* file, const char* name, void (*run)(), bool brief);
};

// Fails the running case; the message is in printf's manner.
void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

// A status of the C ABI or of the CUDA runtime that is not success ends the case.
void require(int status, const char* call);
void require(cudaError_t status, const char* call);

// The stream that tests issue to; its fault is clear when a case begins.
const surprisal_stream* stream();

// Waits, then gives the fault and clears it.
surprisal_fault take_fault();

// Device memory of exactly as many elements, which starts `skew` elements behind a multiple of 256 bytes.
template <class T>
class Array {
 public:
  explicit Array(size_t count, size_t skew = 0) : count_(count), skew_(skew) {
    require(cudaMalloc(reinterpret_cast<void**>(&block_), (count + skew) * sizeof(T) + 1), "cudaMalloc");
  }
  explicit Array(const std::vector<T>& values, size_t skew = 0) : Array(values.size(), skew) {
    write(values);
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() {
    cudaFree(block_);
  }
  void write(const std::vector<T>& values) {
    require(cudaMemcpy(data(), values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
  }
  std::vector<T> read() const {
    std::vector<T> values(count_);
    require(cudaMemcpy(values.data(), data(), count_ * sizeof(T), cudaMemcpyDeviceToHost), "cudaMemcpy");
    return values;
  }
  T* data() const {
    return block_ + skew_;
  }
  size_t count() const {
    return count_;
  }

 private:
  T* block_ = nullptr;
  size_t count_;
  size_t skew_;
};

// PyTorch's for float32.
constexpr double kRtol = 1.3e-6;
constexpr double kAtol = 1e-5;

// Fails unless |found - expected| <= atol + rtol |expected| everywhere; equal infinities are close.
void expect_close(const std::string& what, const std::vector<double>& expected, const std::vector<float>& found,
                  double rtol = kRtol, double atol = kAtol);

// Fails unless the bits are equal.
void expect_same(const std::string& what, const std::vector<float>& expected, const std::vector<float>& found);

// Seeded, the same on every machine.
std::vector<float> normal(uint64_t seed, size_t count, double deviation = 1);
std::vector<int32_t> integers(uint64_t seed, size_t count, int32_t bound);
}  // namespace test

// TEST(what_is_proved) { ... }
#define TEST(name) TEST_CASE(name, false)
// One of the cases that together launch every kernel and that `kernel_tests --brief` runs, under a sanitizer for one.
#define BRIEF_TEST(name) TEST_CASE(name, true)
#define TEST_CASE(name, brief)                                       \
  static void name();                                                \
  static const test::Case case_##name(__FILE__, #name, name, brief); \
  static void name()

#define CHECK(call) test::require((call), #call)
#define EXPECT(condition) \
  if (!(condition)) test::fail("%s:%d: expected %s", __FILE__, __LINE__, #condition)
