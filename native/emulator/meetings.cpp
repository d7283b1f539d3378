// What kernels call to meet one another, and to find one another's shared memory.
#include "block.h"
#include "cuda_device.h"
#include "monitor.h"
#include "program.h"

namespace emulator {
namespace {
const char* const kBlockBarrier = "__syncthreads";
const char* const kGridBarrier = "grid barrier";
const char* const kClusterBarrier = "cluster barrier";
const char* const kGroupBarrier = "group barrier";
const char grid_key = 0;
}  // namespace

void block_sync(const char* file, int line) {
  here()->block->barrier(kBlockBarrier, nullptr, 1, file, line);
}

void grid_sync(const char* file, int line) {
  Block& block = *here()->block;
  const LaunchRequest& request = block.launch().request;
  if (!request.cooperative) {
    block.fault(*here(), text("grid barrier in a launch that is not cooperative, at %s", place(file, line).c_str()));
  }
  block.barrier(kGridBarrier, &grid_key, request.grid.x * request.grid.y * request.grid.z, file, line);
}

void cluster_sync(const char* file, int line) {
  Block& block = *here()->block;
  block.barrier(kClusterBarrier, block.of_cluster(0), block.cluster_blocks(), file, line);
}

void group_sync(const void* key, unsigned blocks, const char* file, int line) {
  here()->block->barrier(kGroupBarrier, key, blocks, file, line);
}

namespace {
Fiber& waiting_in(WarpOperation operation, unsigned mask, const char* file, int line) {
  Fiber& fiber = *here();
  fiber.operation = operation;
  fiber.mask = mask;
  fiber.value_bytes = 0;
  fiber.file = file;
  fiber.line = line;
  return fiber;
}
}  // namespace

void warp_sync(unsigned mask, const char* file, int line) {
  Fiber& fiber = waiting_in(WarpOperation::sync, mask, file, line);
  fiber.block->meet_warp(fiber);
}

unsigned warp_ballot(unsigned mask, bool vote, const char* file, int line) {
  Fiber& fiber = waiting_in(WarpOperation::ballot, mask, file, line);
  fiber.source = vote;
  fiber.block->meet_warp(fiber);
  return fiber.votes;
}

void warp_shuffle(unsigned mask, const void* in, void* out, unsigned bytes, unsigned source, const char* file,
                  int line) {
  Fiber& fiber = waiting_in(WarpOperation::shuffle, mask, file, line);
  fiber.value_bytes = bytes;
  fiber.source = source;
  fiber.in = in;
  fiber.out = out;
  fiber.block->meet_warp(fiber);
}

void warp_collective(unsigned mask, const void* in, void* out, Combine combine, const char* file, int line) {
  Fiber& fiber = waiting_in(WarpOperation::collective, mask, file, line);
  fiber.in = in;
  fiber.out = out;
  fiber.combine = combine;
  fiber.block->meet_warp(fiber);
}

unsigned cluster_rank() {
  const Block& block = *here()->block;
  return block.rank() % block.cluster_blocks();
}

unsigned cluster_blocks() {
  return here()->block->cluster_blocks();
}

void* cluster_address(const void* own, unsigned rank, const char* file, int line) {
  Block& block = *here()->block;
  if (rank >= block.cluster_blocks()) {
    block.fault(*here(),
                text("block %u of a cluster of %u, at %s", rank, block.cluster_blocks(), place(file, line).c_str()));
  }
  const Block& other = *block.of_cluster(rank);
  const char* address = static_cast<const char*>(own);
  const char* dynamic = reinterpret_cast<const char*>(block.dynamic_shared());
  if (address >= dynamic && address < dynamic + block.dynamic_bytes()) {
    return other.dynamic_shared() + (address - dynamic);
  }
  size_t offset = reinterpret_cast<uintptr_t>(own) - block.thread_local_begin();
  if (offset < Program::own().thread_local_bytes()) return reinterpret_cast<void*>(other.thread_local_begin() + offset);
  block.fault(*here(),
              text("map_shared_rank of an address that is not in shared memory, at %s", place(file, line).c_str()));
}

void note_atomic(const void* pointer, unsigned bytes, const void* pc) {
  if (monitor != nullptr) monitor->access(*here(), pointer, bytes, Access::atomic, pc);
}
}  // namespace emulator
