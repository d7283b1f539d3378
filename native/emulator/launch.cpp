// A launch: whether the device would take it, and its blocks on the workers.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string>
#include <utility>

#include "block.h"
#include "cuda_host.h"
#include "emulator.h"
#include "gang.h"
#include "monitor.h"
#include "settings.h"
#include "workers.h"

namespace emulator {
namespace {
constexpr unsigned kMaxCluster = 16;
// Below this many threads of a launch, waking another worker costs more than it helps.
constexpr uint64_t kThreadsPerWorker = 2048;

std::mutex one_launch;
std::map<const void*, std::string> launched;

// Block i of n in the order of the schedule.
class BlockOrder {
 public:
  BlockOrder(const Execution& execution, unsigned blocks) : schedule_(execution.schedule), blocks_(blocks) {
    if (schedule_ != Schedule::random) return;
    std::minstd_rand random(execution.seed);
    offset_ = unsigned(random()) % blocks;
    do {
      step_ = 1 + unsigned(random()) % blocks;
    } while (std::__gcd(step_, blocks) != 1);
  }

  unsigned operator()(unsigned i) const {
    if (schedule_ == Schedule::reversed) return blocks_ - 1 - i;
    return unsigned((i * uint64_t(step_) + offset_) % blocks_);
  }

 private:
  Schedule schedule_;
  unsigned blocks_;
  unsigned offset_ = 0;
  unsigned step_ = 1;
};

// Blocks that need not know of one another: a worker takes the next that nobody has.
bool run_apart(Launch& launch, unsigned blocks) {
  unsigned threads = launch.execution.threads != 0 ? launch.execution.threads : hardware_threads();
  uint64_t work = uint64_t(blocks) * launch.request.block.x * launch.request.block.y * launch.request.block.z;
  if (launch.execution.threads == 0) threads = unsigned(std::min<uint64_t>(threads, 1 + work / kThreadsPerWorker));
  if (monitor != nullptr && monitor->blocks_take_turns()) threads = 1;
  std::atomic<unsigned> next{0};
  BlockOrder order(launch.execution, blocks);
  return workers().run(std::min(threads, blocks), [&](unsigned worker) {
    Block& block = *workers().block(worker);
    block.join(nullptr, nullptr, 0);
    for (unsigned i; !launch.failure.failed() && (i = next++) < blocks;) block.run(launch, order(i));
  });
}

// Gangs of `size` blocks, one gang after the other, each block on a worker of its own.
bool run_together(Launch& launch, unsigned blocks, unsigned size) {
  if (!workers().grow(size)) return false;
  std::vector<Block*> members;
  for (unsigned i = 0; i < size; i++) members.push_back(workers().block(i));
  Gang gang(launch.failure, monitor != nullptr && monitor->blocks_take_turns());
  gang.begin(size);
  BlockOrder order(launch.execution, blocks / size);
  return workers().run(size, [&](unsigned worker) {
    Block& block = *members[worker];
    block.join(&gang, &members, worker);
    for (unsigned i = 0; i < blocks / size && !launch.failure.failed(); i++) {
      gang.take_turn();
      block.run(launch, order(i) * size + worker);
      gang.end_turn();
      gang.leave();
    }
  });
}

// What a device refuses before anything runs.
cudaError_t check(const LaunchRequest& request) {
  DeviceModel model = device_model();
  uint64_t blocks = uint64_t(request.grid.x) * request.grid.y * request.grid.z;
  uint64_t threads = uint64_t(request.block.x) * request.block.y * request.block.z;
  if (blocks == 0 || request.grid.x > 0x7fffffffu || request.grid.y > 65535 || request.grid.z > 65535) {
    return cudaErrorInvalidConfiguration;
  }
  if (threads == 0 || threads > kMaxThreads || request.block.z > 64) return cudaErrorInvalidConfiguration;
  if (request.shared_bytes > model.shared_bytes) return cudaErrorInvalidValue;
  if (request.cluster == 0 || request.cluster > kMaxCluster) return cudaErrorInvalidClusterSize;
  if (request.cluster > 1 && (model.major < 9 || request.grid.x % request.cluster != 0)) {
    return cudaErrorInvalidClusterSize;
  }
  if (request.cooperative) {
    if (!model.cooperative) return cudaErrorNotSupported;
    int resident = 0;
    resident_blocks(&resident, int(threads), request.shared_bytes);
    if (blocks > uint64_t(resident) * model.multiprocessors) return cudaErrorCooperativeLaunchTooLarge;
  }
  return cudaSuccess;
}
}  // namespace

cudaError_t launch(const LaunchRequest& request) {
  cudaError_t refused = check(request);
  if (refused != cudaSuccess) return remember(refused);
  std::string name = request.name;
  if (name.front() == '(') name = name.substr(1, name.size() - 2);  // a template's, kept together for the macro
  LaunchRequest named = request;
  named.name = name.c_str();

  std::lock_guard<std::mutex> lock(one_launch);
  launched[request.kernel] = name;
  Launch launch{named, execution(), {}};
  unsigned blocks = request.grid.x * request.grid.y * request.grid.z;
  Watch watch = watched();
  monitor = watch == Watch::races ? &race_monitor() : watch == Watch::traffic ? &traffic_monitor() : nullptr;
  if (monitor != nullptr) monitor->begin_launch(named);
  bool ran = request.cooperative   ? run_together(launch, blocks, blocks)
             : request.cluster > 1 ? run_together(launch, blocks, request.cluster)
                                   : run_apart(launch, blocks);
  if (!ran) launch.failure.set(text("the system gives no more threads for blocks that run together"));
  bool failed = launch.failure.failed();
  if (monitor != nullptr) monitor->end_launch(failed);
  if (!failed) return cudaSuccess;
  remember_report(launch.failure.report());
  return remember(cudaErrorLaunchFailure);
}

std::map<const void*, std::string> take_launched() {
  std::lock_guard<std::mutex> lock(one_launch);
  return std::exchange(launched, {});
}
}  // namespace emulator
