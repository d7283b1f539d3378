// How to steer the emulator from a test or a program. Every setting can also come from the environment, read once:
//
//   SURPRISAL_EMULATOR_MULTIPROCESSORS      8
//   SURPRISAL_EMULATOR_SHARED_BYTES         232448: the most a block may have
//   SURPRISAL_EMULATOR_COMPUTE_CAPABILITY   9.0
//   SURPRISAL_EMULATOR_SCHEDULE             forward, reversed or random
//   SURPRISAL_EMULATOR_THREADS              OS threads for blocks that need not run together; 0: as many as there are
//   SURPRISAL_EMULATOR_SEED                 1: of the random schedule
//   SURPRISAL_EMULATOR_MONITOR              race or traffic; for instrumented kernels
#pragma once
#include <cstddef>
#include <map>
#include <string>

namespace emulator {
struct DeviceModel {
  int multiprocessors = 8;  // few, so that a kernel that fills the device stays cheap
  size_t shared_bytes = 227 * 1024;
  int major = 9, minor = 0;
  bool cooperative = true;  // has cooperative launches

  int threads_per_multiprocessor() const;
};

enum class Schedule {
  forward,   // blocks, warps and lanes in ascending order, a warp as far as it can go
  reversed,  // the same, descending
  random     // any thread that can go on, by the seed
};

struct Execution {
  Schedule schedule = Schedule::forward;
  unsigned threads = 0;
  unsigned seed = 1;
};

// Hold for launches from now on, of all threads.
DeviceModel device_model();
void set_device_model(const DeviceModel& model);
Execution execution();
void set_execution(const Execution& execution);

enum class Watch {
  nothing,
  races,   // ends a launch at a race, an access out of bounds or misaligned, or a read of blank shared memory
  traffic  // counts; see traffic.h
};

Watch watched();
void watch(Watch what);

// The kernels that were launched since the last call, with their names; instances of one template have one name.
std::map<const void*, std::string> take_launched();

// Whether kernels of this process were compiled such that accesses can be seen.
bool instrumented();
}  // namespace emulator
