// The allocations of cudaMalloc, to the byte.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

namespace emulator {
struct Allocation {
  uintptr_t begin = 0;
  size_t bytes = 0;
  bool freed = false;

  bool holds(uintptr_t address, size_t count) const {
    return address >= begin && address + count <= begin + bytes;
  }
};

class DeviceMemory {
 public:
  void* allocate(size_t bytes);  // null if there is no more
  bool release(void* pointer);   // false if it is no allocation

  // The last allocation that begins at or before the address; freed ones while a monitor of races watches.
  Allocation before(uintptr_t address);

 private:
  struct Entry {
    size_t bytes;
    bool freed;
  };

  std::mutex mutex_;
  std::map<uintptr_t, Entry> entries_;
  std::deque<uintptr_t> freed_;  // kept for a while, so that use of them can be told from use of others
  size_t freed_bytes_ = 0;
};

DeviceMemory& device_memory();
}  // namespace emulator
