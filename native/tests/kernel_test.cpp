// kernel_tests [--brief] [--list] [--json FILE] [NAME...]
//
// Runs all cases, or those whose names contain one of the words, and prints the processor time of each. --brief: of the
// cases those few that launch every kernel. --list: prints their names and runs nothing. --json: see results_file.h.
// Ends with 0 if all passed, 1 if one failed or there was none, 2 if called wrongly, and 3 where there is no GPU.
#include "kernel_test.h"

#include <chrono>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "results_file.h"
#if SURPRISAL_EMULATED
#include "../emulator/emulator.h"
#endif

namespace test {
namespace {
struct Stop {};

std::vector<const Case*>& cases() {
  static std::vector<const Case*> all;
  return all;
}

constexpr size_t kMostMessages = 20;
std::vector<std::string> messages;
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

struct Options {
  bool brief = false;
  bool list = false;
  const char* json = nullptr;
  std::vector<std::string> words;

  bool choose(const Case& c) const {
    bool named = words.empty();
    for (const std::string& word : words) named = named || c.name.find(word) != std::string::npos;
    return named && (c.brief || !brief) && ours(c.name);
  }
};

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i++) {
    const std::string argument = arguments[i];
    if (argument == "--brief") {
      options.brief = true;
    } else if (argument == "--list") {
      options.list = true;
    } else if (argument == "--json" && i + 1 < count) {
      options.json = arguments[++i];
    } else if (argument.compare(0, 2, "--") == 0) {
      fprintf(stderr, "unknown, or without its value: %s\n", arguments[i]);
      fprintf(stderr, "usage: kernel_tests [--brief] [--list] [--json FILE] [NAME...]\n");
      exit(2);
    } else {
      options.words.push_back(argument);
    }
  }
  return options;
}

#if SURPRISAL_EMULATED
// Holds the brief cases to what they are for. Cases of the emulator have kernels of their own.
class Coverage {
 public:
  void ran(const Case& c) {
    const std::map<const void*, std::string> launched = emulator::take_launched();
    if (c.name.compare(0, 9, "emulator_") == 0) return;
    for (const auto& [kernel, name] : launched) {
      if (c.brief) {
        brief_.insert(kernel);
      } else {
        others_[kernel] = name + " is launched by " + c.name;
      }
    }
  }
  void check() const {
    for (const auto& [kernel, where] : others_) {
      if (brief_.count(kernel) == 0) fail("%s, and by no BRIEF_TEST", where.c_str());
    }
  }

 private:
  std::set<const void*> brief_;
  std::map<const void*, std::string> others_;
};
#endif

// Whether the device is fit for another case after one that was given up.
bool recover() {
  cudaGetLastError();
  cudaError_t result = cudaMemset(fault_memory->data(), 0, sizeof(surprisal_fault));
  if (result == cudaSuccess) result = cudaDeviceSynchronize();
  if (result != cudaSuccess) fail("no case can follow: %s", cudaGetErrorString(result));
  return result == cudaSuccess;
}

// Whether more cases can be run.
bool run(const Case& c) {
  try {
    c.run();
    surprisal_fault left = take_fault();
    if (left.kind != 0) fail("left a fault of kind %d at %lld", left.kind, static_cast<long long>(left.position));
    return true;
  } catch (Stop&) {
    return recover();
  }
}

}  // namespace

Case::Case(const char* file, const char* name, void (*run)(), bool brief) : run(run), brief(brief) {
  const char* slash = strrchr(file, '/');
  this->name = std::string(slash ? slash + 1 : file) + ":" + name;
  cases().push_back(this);
}

void fail(const char* format, ...) {
  if (messages.size() == kMostMessages) return;
  char text[2000];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  printf("    %s\n", text);
  messages.push_back(text);
}

void require(int status, const char* call) {
  if (status == SURPRISAL_SUCCESS) return;
  fail("%s gave %d: %s", call, status, surprisal_message());
  throw Stop{};
}

void require(cudaError_t status, const char* call) {
  if (status == cudaSuccess) return;
  fail("%s gave %d: %s", call, status, cudaGetErrorString(status));
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
    double radius = std::sqrt(-2 * std::log(double((words() >> 11) + 1) * 0x1p-53));
    value = float(deviation * radius * std::cos(6.283185307179586 * double(words() >> 11) * 0x1p-53));
  }
  return values;
}

std::vector<int32_t> integers(uint64_t seed, size_t count, int32_t bound) {
  std::mt19937_64 words(seed);
  std::vector<int32_t> values(count);
  for (int32_t& value : values) value = int32_t(words() % uint64_t(bound));
  return values;
}
}  // namespace test

int main(int count, char** arguments) {
  using namespace test;
  using std::chrono::steady_clock;
  const Options options = parse(count, arguments);
  std::vector<const Case*> chosen;
  for (const Case* c : cases()) {
    if (options.choose(*c)) chosen.push_back(c);
  }
  if (options.list) {
    for (const Case* c : chosen) printf("%s\n", c->name.c_str());
    return chosen.empty();
  }
  if (cudaError_t result = cudaFree(nullptr); result != cudaSuccess) {
    fprintf(stderr, "there is no GPU to test on: %s\n", cudaGetErrorString(result));
    return 3;
  }
  fault_memory.reset(new Array<surprisal_fault>(1));
  fault_memory->write({surprisal_fault{}});
  the_stream.fault = fault_memory->data();
  ResultsFile results(options.json);
#if SURPRISAL_EMULATED
  Coverage coverage;
#endif
  int passed = 0, failed = 0;
  bool usable = true;
  for (size_t i = 0; i < chosen.size() && usable; i++) {
    messages.clear();
    results.begin(chosen[i]->name);
    clock_t processor = clock();
    auto begin = steady_clock::now();
    usable = run(*chosen[i]);
#if SURPRISAL_EMULATED
    coverage.ran(*chosen[i]);
    if (i + 1 == cases().size()) coverage.check();
#endif
    double milliseconds = std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count();
    double seconds = double(clock() - processor) / CLOCKS_PER_SEC;
    results.end(milliseconds, messages);
    (messages.empty() ? passed : failed)++;
    printf("%s %6.2f s  %s\n", messages.empty() ? "ok    " : "FAILED", seconds, chosen[i]->name.c_str());
    fflush(stdout);
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0 || passed == 0;
}
