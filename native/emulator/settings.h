// What the emulator's parts ask of its settings and of the calling thread's errors.
#pragma once
#include <string>

#include "cuda_host.h"
#include "emulator.h"

namespace emulator {
unsigned hardware_threads();

// For cudaGetLastError; gives the error.
cudaError_t remember(cudaError_t error);
// For cudaGetErrorString.
void remember_report(const std::string& report);
}  // namespace emulator
