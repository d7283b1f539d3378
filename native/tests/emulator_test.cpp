// That kernels do on the emulator what CUDA says, in every schedule, and that the emulated device refuses what a device
// refuses.
#include <cmath>
#include <cstring>
#include <functional>

#include "../emulator/emulator.h"
#include "emulator_kernels.h"
#include "kernel_test.h"

using namespace test;
using emulator::DeviceModel;
using emulator::Execution;
using emulator::Schedule;

namespace {
// Runs a body in every schedule, on one to four OS threads.
void in_every_schedule(const std::function<void()>& body) {
  Execution before = emulator::execution();
  for (Schedule schedule : {Schedule::forward, Schedule::reversed, Schedule::random}) {
    for (unsigned threads : {1u, 2u, 4u}) {
      emulator::set_execution({schedule, threads, 10 + threads});
      body();
    }
  }
  emulator::set_execution(before);
}

struct WithModel {
  explicit WithModel(const DeviceModel& model) {
    emulator::set_device_model(model);
  }
  ~WithModel() {
    emulator::set_device_model(before);
  }
  const DeviceModel before = emulator::device_model();
};

int attribute(cudaDeviceAttr which) {
  int value = -1;
  CHECK(cudaDeviceGetAttribute(&value, which, 0));
  return value;
}
}  // namespace

TEST(a_block_meets_at_its_barrier) {
  for (unsigned threads : {1u, 33u, 256u, 1024u}) {
    std::vector<float> in = normal(1, 3 * threads);
    Array<float> from(in), to(in.size());
    in_every_schedule([&] {
      for (auto kernel : {emulated::reverse, emulated::reverse_dynamic}) {
        CHECK(kernel(from.data(), to.data(), 3, threads));
        std::vector<float> out = to.read();
        for (unsigned i = 0; i < out.size(); i++) {
          EXPECT(out[i] == in[i / threads * threads + threads - 1 - i % threads]);
        }
      }
    });
  }
}

TEST(threads_that_do_not_wait_cover_their_elements) {
  Array<float> x(std::vector<float>(10007, 3.0f));
  CHECK(emulated::scale(x.data(), 10007, 2.0f));
  for (float value : x.read()) EXPECT(value == 6.0f);
}

TEST(shuffles_take_the_lanes_that_cuda_takes) {
  Array<int> out(32 * 8);
  in_every_schedule([&] {
    CHECK(emulated::shuffles(out.data()));
    std::vector<int> found = out.read();
    for (int lane = 0; lane < 32; lane++) {
      int expected[8] = {lane ^ 5,
                         lane + 3 < 32 ? lane + 3 : lane,
                         lane >= 3 ? lane - 3 : lane,
                         3,
                         lane / 8 * 8 + 3,
                         lane % 8 + 3 < 8 ? lane + 3 : lane,
                         lane ^ 1,
                         -(lane ^ 1)};
      for (int i = 0; i < 8; i++) EXPECT(found[8 * lane + i] == expected[i]);
    }
  });
}

TEST(parts_of_a_warp_shuffle_apart) {
  Array<int> out(32);
  in_every_schedule([&] {
    CHECK(emulated::partial_masks(out.data()));
    std::vector<int> found = out.read();
    int sum[32] = {};
    for (int step = 0; step < 3; step++) {
      int before[32];
      memcpy(before, sum, sizeof sum);
      for (int lane = 0; lane < 32; lane += 2) sum[lane] += (lane ^ 2) + before[lane ^ 2];
    }
    for (int lane = 0; lane < 32; lane++) EXPECT(found[lane] == (lane % 2 == 0 ? sum[lane] : (lane ^ 4)));
  });
}

TEST(votes_count_all_lanes) {
  Array<unsigned> out(4);
  in_every_schedule([&] {
    CHECK(emulated::votes(out.data()));
    EXPECT((out.read() == std::vector<unsigned>{0xaaaaaaaau, 1, 1, 0}));
  });
}

TEST(a_collective_gives_every_lane_its_result) {
  Array<int2> out(32);
  in_every_schedule([&] {
    CHECK(emulated::collective(out.data()));
    for (int2 found : out.read()) EXPECT(found.x == 496 && found.y == 10416);
  });
}

TEST(bits_do_not_depend_on_the_schedule) {
  const unsigned rows = 37;
  const int width = 1000;
  Array<float> in(normal(5, rows * width)), out(rows);
  CHECK(emulated::mixture(in.data(), out.data(), rows, width));
  std::vector<float> first = out.read();
  in_every_schedule([&] {
    CHECK(emulated::mixture(in.data(), out.data(), rows, width));
    expect_same("mixture", first, out.read());
  });
}

TEST(atomics_lose_nothing) {
  in_every_schedule([&] {
    Array<int> out(std::vector<int>(7, 0));
    Array<unsigned long long> wide(std::vector<unsigned long long>(1, 0));
    Array<float> sum(std::vector<float>(1, 0.0f));
    CHECK(emulated::atomics(out.data(), wide.data(), sum.data()));
    std::vector<int> found = out.read();
    EXPECT(found[0] == 255 * 256 / 2 && found[1] == -255 && found[2] == 255);
    EXPECT(found[3] == 0x7fffffff && found[4] == 256 && found[6] == 256);
    EXPECT(wide.read()[0] == 256ull << 32);
    EXPECT(sum.read()[0] == 256.0f);
  });
}

TEST(blocks_of_a_cooperative_launch_meet) {
  in_every_schedule([&] {
    std::vector<int> values(8);
    for (int i = 0; i < 8; i++) values[i] = i;
    Array<int> x(values);
    CHECK(emulated::ring(x.data(), 8, 5));
    std::vector<int> found = x.read();
    for (int i = 0; i < 8; i++) EXPECT(found[i] == (i + 5) % 8);
  });
}

TEST(groups_of_blocks_meet_apart) {
  in_every_schedule([&] {
    Array<int> x(std::vector<int>{0, 1000, 0, 1000, 0, 1000});
    CHECK(emulated::pairs(x.data(), 6, 3));
    std::vector<int> found = x.read();
    for (int pair = 0; pair < 3; pair++) {
      int steps = 3 + pair;
      int low = steps % 2 == 0 ? 0 : 1000;
      EXPECT(found[2 * pair] == low + steps && found[2 * pair + 1] == 1000 - low + steps);
    }
  });
}

TEST(blocks_of_a_cluster_see_each_others_shared_memory) {
  in_every_schedule([&] {
    for (unsigned cluster : {1u, 2u, 4u, 16u}) {
      unsigned blocks = 2 * cluster;
      Array<int2> out(blocks * 64);
      CHECK(emulated::neighbours(out.data(), blocks, cluster));
      std::vector<int2> found = out.read();
      for (unsigned i = 0; i < found.size(); i++) {
        unsigned block = i / 64, rank = (block % cluster + 1) % cluster;
        EXPECT(found[i].x == int(rank * 100 + 63 - i % 64));
        EXPECT(found[i].y == int((block / cluster * cluster + rank) * 64 + 63 - i % 64));
      }
    }
  });
}

TEST(threads_know_their_places_in_three_dimensions) {
  dim3 grid(2, 3, 2), block(5, 2, 3);
  Array<int> out(12 * 30);
  in_every_schedule([&] {
    CHECK(emulated::coordinates(out.data(), grid, block));
    std::vector<int> found = out.read();
    int i = 0;
    for (int b = 0; b < 12; b++) {
      for (int t = 0; t < 30; t++) {
        int expected = (b / 6 * 100 + b / 2 % 3 * 10 + b % 2) * 1000 + t / 10 * 100 + t / 5 % 2 * 10 + t % 5;
        EXPECT(found[i++] == expected);
      }
    }
  });
}

TEST(lanes_hand_values_on_at_a_warp_barrier) {
  Array<int> out(32);
  in_every_schedule([&] {
    CHECK(emulated::warp_exchange(out.data()));
    std::vector<int> found = out.read();
    for (int lane = 0; lane < 32; lane++) EXPECT(found[lane] == (lane < 16 ? 100 + 31 - (15 - lane) : 31 - lane));
  });
}

TEST(narrow_floats_are_rounded_to_the_nearest_even) {
  // Every float16 and bfloat16, the midpoints between neighbours, and what is just beside them.
  std::vector<float> values;
  auto add = [&](float low, float high) {
    double middle = (double(low) + high) / 2;
    for (double value : {double(low), middle}) {
      for (float each : {float(value), std::nextafterf(float(value), 0), std::nextafterf(float(value), INFINITY)}) {
        values.push_back(each);
        values.push_back(-each);
      }
    }
  };
  for (unsigned bits = 0; bits < 0x7bff; bits++) {
    add(__half2float({uint16_t(bits)}), __half2float({uint16_t(bits + 1)}));
  }
  for (unsigned bits = 0; bits < 0x7f7f; bits += 7) {
    add(__bfloat162float({uint16_t(bits)}), __bfloat162float({uint16_t(bits + 1)}));
  }
  for (float special : {65519.996f, 65520.0f, 1e30f, float(INFINITY), -float(INFINITY), 3.4028235e38f}) {
    values.push_back(special);
  }
  Array<float> in(values), half(values.size()), bfloat(values.size());
  CHECK(emulated::convert(in.data(), half.data(), bfloat.data(), int(values.size())));
  // To the nearest multiple of the step at the value's exponent, by the host's own rounding to nearest even.
  auto rounded = [](float value, int mantissa_bits, int least_exponent, double limit) {
    if (value == 0 || std::isinf(value)) return double(value);
    int exponent = std::max(std::ilogb(value), least_exponent);
    double step = std::ldexp(1.0, exponent - mantissa_bits);
    double result = std::nearbyint(value / step) * step;
    return std::fabs(result) >= limit ? std::copysign(INFINITY, value) : result;
  };
  std::vector<float> found_half = half.read(), found_bfloat = bfloat.read();
  for (size_t i = 0; i < values.size(); i++) {
    EXPECT(found_half[i] == rounded(values[i], 10, -14, 65536));
    EXPECT(found_bfloat[i] == rounded(values[i], 7, -126, 0x1p128));
  }
  EXPECT(std::isnan(__half2float(__float2half(NAN))) && std::isnan(__bfloat162float(__float2bfloat16(NAN))));
}

TEST(the_device_is_what_its_model_says) {
  WithModel model(DeviceModel{3, 100 * 1024, 8, 9});
  EXPECT(attribute(cudaDevAttrMultiProcessorCount) == 3);
  EXPECT(attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin) == 100 * 1024);
  EXPECT(attribute(cudaDevAttrComputeCapabilityMajor) == 8 && attribute(cudaDevAttrComputeCapabilityMinor) == 9);
  EXPECT(attribute(cudaDevAttrMaxThreadsPerMultiProcessor) == 1536);
  EXPECT(attribute(cudaDevAttrCooperativeLaunch) == 1 && attribute(cudaDevAttrClusterLaunch) == 0);
  int blocks = -1;
  CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, emulated::scale, 512, 0));
  EXPECT(blocks == 3);
  CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, emulated::scale, 512, 40 * 1024));
  EXPECT(blocks == 2);
  CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, emulated::scale, 512, 101 * 1024));
  EXPECT(blocks == 0);
}

TEST(clusters_that_fit_are_counted) {
  cudaLaunchAttribute attribute = {};
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim = {4, 1, 1};
  cudaLaunchConfig_t config = {dim3(8), dim3(1024), 0, nullptr, &attribute, 1};
  int clusters = -1;
  WithModel model(DeviceModel{6, 227 * 1024, 9, 0});
  CHECK(cudaOccupancyMaxActiveClusters(&clusters, emulated::scale, &config));
  EXPECT(clusters == 3);
  config.dynamicSmemBytes = 200 * 1024;
  CHECK(cudaOccupancyMaxActiveClusters(&clusters, emulated::scale, &config));
  EXPECT(clusters == 1);
}

TEST(what_does_not_fit_is_refused) {
  Array<float> x(4096);
  Array<int> ring(std::vector<int>(1000, 0));
  Array<int2> cluster(64 * 34);
  EXPECT(emulated::reverse(x.data(), x.data(), 0, 32) == cudaErrorInvalidConfiguration);
  EXPECT(emulated::reverse(x.data(), x.data(), 1, 1025) == cudaErrorInvalidConfiguration);
  EXPECT(emulated::neighbours(cluster.data(), 34, 17) == cudaErrorInvalidClusterSize);
  EXPECT(emulated::neighbours(cluster.data(), 33, 2) == cudaErrorInvalidClusterSize);
  WithModel model(DeviceModel{2, 64 * 1024, 8, 0});
  EXPECT(emulated::reverse_dynamic(x.data(), x.data(), 1, 1024) == cudaSuccess);
  emulator::set_device_model({2, 4095, 8, 0});
  EXPECT(emulated::reverse_dynamic(x.data(), x.data(), 1, 1024) == cudaErrorInvalidValue);
  emulator::set_device_model({2, 64 * 1024, 8, 0});
  EXPECT(emulated::neighbours(cluster.data(), 2, 2) == cudaErrorInvalidClusterSize);
  CHECK(emulated::ring(ring.data(), 64, 1));
  emulator::set_device_model({2, 64 * 1024, 8, 0, false});
  EXPECT(emulated::ring(ring.data(), 64, 1) == cudaErrorNotSupported);
  emulator::set_device_model({2, 64 * 1024, 8, 0});
  EXPECT(emulated::ring(ring.data(), 65, 1) == cudaErrorCooperativeLaunchTooLarge);
  EXPECT(cudaGetLastError() == cudaErrorCooperativeLaunchTooLarge);
  EXPECT(cudaGetLastError() == cudaSuccess);
}

TEST(memory_that_was_not_allocated_is_not_freed) {
  float host = 0;
  EXPECT(cudaFree(&host) == cudaErrorInvalidValue);
  void* memory = nullptr;
  CHECK(cudaMalloc(&memory, 0));
  CHECK(cudaFree(memory));
  CHECK(cudaFree(nullptr));
  EXPECT(cudaMalloc(&memory, SIZE_MAX - 100) == cudaErrorMemoryAllocation && memory == nullptr);
  cudaGetLastError();
}
