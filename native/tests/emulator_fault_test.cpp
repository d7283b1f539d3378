// That every planted fault is reported with kernel, block, thread and line, that the device goes on afterwards, and
// that kernels without a fault are not reported.
#include <cstdio>
#include <functional>
#include <string>

#include "../emulator/emulator.h"
#include "emulator_faulty.h"
#include "emulator_kernels.h"
#include "kernel_test.h"

using namespace test;
using emulated::Faulty;
using emulator::Schedule;
using emulator::Watch;

namespace {
struct Watching {
  explicit Watching(Watch what) {
    emulator::watch(what);
  }
  ~Watching() {
    emulator::watch(before);
  }
  const Watch before = emulator::watched();
};

void in_schedules(const std::function<void()>& body) {
  emulator::Execution before = emulator::execution();
  for (Schedule schedule : {Schedule::forward, Schedule::reversed, Schedule::random}) {
    emulator::set_execution({schedule, 2, 7});
    body();
  }
  emulator::set_execution(before);
}

void expect_reported(const Faulty& faulty) {
  void* exact = nullptr;  // an Array has a byte more than its elements
  CHECK(cudaMalloc(&exact, 1024));
  CHECK(cudaMemset(exact, 0, 1024));
  cudaError_t error = faulty.launch(static_cast<float*>(exact));
  std::string report = cudaGetErrorString(cudaErrorLaunchFailure);
  CHECK(cudaFree(exact));
  if (error != cudaErrorLaunchFailure) fail("%s gave %d", faulty.kernel, int(error));
  for (const std::string& part : {"kernel " + std::string(faulty.kernel) + ", block (", std::string("), thread ("),
                                  std::string(faulty.fault), "emulator_faulty.cu:" + std::to_string(faulty.line)}) {
    if (report.find(part) == std::string::npos) {
      fail("%s: no \"%s\" in: %s", faulty.kernel, part.c_str(), report.c_str());
    }
  }
  EXPECT(cudaGetLastError() == cudaErrorLaunchFailure);
}

// That results are right after a fault.
void expect_usable() {
  std::vector<float> in = normal(1, 256);
  Array<float> from(in), to(256);
  CHECK(emulated::reverse(from.data(), to.data(), 1, 256));
  std::vector<float> out = to.read();
  for (int i = 0; i < 256; i++) EXPECT(out[i] == in[255 - i]);
}

bool skipped() {
  if (emulator::instrumented()) return false;
  printf("    skipped: needs instrumented kernels\n");
  return true;
}
}  // namespace

TEST(threads_that_do_not_meet_are_reported) {
  in_schedules([] {
    for (int i = 0; i < emulated::kBarrierFaultCount; i++) {
      expect_reported(emulated::kBarrierFaults[i]);
      expect_usable();
    }
  });
}

TEST(bad_accesses_are_reported) {
  if (skipped()) return;
  Watching races(Watch::races);
  in_schedules([] {
    for (int i = 0; i < emulated::kAccessFaultCount; i++) {
      expect_reported(emulated::kAccessFaults[i]);
      expect_usable();
    }
  });
}

TEST(good_kernels_are_not_reported) {
  if (skipped()) return;
  Watching races(Watch::races);
  in_schedules([] {
    Array<float> in(normal(1, 3000)), out(3000);
    Array<int> numbers(std::vector<int>(1024, 0));
    Array<int2> pairs(512);
    Array<unsigned> votes(4);
    Array<unsigned long long> wide(std::vector<unsigned long long>(1, 0));
    CHECK(emulated::reverse(in.data(), out.data(), 3, 1000));
    CHECK(emulated::reverse_dynamic(in.data(), out.data(), 3, 1000));
    CHECK(emulated::scale(out.data(), 3000, 2.0f));
    CHECK(emulated::shuffles(numbers.data()));
    CHECK(emulated::partial_masks(numbers.data()));
    CHECK(emulated::votes(votes.data()));
    CHECK(emulated::collective(pairs.data()));
    CHECK(emulated::mixture(in.data(), out.data(), 3, 1000));
    CHECK(emulated::atomics(numbers.data(), wide.data(), out.data()));
    CHECK(emulated::ring(numbers.data(), 8, 5));
    CHECK(emulated::pairs(numbers.data(), 6, 3));
    CHECK(emulated::neighbours(pairs.data(), 8, 4));
    CHECK(emulated::warp_exchange(numbers.data()));
    CHECK(emulated::convert(in.data(), out.data(), in.data(), 3000));
  });
}

TEST(host_memory_is_not_device_memory) {
  if (skipped()) return;
  Watching races(Watch::races);
  std::vector<float> host(64, 1.0f);
  EXPECT(emulated::scale(host.data(), 64, 2.0f) == cudaErrorLaunchFailure);
  EXPECT(std::string(cudaGetErrorString(cudaErrorLaunchFailure)).find("outside every allocation") != std::string::npos);
  EXPECT(host[0] == 1.0f);  // the access did not happen
}
