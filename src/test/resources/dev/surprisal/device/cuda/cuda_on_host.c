/*
 * The functions of CUDA's libraries that the presets call, on host memory: enough to see that they are called as they should
 * be. Copies and zeroing can be captured; kernels are not seen here, so that work with kernels needs NO_CAPTURE.
 *
 * host-libraries.sh compiles each library from one part:
 * library DRIVER libcuda.so.1 unversioned
 * library RUNTIME libcudart.so.13
 * library BLAS libcublas.so.13
 * library BLAS_LT libcublasLt.so.13
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUCCESS = 0, INVALID_VALUE = 1, MEMORY_ALLOCATION = 2, INVALID_HANDLE = 400, NOT_SUPPORTED = 801, CAPTURE_INVALID = 901 };

#ifdef DRIVER
int cuDeviceGet(int* device, int index) {
  *device = 10 + index;
  return SUCCESS;
}

int cuDeviceGetName(char* name, int length, int device) {
  snprintf(name, length, "GPU of the host, number %d", device - 10);
  return SUCCESS;
}
#endif

#ifdef RUNTIME
/* The GPU that is used: who works on another than the one that was chosen is refused. */
#ifndef GPU
#define GPU 1
#endif

typedef struct {
  void* to;
  const void* from; /* NULL: zeros */
  size_t bytes;
} node;

typedef struct {
  int kind; /* what a handle is of: none that was freed or is another's is taken */
  int count;
  double milliseconds;
  node nodes[100];
} handle;

enum { STREAM = 11, EVENT = 12, GRAPH = 13, EXECUTABLE = 14 };

static const size_t total = (size_t)1 << 30;
static size_t used;
static int open_handles;
static int current = -1;
static handle* capturing;

static int make(void** result, int kind) {
  if (current != GPU) return INVALID_VALUE;
  handle* made = calloc(1, sizeof(handle));
  made->kind = kind;
  *result = made;
  open_handles++;
  return SUCCESS;
}

static int is(void* candidate, int kind) {
  return candidate && ((handle*)candidate)->kind == kind;
}

static int destroy(void* candidate, int kind) {
  if (!is(candidate, kind)) return INVALID_HANDLE;
  ((handle*)candidate)->kind = 0;
  open_handles--;
  return SUCCESS;
}

int cudaRuntimeGetVersion(int* version) {
  *version = 13000;
  return SUCCESS;
}

int cudaDriverGetVersion(int* version) {
  *version = 13010;
  return SUCCESS;
}

int cudaGetDeviceCount(int* count) {
  *count = 2;
  return SUCCESS;
}

int cudaDeviceGetAttribute(int* value, int attribute, int device) {
  if (attribute != 75 && attribute != 76) return INVALID_VALUE;
  *value = attribute == 75 ? 9 : device;
  return SUCCESS;
}

int cudaSetDevice(int device) {
  current = device;
  return device == 0 || device == 1 ? SUCCESS : 101;
}

const char* cudaGetErrorString(int error) {
  static char text[40];
  snprintf(text, sizeof text, "error %d of the host", error);
  return text;
}

int cudaGetLastError(void) {
  return SUCCESS;
}

static int allocate(void** result, size_t bytes) {
  if (current != GPU) return INVALID_VALUE;
  if (bytes > total - used) return MEMORY_ALLOCATION;
  size_t* block = aligned_alloc(256, (bytes + 511) / 256 * 256);
  *block = bytes;
  used += bytes;
  *result = (char*)block + 256;
  memset(*result, 0xa5, bytes);
  return SUCCESS;
}

static int release(void* address) {
  size_t* block = (size_t*)((char*)address - 256);
  used -= *block;
  free(block);
  return SUCCESS;
}

int cudaMalloc(void** result, size_t bytes) {
  return allocate(result, bytes);
}

int cudaMallocHost(void** result, size_t bytes) {
  return allocate(result, bytes);
}

int cudaFree(void* address) {
  return release(address);
}

int cudaFreeHost(void* address) {
  return release(address);
}

/* Handles that are open count as memory, so that none is forgotten. */
int cudaMemGetInfo(size_t* free_bytes, size_t* total_bytes) {
  *free_bytes = total - used - open_handles;
  *total_bytes = total;
  return SUCCESS;
}

int cudaStreamCreateWithFlags(void** stream, unsigned flags) {
  return flags == 1 ? make(stream, STREAM) : INVALID_VALUE;
}

int cudaStreamDestroy(void* stream) {
  return destroy(stream, STREAM);
}

int cudaStreamSynchronize(void* stream) {
  if (capturing) return CAPTURE_INVALID;
  return is(stream, STREAM) ? SUCCESS : INVALID_HANDLE;
}

static void carry_out(const node* work) {
  if (work->from) memmove(work->to, work->from, work->bytes);
  else memset(work->to, 0, work->bytes);
}

static int issue(void* to, const void* from, size_t bytes, void* stream) {
  if (!is(stream, STREAM) || current != GPU) return INVALID_HANDLE;
  node work = {to, from, bytes};
  if (capturing) capturing->nodes[capturing->count++] = work;
  else carry_out(&work);
  return SUCCESS;
}

int cudaMemcpyAsync(void* to, const void* from, size_t bytes, int kind, void* stream) {
  return kind >= 1 && kind <= 3 ? issue(to, from, bytes, stream) : INVALID_VALUE;
}

int cudaMemsetAsync(void* to, int value, size_t bytes, void* stream) {
  return value == 0 ? issue(to, NULL, bytes, stream) : INVALID_VALUE;
}

int cudaEventCreate(void** event) {
  return make(event, EVENT);
}

int cudaEventDestroy(void* event) {
  return destroy(event, EVENT);
}

int cudaEventRecord(void* event, void* stream) {
  if (!is(event, EVENT) || !is(stream, STREAM)) return INVALID_HANDLE;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  ((handle*)event)->milliseconds = now.tv_sec * 1e3 + now.tv_nsec / 1e6;
  return SUCCESS;
}

int cudaEventSynchronize(void* event) {
  return is(event, EVENT) ? SUCCESS : INVALID_HANDLE;
}

int cudaEventElapsedTime(float* milliseconds, void* start, void* end) {
  if (!is(start, EVENT) || !is(end, EVENT)) return INVALID_HANDLE;
  *milliseconds = (float)(((handle*)end)->milliseconds - ((handle*)start)->milliseconds);
  return SUCCESS;
}

int cudaStreamBeginCapture(void* stream, int mode) {
#ifdef NO_CAPTURE
  return NOT_SUPPORTED;
#endif
  if (!is(stream, STREAM) || mode != 1) return INVALID_VALUE;
  return make((void**)&capturing, GRAPH);
}

int cudaStreamEndCapture(void* stream, void** graph) {
  if (!is(stream, STREAM) || !capturing) return INVALID_VALUE;
  *graph = capturing;
  capturing = NULL;
  return SUCCESS;
}

int cudaGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long flags) {
  if (!is(graph, GRAPH) || flags) return INVALID_VALUE;
  int status = make(executable, EXECUTABLE);
  ((handle*)*executable)->count = ((handle*)graph)->count;
  memcpy(((handle*)*executable)->nodes, ((handle*)graph)->nodes, sizeof(((handle*)graph)->nodes));
  return status;
}

int cudaGraphDestroy(void* graph) {
  return destroy(graph, GRAPH);
}

int cudaGraphLaunch(void* executable, void* stream) {
  if (!is(executable, EXECUTABLE) || !is(stream, STREAM)) return INVALID_HANDLE;
  handle* work = executable;
  for (int i = 0; i < work->count; i++) carry_out(&work->nodes[i]);
  return SUCCESS;
}

int cudaGraphExecDestroy(void* executable) {
  return destroy(executable, EXECUTABLE);
}
#endif

#ifdef BLAS
typedef struct {
  void* stream;
  void* workspace;
  size_t bytes;
  int math;
} context;

int cublasCreate_v2(context** handle) {
  *handle = calloc(1, sizeof(context));
  return SUCCESS;
}

int cublasDestroy_v2(context* handle) {
  free(handle);
  return SUCCESS;
}

int cublasGetVersion_v2(context* handle, int* version) {
  *version = 130000;
  return handle ? SUCCESS : INVALID_VALUE;
}

int cublasSetStream_v2(context* handle, void* stream) {
  handle->stream = stream;
  return SUCCESS;
}

int cublasSetWorkspace_v2(context* handle, void* workspace, size_t bytes) {
  handle->workspace = workspace;
  handle->bytes = bytes;
  memset(workspace, 0, bytes);
  return SUCCESS;
}

int cublasSetMathMode(context* handle, int mode) {
  handle->math = mode;
  return mode == 0 || mode == 3 ? SUCCESS : INVALID_VALUE;
}

static float widened(const unsigned short* half) {
  unsigned bits = (unsigned)*half << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

/* Of bfloat16, by columns, with a float32 result and sums: types 14 and 0, computation 68, and any algorithm. */
int cublasGemmEx(context* handle, int form_a, int form_b, int m, int n, int k, const float* alpha,
                 const unsigned short* a, int type_a, int lda, const unsigned short* b, int type_b, int ldb,
                 const float* beta, float* c, int type_c, int ldc, int computation, int algorithm) {
  if (!handle->stream || !handle->workspace || handle->bytes != 32 << 20) return INVALID_VALUE;
  if (lda < (form_a ? k : m) || ldb < (form_b ? n : k) || ldc < m) return INVALID_VALUE;
  if (type_a != 14 || type_b != 14 || type_c != 0 || computation != 68 || algorithm != -1) return INVALID_VALUE;
  for (int column = 0; column < n; column++) {
    for (int row = 0; row < m; row++) {
      double sum = 0;
      for (int i = 0; i < k; i++) {
        float x = widened(form_a ? &a[i + (size_t)row * lda] : &a[row + (size_t)i * lda]);
        float y = widened(form_b ? &b[column + (size_t)i * ldb] : &b[i + (size_t)column * ldb]);
        sum += (double)x * y;
      }
      float* to = &c[row + (size_t)column * ldc];
      *to = (float)(*alpha * sum + (*beta == 0 ? 0 : *beta * *to));
    }
  }
  return SUCCESS;
}

/* By columns. In the mode that allows TF32 the last bits are dropped, so that it shows. */
int cublasSgemm_v2(context* handle, int form_a, int form_b, int m, int n, int k, const float* alpha, const float* a,
                   int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
  if (!handle->stream || !handle->workspace || handle->bytes != 32 << 20) return INVALID_VALUE;
  if (lda < (form_a ? k : m) || ldb < (form_b ? n : k) || ldc < m) return INVALID_VALUE;
  for (int column = 0; column < n; column++) {
    for (int row = 0; row < m; row++) {
      double sum = 0;
      for (int i = 0; i < k; i++) {
        float x = form_a ? a[i + (size_t)row * lda] : a[row + (size_t)i * lda];
        float y = form_b ? b[column + (size_t)i * ldb] : b[i + (size_t)column * ldb];
        sum += (double)x * y;
      }
      float* to = &c[row + (size_t)column * ldc];
      float value = (float)(*alpha * sum + (*beta == 0 ? 0 : *beta * *to));
      if (handle->math == 3) {
        unsigned bits;
        memcpy(&bits, &value, 4);
        bits &= ~0x1fffu;
        memcpy(&value, &bits, 4);
      }
      *to = value;
    }
  }
  return SUCCESS;
}
#endif
