// What the library says about itself and about the last failure.
#include <cstdarg>
#include <cstdio>

#include "../device/status.cuh"

#ifndef SURPRISAL_BUILD
#define SURPRISAL_BUILD "unknown"
#endif

namespace surprisal {
namespace {
thread_local char message[2000] = "";
}

int launched(const char* operation, cudaError_t result) {
  return result == cudaSuccess ? SURPRISAL_SUCCESS : unsupported(operation, cudaGetErrorString(result));
}

int unsupported(const char* operation, const char* what) {
  snprintf(message, sizeof message, "%s: %s", operation, what);
  return SURPRISAL_LAUNCH_FAILED;
}

int invalid(const char* operation, const char* format, ...) {
  int used = snprintf(message, sizeof message, "%s: ", operation);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message + used, sizeof message - used, format, arguments);
  va_end(arguments);
  return SURPRISAL_INVALID_ARGUMENT;
}
}  // namespace surprisal

extern "C" const char* surprisal_build(void) {
  return SURPRISAL_BUILD;
}

extern "C" const char* surprisal_message(void) {
  return surprisal::message;
}
