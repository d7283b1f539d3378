// That traffic counts are those worked out by hand, whatever the schedule and the number of OS threads.
#include "../emulator/traffic.h"

#include <cstdio>
#include <functional>

#include "../emulator/emulator.h"
#include "emulator_kernels.h"
#include "emulator_traffic.h"
#include "kernel_test.h"

using namespace test;
using emulator::Schedule;
using emulator::TrafficCounts;
using emulator::TrafficRecord;

namespace {
bool skipped() {
  if (emulator::instrumented()) return false;
  printf("    skipped: needs instrumented kernels\n");
  return true;
}

// The record of a launch, after it has run in every schedule and found the same.
TrafficRecord measured(const std::function<cudaError_t()>& launch) {
  emulator::Watch watched = emulator::watched();
  emulator::Execution before = emulator::execution();
  emulator::watch(emulator::Watch::traffic);
  emulator::take_traffic();
  for (Schedule schedule : {Schedule::forward, Schedule::reversed, Schedule::random}) {
    for (unsigned threads : {1u, 2u, 4u}) {
      emulator::set_execution({schedule, threads, threads});
      CHECK(launch());
    }
  }
  emulator::set_execution(before);
  emulator::watch(watched);
  std::vector<TrafficRecord> records = emulator::take_traffic();
  EXPECT(records.size() == 9);
  for (const TrafficRecord& record : records) EXPECT(record.counts == records[0].counts);
  return records.at(0);
}

const int kCount = 1 << 14;
}  // namespace

TEST(a_copy_moves_each_byte_once) {
  if (skipped()) return;
  Array<float> from(normal(1, kCount)), to(kCount);
  TrafficRecord record = measured([&] { return emulated::copy(from.data(), to.data(), kCount); });
  EXPECT(record.kernel == "copy_kernel" && record.grid.x == kCount / 256 && record.block.x == 256);
  const TrafficCounts& c = record.counts;
  EXPECT(c.reads().bytes == 4 * kCount && c.writes().bytes == 4 * kCount);
  EXPECT(c.reads().requests == kCount / 32 && c.reads().sectors == kCount / 8);
  EXPECT(c.reads().least_bytes() == 4 * kCount && c.reads().efficiency() == 1);
  EXPECT(c.reads().again_bytes() == 0 && c.atomics().bytes == 0 && c.blocks == kCount / 256);
}

TEST(four_floats_a_thread_make_sixteen_sectors_a_request) {
  if (skipped()) return;
  Array<float> from(normal(1, kCount)), to(kCount);
  TrafficCounts c = measured([&] { return emulated::copy4(from.data(), to.data(), kCount); }).counts;
  EXPECT(c.reads().requests == kCount / 128 && c.reads().sectors == 16 * c.reads().requests);
  EXPECT(c.writes().efficiency() == 1);
}

TEST(lanes_far_apart_move_eight_times_the_bytes) {
  if (skipped()) return;
  Array<float> from(normal(1, kCount)), to(kCount);
  TrafficCounts c = measured([&] { return emulated::copy_apart(from.data(), to.data(), kCount); }).counts;
  EXPECT(c.reads().sectors == kCount && c.writes().sectors == kCount);
  EXPECT(c.reads().efficiency() == 0.125 && c.reads().least_bytes() == 4 * kCount);
}

TEST(scalar_reads_of_four_floats_read_again) {
  if (skipped()) return;
  Array<float> from(normal(1, kCount)), to(kCount / 4);
  TrafficCounts c = measured([&] { return emulated::sum4(from.data(), to.data(), kCount / 4); }).counts;
  EXPECT(c.reads().bytes == 4 * kCount && c.reads().efficiency() == 0.25);
  EXPECT(c.reads().again_bytes() == 3 * 4 * kCount && c.reads().again_after_barrier_bytes() == 0);
}

TEST(a_column_of_a_tile_is_in_one_bank_unless_rows_are_padded) {
  if (skipped()) return;
  const int size = 64;
  Array<float> from(normal(1, size * size)), to(size * size);
  for (bool padded : {false, true}) {
    TrafficCounts c = measured([&] { return emulated::transpose(from.data(), to.data(), size, padded); }).counts;
    const emulator::SharedTraffic& loads = c.shared[int(emulator::Access::read)];
    const emulator::SharedTraffic& stores = c.shared[int(emulator::Access::write)];
    EXPECT(loads.requests == size * size / 32 && loads.cycles == loads.requests * (padded ? 1 : 32));
    EXPECT(stores.cycles == stores.requests);
    EXPECT(c.all_shared().conflicts() == (padded ? 0 : 31 * loads.requests));
    EXPECT(c.block_barriers == 4 && c.reads().efficiency() == 1 && c.writes().efficiency() == 1);
  }
}

TEST(four_floats_a_lane_are_served_by_quarter_warps) {
  if (skipped()) return;
  Array<float> from(normal(1, 128)), to(128);
  for (int step : {1, 2}) {
    TrafficCounts c = measured([&] { return emulated::shared4(from.data(), to.data(), step); }).counts;
    EXPECT(c.all_shared().cycles == 8u * unsigned(step) && c.all_shared().ideal == 8);
  }
}

TEST(what_is_read_in_every_step_is_counted_in_every_step) {
  if (skipped()) return;
  Array<float> matrix(normal(1, 256 * 32)), sums(8 * 32);
  TrafficCounts c = measured([&] { return emulated::read_again(matrix.data(), sums.data(), 8, 12); }).counts;
  EXPECT(c.reads().bytes == 12 * 4 * 256 * 32 && c.reads().least_bytes() == 4 * 256 * 32);
  EXPECT(c.reads().again_after_barrier_bytes() == 11 * 4 * 256 * 32);
  EXPECT(c.blocks_met == 12 && c.block_barriers == 8 * 12);
}

TEST(lanes_that_run_far_ahead_are_still_one_request) {
  if (skipped()) return;
  const int count = 32 * 5000;
  Array<float> from(normal(1, count)), to(32);
  TrafficCounts c = measured([&] { return emulated::long_sum(from.data(), to.data(), count); }).counts;
  EXPECT(c.reads().requests == 5000 && c.reads().sectors == 4 * 5000);
}

TEST(atomics_are_counted_apart) {
  if (skipped()) return;
  Array<int> counts(std::vector<int>(8, 0));
  TrafficCounts c = measured([&] { return emulated::count_up(counts.data(), 64); }).counts;
  EXPECT(c.atomics().bytes == 256 && c.atomics().requests == 2 && c.atomics().sectors == 2);
  EXPECT(c.reads().bytes == 0 && c.writes().bytes == 0);
}

TEST(warp_operations_are_counted_by_kind) {
  if (skipped()) return;
  Array<int> out(32 * 8);
  Array<unsigned> votes(4);
  Array<int2> pairs(8 * 64);
  EXPECT(measured([&] { return emulated::shuffles(out.data()); }).counts.shuffles == 7);
  EXPECT(measured([&] { return emulated::votes(votes.data()); }).counts.ballots == 4);
  EXPECT(measured([&] { return emulated::collective(pairs.data()); }).counts.collectives == 1);
  EXPECT(measured([&] { return emulated::warp_exchange(out.data()); }).counts.warp_barriers == 3);
  TrafficCounts c = measured([&] { return emulated::neighbours(pairs.data(), 8, 4); }).counts;
  EXPECT(c.blocks_met == 4 && c.distributed_bytes == 8 * 64 * 8);
}

TEST(the_report_is_json) {
  if (skipped()) return;
  Array<float> from(normal(1, 256)), to(256);
  std::string json = emulator::to_json({measured([&] { return emulated::copy(from.data(), to.data(), 256); })});
  EXPECT(
      json ==
      "[\n"
      "  {\"kernel\": \"copy_kernel\", \"grid\": [1, 1, 1], \"block\": [256, 1, 1],\n"
      "   \"reads\": {\"bytes\": 1024, \"requests\": 8, \"sectors\": 32, \"least_bytes\": 1024, \"again_bytes\": 0, "
      "\"again_after_barrier_bytes\": 0},\n"
      "   \"writes\": {\"bytes\": 1024, \"requests\": 8, \"sectors\": 32, \"least_bytes\": 1024, \"again_bytes\": 0, "
      "\"again_after_barrier_bytes\": 0},\n"
      "   \"atomics\": {\"bytes\": 0, \"requests\": 0, \"sectors\": 0, \"least_bytes\": 0, \"again_bytes\": 0, "
      "\"again_after_barrier_bytes\": 0},\n"
      "   \"shared\": {\"bytes\": 0, \"requests\": 0, \"cycles\": 0, \"conflicts\": 0},\n"
      "   \"distributed_bytes\": 0, \"block_barriers\": 0, \"blocks_met\": 0, \"shuffles\": 0, \"ballots\": 0, "
      "\"warp_barriers\": 0, \"collectives\": 0}\n"
      "]\n");
}
