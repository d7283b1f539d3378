// Runs all cases, or those whose names contain one of the arguments, and prints the processor time of each.
#include "kernel_test.h"

#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <random>

namespace test {
namespace {
struct Stop {};

std::vector<const Case*>& cases() {
  static std::vector<const Case*> all;
  return all;
}

int failures = 0;
std::unique_ptr<Array<surprisal_fault>> fault_memory;
surprisal_stream the_stream;

// Of several processes that share the work, this one takes every n-th file from the i-th on: SURPRISAL_TEST_SHARE=i/n.
bool ours(const std::string& name) {
  static std::string file;
  static unsigned files = 0;
  const std::string of_case = name.substr(0, name.find(':'));
  files += of_case != file;
  file = of_case;
  const char* share = getenv("SURPRISAL_TEST_SHARE");
  unsigned i = 0, n = 1;
  return !share || sscanf(share, "%u/%u", &i, &n) != 2 || n == 0 || files % n == i % n;
}

bool chosen(const std::string& name, int count, char** patterns) {
  for (int i = 1; i < count; i++) {
    if (name.find(patterns[i]) != std::string::npos) return true;
  }
  return count == 1;
}
}  // namespace

Case::Case(const char* file, const char* name, void (*run)()) : run(run) {
  const char* slash = strrchr(file, '/');
  this->name = std::string(slash ? slash + 1 : file) + ":" + name;
  cases().push_back(this);
}

void fail(const char* format, ...) {
  failures++;
  if (failures > 20) return;
  printf("    ");
  va_list arguments;
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  printf("\n");
}

void require(int status, const char* call) {
  if (status == 0) return;
  fail("%s gave %d: %s", call, status, surprisal_message());
  throw Stop{};
}

const surprisal_stream* stream() {
  return &the_stream;
}

surprisal_fault take_fault() {
  require(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  surprisal_fault fault = fault_memory->read()[0];
  fault_memory->write({surprisal_fault{}});
  return fault;
}

void expect_close(const std::string& what, const std::vector<double>& expected, const std::vector<float>& found,
                  double rtol, double atol) {
  if (expected.size() != found.size()) {
    fail("%s: expected %zu values, found %zu", what.c_str(), expected.size(), found.size());
    return;
  }
  size_t apart = 0, worst = 0;
  double worst_excess = 1;
  for (size_t i = 0; i < expected.size(); i++) {
    if (expected[i] == found[i]) continue;
    double excess = std::fabs(found[i] - expected[i]) / (atol + rtol * std::fabs(expected[i]));
    if (std::isnan(excess)) excess = INFINITY;
    apart += excess > 1;
    if (excess > worst_excess) {
      worst = i;
      worst_excess = excess;
    }
  }
  if (apart > 0) {
    fail("%s: %zu of %zu values are not close; worst at %zu: expected %.9g, found %.9g", what.c_str(), apart,
         expected.size(), worst, expected[worst], found[worst]);
  }
}

void expect_same(const std::string& what, const std::vector<float>& expected, const std::vector<float>& found) {
  for (size_t i = 0; i < expected.size() || i < found.size(); i++) {
    if (i >= expected.size() || i >= found.size() || memcmp(&expected[i], &found[i], sizeof(float)) != 0) {
      fail("%s: other bits, first at %zu", what.c_str(), i);
      return;
    }
  }
}

std::vector<float> normal(uint64_t seed, size_t count, double deviation) {
  std::mt19937_64 words(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    double radius = std::sqrt(-2 * std::log((double)((words() >> 11) + 1) * 0x1p-53));
    value = (float)(deviation * radius * std::cos(6.283185307179586 * (double)(words() >> 11) * 0x1p-53));
  }
  return values;
}

std::vector<int32_t> integers(uint64_t seed, size_t count, int32_t bound) {
  std::mt19937_64 words(seed);
  std::vector<int32_t> values(count);
  for (int32_t& value : values) value = (int32_t)(words() % (uint64_t)bound);
  return values;
}
}  // namespace test

int main(int count, char** patterns) {
  using namespace test;
  fault_memory.reset(new Array<surprisal_fault>(1));
  fault_memory->write({surprisal_fault{}});
  the_stream.fault = fault_memory->data();
  int passed = 0, failed = 0;
  for (const Case* c : cases()) {
    if (!ours(c->name) || !chosen(c->name, count, patterns)) continue;
    failures = 0;
    clock_t begin = clock();
    try {
      c->run();
      surprisal_fault left = take_fault();
      if (left.kind != 0) fail("left a fault of kind %d at %lld", left.kind, (long long)left.position);
    } catch (Stop&) {
      cudaGetLastError();
      fault_memory->write({surprisal_fault{}});
    }
    (failures ? failed : passed)++;
    double seconds = static_cast<double>(clock() - begin) / CLOCKS_PER_SEC;
    printf("%s %6.2f s  %s\n", failures ? "FAILED" : "ok    ", seconds, c->name.c_str());
    fflush(stdout);
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0 || passed == 0;
}
