#include "settings.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

namespace emulator {
namespace {
long from_environment(const char* name, long otherwise) {
  const char* value = getenv(name);
  return value != nullptr ? strtol(value, nullptr, 10) : otherwise;
}

struct Settings {
  std::mutex mutex;
  DeviceModel model;
  Execution execution;
  Watch watch = Watch::nothing;

  Settings() {
    model.multiprocessors = int(from_environment("SURPRISAL_EMULATOR_MULTIPROCESSORS", model.multiprocessors));
    model.shared_bytes =
        size_t(from_environment("SURPRISAL_EMULATOR_SHARED_BYTES", static_cast<long>(model.shared_bytes)));
    if (const char* capability = getenv("SURPRISAL_EMULATOR_COMPUTE_CAPABILITY")) {
      sscanf(capability, "%d.%d", &model.major, &model.minor);
    }
    if (const char* schedule = getenv("SURPRISAL_EMULATOR_SCHEDULE")) {
      if (strcmp(schedule, "reversed") == 0) execution.schedule = Schedule::reversed;
      if (strcmp(schedule, "random") == 0) execution.schedule = Schedule::random;
    }
    if (const char* name = getenv("SURPRISAL_EMULATOR_MONITOR")) {
      if (strcmp(name, "race") == 0) watch = Watch::races;
      if (strcmp(name, "traffic") == 0) watch = Watch::traffic;
    }
    execution.threads = unsigned(from_environment("SURPRISAL_EMULATOR_THREADS", 0));
    execution.seed = unsigned(from_environment("SURPRISAL_EMULATOR_SEED", 1));
  }
};

Settings& settings() {
  static Settings* all = new Settings;
  return *all;
}
}  // namespace

int DeviceModel::threads_per_multiprocessor() const {
  if (major == 7) return 1024;
  bool consumer = (major == 8 && minor > 0) || major == 12;
  return consumer ? 1536 : 2048;
}

DeviceModel device_model() {
  std::lock_guard<std::mutex> lock(settings().mutex);
  return settings().model;
}

void set_device_model(const DeviceModel& model) {
  std::lock_guard<std::mutex> lock(settings().mutex);
  settings().model = model;
}

Execution execution() {
  std::lock_guard<std::mutex> lock(settings().mutex);
  return settings().execution;
}

void set_execution(const Execution& execution) {
  std::lock_guard<std::mutex> lock(settings().mutex);
  settings().execution = execution;
}

Watch watched() {
  std::lock_guard<std::mutex> lock(settings().mutex);
  return settings().watch;
}

void watch(Watch what) {
  std::lock_guard<std::mutex> lock(settings().mutex);
  settings().watch = what;
}

unsigned hardware_threads() {
  static const unsigned count = std::max(1u, std::thread::hardware_concurrency());
  return count;
}
}  // namespace emulator
