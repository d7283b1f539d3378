#include <algorithm>
#include <chrono>
#include <cstring>

#include "kernel_test.h"
#if SURPRISAL_EMULATED
#include "../emulator/emulator.h"
#endif

using namespace test;

namespace {
constexpr int64_t kMillisecond = 1000000;

// The nanoseconds from before a call until the device has nothing more to do.
template <class Call>
int64_t time_of(const Call& call) {
  using std::chrono::steady_clock;
  CHECK(cudaDeviceSynchronize());
  const auto begin = steady_clock::now();
  CHECK(call());
  CHECK(cudaDeviceSynchronize());
  return std::chrono::duration_cast<std::chrono::nanoseconds>(steady_clock::now() - begin).count();
}

Array<unsigned> workspace() {
  const size_t bytes = size_t(surprisal_probe_barriers_workspace());
  return Array<unsigned>(std::vector<unsigned>(bytes / sizeof(unsigned), 0x5a5a5a5a));
}

// On a GPU the blocks count themselves in; on the emulator traffic_test.cpp sees how often they met.
void expect_met(const Array<unsigned>& workspace, int count) {
#if SURPRISAL_EMULATED
  (void)count;
  EXPECT(workspace.read()[0] == 0);
#else
  int multiprocessors = 0;
  CHECK(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
  EXPECT(workspace.read()[0] == unsigned(count * multiprocessors));
#endif
}
}  // namespace

BRIEF_TEST(a_spin_takes_its_time_and_little_more) {
  for (int64_t duration : {int64_t{1}, kMillisecond / 10, 20 * kMillisecond}) {
    int64_t least = INT64_MAX;
    for (int i = 0; i < 7; i++) {
      const int64_t time = time_of([&] { return surprisal_probe_spin(duration, stream()); });
      if (time < duration)
        fail("%lld ns took only %lld", static_cast<long long>(duration), static_cast<long long>(time));
      least = std::min(least, time);
    }
    // The host's part, and that of whatever else the machine does, is a few milliseconds.
    if (least >= duration + 15 * kMillisecond)
      fail("%lld ns took %lld", static_cast<long long>(duration), static_cast<long long>(least));
  }
}

TEST(a_spin_may_be_of_no_time) {
  CHECK(surprisal_probe_spin(0, stream()));
}

BRIEF_TEST(multiprocessors_meet_as_often_as_asked) {
  Array<unsigned> counter = workspace();
  for (int count : {0, 1, 2, 100, 3}) {
    CHECK(surprisal_probe_barriers(counter.data(), count, stream()));
    expect_met(counter, count);
  }
}

TEST(after_a_fault_nothing_spins_and_nobody_meets) {
  Array<unsigned> counter = workspace();
  surprisal_fault earlier = {};
  earlier.kind = SURPRISAL_FAULT_TOKEN;
  CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
  const int64_t duration = 2000 * kMillisecond;
  EXPECT(time_of([&] { return surprisal_probe_spin(duration, stream()); }) < duration);
  CHECK(surprisal_probe_barriers(counter.data(), 3, stream()));
  EXPECT(take_fault().kind == SURPRISAL_FAULT_TOKEN);
  expect_met(counter, 0);
}

TEST(negative_times_and_counts_are_refused) {
  EXPECT(surprisal_probe_spin(-1, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(strcmp(surprisal_message(), "probe spin: expected 0 nanoseconds or more, found -1") == 0);
  EXPECT(surprisal_probe_barriers(nullptr, -1, stream()) == SURPRISAL_INVALID_ARGUMENT);
  EXPECT(strcmp(surprisal_message(), "probe barriers: expected 0 meetings or more, found -1") == 0);
}

#if SURPRISAL_EMULATED
TEST(multiprocessors_meet_on_a_device_of_any_size) {
  const emulator::DeviceModel usual = emulator::device_model();
  Array<unsigned> counter = workspace();
  for (int multiprocessors : {1, 3, 16}) {
    emulator::DeviceModel model = usual;
    model.multiprocessors = multiprocessors;
    emulator::set_device_model(model);
    CHECK(surprisal_probe_barriers(counter.data(), 5, stream()));
  }
  emulator::set_device_model(usual);
}

TEST(a_device_without_cooperative_launches_is_told_apart) {
  const emulator::DeviceModel usual = emulator::device_model();
  emulator::DeviceModel model = usual;
  model.cooperative = false;
  emulator::set_device_model(model);
  Array<unsigned> counter = workspace();
  const int status = surprisal_probe_barriers(counter.data(), 5, stream());
  emulator::set_device_model(usual);
  EXPECT(status == SURPRISAL_LAUNCH_FAILED);
  EXPECT(strcmp(surprisal_message(),
                "probe barriers: this GPU cannot launch blocks that wait for one another "
                "(cooperative launches)") == 0);
}
#endif
