// Which memory an address belongs to, as a thread of a running block sees it.
#pragma once
#include "block.h"
#include "device_memory.h"

namespace emulator {
enum class Space {
  local,  // the thread's stack
  global,
  shared,       // of its own block
  distributed,  // of another block of its cluster
  program,      // the kernel's arguments, constants and global variables
  unknown
};

struct Location {
  Space space;
  Block* owner = nullptr;  // of shared memory
  bool dynamic = false;    // shared memory: whether it is the dynamic part
  size_t offset = 0;       // in the owner's dynamic shared memory or thread-local storage
};

class MemoryMap {
 public:
  Location locate(const Fiber& fiber, uintptr_t address);

  // What is wrong with an access to these bytes, or nothing. At most one call an access, after locate().
  Text fault(const Location& location, uintptr_t address, unsigned bytes) const;

 private:
  bool locate_shared(Block& owner, uintptr_t address, Location& location) const;

  Allocation recent_[4];  // kernels go to and fro between a few
  unsigned next_ = 0;     // of recent_, to be replaced
  Allocation last_;       // that was found
};
}  // namespace emulator
