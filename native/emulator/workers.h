// The OS threads that run blocks. They stay for the life of the process, asleep between launches.
#pragma once
#include <functional>
#include <memory>
#include <vector>

namespace emulator {
class Block;

class Workers {
 public:
  // Runs work(0) to work(count - 1), each on a worker of its own, and waits for them. False if the system gives no more
  // threads. Not to be called twice at the same time.
  bool run(unsigned count, const std::function<void(unsigned)>& work);

  // The block of a worker that has run.
  Block* block(unsigned worker) const;

  // Makes sure that there are so many.
  bool grow(unsigned count);

 private:
  struct Worker;
  static void* live(void* worker);
  std::vector<Worker*> workers_;
};

Workers& workers();
}  // namespace emulator
