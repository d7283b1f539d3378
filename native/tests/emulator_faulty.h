// Kernels with one planted fault each.
#pragma once
#include "../device/simt.cuh"

namespace emulated {
struct Faulty {
  const char* kernel;
  const char* fault;                     // what the report must say
  int line;                              // of emulator_faulty.cu, that the report must name
  cudaError_t (*launch)(float* memory);  // 256 floats
};

// What the emulator finds in every build.
extern const Faulty kBarrierFaults[];
extern const int kBarrierFaultCount;
// What it finds in instrumented kernels only.
extern const Faulty kAccessFaults[];
extern const int kAccessFaultCount;
}  // namespace emulated
