/*
 * The functions of cuDNN that the preset calls for a recurrent layer, on host memory. They compute nothing: they check their
 * arguments, write everything that a call writes, and append each call to the file that CUDNN_CALLS names.
 *
 * host-libraries.sh compiles each library from one part:
 * library GRAPH libcudnn_graph.so.9
 * library OPS libcudnn_ops.so.9
 * library ADV libcudnn_adv.so.9
 * library CNN libcudnn_cnn.so.9
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUCCESS = 0, BAD_PARAM = 2000, NOT_SUPPORTED = 3000 };
enum { STANDARD = 0, PERSISTENT = 1, PERSISTENT_SMALL = 3 };

typedef struct {
  void* stream;
} context;

typedef struct {
  int algorithm, cell, bias, direction, input_mode, type, precision, math, input, hidden, projection, layers, flags;
} layer;

typedef struct {
  int type, layout, window, batch, size;
} sequences;

typedef struct {
  int type, sizes[3], strides[3];
} tensor;

#define NOTE(...)                                         \
  do {                                                    \
    FILE* calls = fopen(getenv("CUDNN_CALLS"), "a");      \
    fprintf(calls, __VA_ARGS__);                          \
    fputc('\n', calls);                                   \
    fclose(calls);                                        \
  } while (0)

#define CREATE(name, type)        \
  int cudnnCreate##name(type** made) { \
    NOTE("create " #name);        \
    *made = calloc(1, sizeof(type)); \
    return SUCCESS;               \
  }                               \
  int cudnnDestroy##name(type* made) { \
    if (!made) return BAD_PARAM;  \
    NOTE("destroy " #name);       \
    free(made);                   \
    return SUCCESS;               \
  }

#ifdef GRAPH
CREATE(, context)

int cudnnSetStream(context* handle, void* stream) {
  handle->stream = stream;
  return stream ? SUCCESS : BAD_PARAM;
}

size_t cudnnGetVersion(void) {
  return 91900;
}

const char* cudnnGetErrorString(int status) {
  static char text[40];
  snprintf(text, sizeof text, "status %d of the host", status);
  return text;
}
#endif

#ifdef OPS
typedef struct {
  int set;
} dropout;

CREATE(DropoutDescriptor, dropout)
CREATE(TensorDescriptor, tensor)

int cudnnSetDropoutDescriptor(dropout* made, context* handle, float share, void* states, size_t bytes,
                              unsigned long long seed) {
  made->set = 1;
  return handle && share == 0 && !states && !bytes && !seed ? SUCCESS : BAD_PARAM;
}

int cudnnSetTensorNdDescriptor(tensor* made, int type, int count, const int* sizes, const int* strides) {
  if (count != 3) return BAD_PARAM;
  made->type = type;
  memcpy(made->sizes, sizes, sizeof made->sizes);
  memcpy(made->strides, strides, sizeof made->strides);
  return SUCCESS;
}
#endif

#ifdef ADV
static const size_t workspace_bytes = 1000;
static const size_t reserve_bytes = 2000;
enum { FORWARD = 0x11, BACKWARD = 0x22, WRITTEN = 0x33 };

CREATE(RNNDescriptor, layer)
CREATE(RNNDataDescriptor, sequences)

int cudnnSetRNNDescriptor_v8(layer* made, int algorithm, int cell, int bias, int direction, int input_mode, int type,
                             int precision, int math, int input, int hidden, int projection, int layers,
                             void* dropout, unsigned flags) {
  NOTE("layer algorithm=%d cell=%d bias=%d direction=%d input_mode=%d type=%d precision=%d math=%d input=%d hidden=%d"
       " projection=%d layers=%d flags=%u",
       algorithm, cell, bias, direction, input_mode, type, precision, math, input, hidden, projection, layers, flags);
  layer all = {algorithm, cell,  bias,   direction,  input_mode, type, precision,
               math,      input, hidden, projection, layers,     flags};
  *made = all;
  if (!dropout) return BAD_PARAM;
  return algorithm == PERSISTENT ? NOT_SUPPORTED : SUCCESS;
}

int cudnnSetRNNDataDescriptor(sequences* made, int type, int layout, int window, int batch, int size,
                              const int* lengths, void* padding) {
  NOTE("sequences type=%d layout=%d window=%d batch=%d size=%d", type, layout, window, batch, size);
  for (int i = 0; i < batch; i++) {
    if (lengths[i] != window) return BAD_PARAM;
  }
  sequences all = {type, layout, window, batch, size};
  *made = all;
  return padding ? BAD_PARAM : SUCCESS;
}

static size_t element(int type) {
  return type == 9 ? 2 : 4;
}

static size_t weight_bytes(const layer* rnn) {
  size_t hidden = rnn->hidden;
  return element(rnn->type) * (2 * hidden * hidden + 2 * hidden);
}

int cudnnGetRNNWeightSpaceSize(context* handle, layer* rnn, size_t* bytes) {
  *bytes = weight_bytes(rnn);
  return handle ? SUCCESS : BAD_PARAM;
}

int cudnnGetRNNTempSpaceSizes(context* handle, layer* rnn, int mode, sequences* x, size_t* work, size_t* reserve) {
  *work = workspace_bytes;
  *reserve = mode ? reserve_bytes : 0;
  return handle && rnn && x ? SUCCESS : BAD_PARAM;
}

static int fits(const context* handle, const layer* rnn, const sequences* x, const sequences* y, const tensor* h) {
  int sizes[] = {1, x->batch, rnn->hidden};
  int strides[] = {x->batch * rnn->hidden, rnn->hidden, 1};
  return handle->stream && x->type == rnn->type && y->type == rnn->type && h->type == rnn->type &&
         x->size == rnn->input && y->size == rnn->projection && x->window == y->window && x->batch == y->batch &&
         !memcmp(h->sizes, sizes, sizeof sizes) && !memcmp(h->strides, strides, sizeof strides);
}

static size_t sequence_bytes(const sequences* of) {
  return element(of->type) * of->window * of->batch * of->size;
}

static size_t state_bytes(const tensor* of) {
  return element(of->type) * of->sizes[1] * of->sizes[2];
}

static int holds(const char* memory, size_t bytes, char value) {
  for (size_t i = 0; i < bytes; i++) {
    if (memory[i] != value) return 0;
  }
  return 1;
}

int cudnnRNNForward(context* handle, layer* rnn, int mode, const int* lengths, sequences* xs, const void* x,
                    sequences* ys, void* y, tensor* hs, const void* hx, void* hy, tensor* cs, const void* cx, void* cy,
                    size_t weights_size, const void* weights, size_t work_size, void* work, size_t reserve_size,
                    void* reserve) {
  NOTE("forward mode=%d", mode);
  if (!fits(handle, rnn, xs, ys, hs) || lengths || cs || cx || cy || !x || !hx || !weights) return BAD_PARAM;
  if (weights_size != weight_bytes(rnn) || work_size != workspace_bytes) return BAD_PARAM;
  if (reserve_size != (mode ? reserve_bytes : 0)) return BAD_PARAM;
  memset(y, WRITTEN, sequence_bytes(ys));
  memset(hy, WRITTEN, state_bytes(hs));
  memset(work, WRITTEN, work_size);
  memset(reserve, FORWARD, reserve_size);
  if (rnn->algorithm == STANDARD) {
    struct timespec pause = {0, 2000000};
    nanosleep(&pause, NULL);
  }
  return SUCCESS;
}

int cudnnRNNBackwardData_v8(context* handle, layer* rnn, const int* lengths, sequences* ys, const void* y,
                            const void* dy, sequences* xs, void* dx, tensor* hs, const void* hx, const void* dhy,
                            void* dhx, tensor* cs, const void* cx, const void* dcy, void* dcx, size_t weights_size,
                            const void* weights, size_t work_size, void* work, size_t reserve_size, void* reserve) {
  NOTE("backward data");
  if (!fits(handle, rnn, xs, ys, hs) || lengths || dhy || cs || cx || dcy || dcx) return BAD_PARAM;
  if (!hx || !dy || !weights || weights_size != weight_bytes(rnn)) return BAD_PARAM;
  if (work_size != workspace_bytes || reserve_size != reserve_bytes) return BAD_PARAM;
  if (!holds(y, sequence_bytes(ys), WRITTEN) || !holds(reserve, reserve_size, FORWARD)) return BAD_PARAM;
  memset(dx, WRITTEN, sequence_bytes(xs));
  memset(dhx, WRITTEN, state_bytes(hs));
  memset(work, WRITTEN, work_size);
  memset(reserve, BACKWARD, reserve_size);
  return SUCCESS;
}

/* It adds to what is there, so that must be zeros. */
int cudnnRNNBackwardWeights_v8(context* handle, layer* rnn, int mode, const int* lengths, sequences* xs, const void* x,
                               tensor* hs, const void* hx, sequences* ys, const void* y, size_t gradients_size,
                               void* gradients, size_t work_size, void* work, size_t reserve_size, void* reserve) {
  NOTE("backward weights mode=%d", mode);
  if (!fits(handle, rnn, xs, ys, hs) || lengths || mode || !x || !hx) return BAD_PARAM;
  if (work_size != workspace_bytes || reserve_size != reserve_bytes) return BAD_PARAM;
  if (gradients_size != weight_bytes(rnn) || !holds(gradients, gradients_size, 0)) return BAD_PARAM;
  if (!holds(y, sequence_bytes(ys), WRITTEN) || !holds(reserve, reserve_size, BACKWARD)) return BAD_PARAM;
  memset(gradients, WRITTEN, gradients_size);
  memset(work, WRITTEN, work_size);
  return SUCCESS;
}
#endif
