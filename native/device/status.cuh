// How a function of the C ABI reports: a status, and a text that surprisal_message hands out.
#pragma once
#include "../include/surprisal.h"
#include "simt.cuh"

namespace surprisal {
// SURPRISAL_SUCCESS, or SURPRISAL_LAUNCH_FAILED with the device's own words.
int launched(const char* operation, cudaError_t result);

// SURPRISAL_INVALID_ARGUMENT, with a message in printf's manner.
int invalid(const char* operation, const char* format, ...) __attribute__((format(printf, 2, 3)));

// SURPRISAL_LAUNCH_FAILED, with what the device lacks.
int unsupported(const char* operation, const char* what);

inline cudaStream_t cuda(const surprisal_stream* stream) {
  return static_cast<cudaStream_t>(stream->cuda);
}
}  // namespace surprisal
