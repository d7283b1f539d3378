#include "memory_map.h"

#include "failure.h"
#include "program.h"

namespace emulator {
bool MemoryMap::locate_shared(Block& owner, uintptr_t address, Location& location) const {
  size_t in_dynamic = address - reinterpret_cast<uintptr_t>(owner.dynamic_shared());
  size_t in_static = address - owner.thread_local_begin();
  if (in_dynamic < kMaxDynamicBytes) {
    location = {Space::shared, &owner, true, in_dynamic};
    return true;
  }
  if (in_static < Program::own().thread_local_bytes()) {
    location = {Space::shared, &owner, false, in_static};
    return true;
  }
  return false;
}

Location MemoryMap::locate(const Fiber& fiber, uintptr_t address) {
  if (on_fiber_stacks(reinterpret_cast<const void*>(address))) return {Space::local};
  for (const Allocation& allocation : recent_) {
    if (!allocation.holds(address, 1)) continue;
    last_ = allocation;
    return {Space::global};
  }
  Location location{Space::unknown};
  Block& block = *fiber.block;
  if (locate_shared(block, address, location)) return location;
  Allocation allocation = device_memory().before(address);
  if (allocation.holds(address, 1)) {
    last_ = recent_[next_++ % 4] = allocation;
    return {Space::global};
  }
  for (unsigned rank = 0; rank < block.cluster_blocks(); rank++) {
    if (!locate_shared(*block.of_cluster(rank), address, location)) continue;
    location.space = Space::distributed;
    return location;
  }
  const LaunchRequest& request = block.launch().request;
  bool argument = address - reinterpret_cast<uintptr_t>(request.call) < request.call_bytes;
  if (argument || Program::own().contains(address)) return {Space::program};
  return location;
}

Text MemoryMap::fault(const Location& location, uintptr_t address, unsigned bytes) const {
  if (location.space == Space::local || location.space == Space::program) return {};
  if ((bytes & (bytes - 1)) == 0 && address % bytes != 0) return text("misaligned");
  if (location.space == Space::global && last_.freed) return text("in a freed allocation of %zu bytes", last_.bytes);
  if (location.space == Space::global && !last_.holds(address, bytes)) {
    return text("over the end of an allocation of %zu bytes, from byte %zu", last_.bytes, address - last_.begin);
  }
  if (location.space == Space::unknown) {
    Allocation allocation = device_memory().before(address);
    if (allocation.begin == 0) return text("outside every allocation");
    size_t beyond = address - allocation.begin - allocation.bytes;
    return text("outside every allocation, %zu bytes behind the end of one of %zu bytes", beyond, allocation.bytes);
  }
  if (location.space != Space::shared && location.space != Space::distributed) return {};
  if (location.owner->ended()) return text("in shared memory of a block that has ended");
  if (location.dynamic) {
    size_t size = location.owner->dynamic_bytes();
    return location.offset + bytes <= size
               ? Text()
               : text("beyond the %zu bytes of dynamic shared memory, at byte %zu", size, location.offset);
  }
  const Program& program = Program::own();
  const SharedVariable* variable = program.variable_at(location.offset);
  if (variable != nullptr && location.offset + bytes <= variable->end) return {};
  variable = program.variable_before(location.offset);
  if (variable == nullptr) return text("outside every __shared__ variable");
  return text("beyond the %zu bytes of %s, at byte %zu", variable->end - variable->begin, variable->name.c_str(),
              location.offset - variable->begin);
}
}  // namespace emulator
