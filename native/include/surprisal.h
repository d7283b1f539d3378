/*
 * The kernel library's C ABI: what the GPU computes, one function an operation.
 *
 * Two builds bear these symbols: nvcc's, which runs on a GPU, and the emulated one, which runs the same sources on the
 * host. Arguments come in the order inputs, outputs, workspace, sizes, options, stream. Pointers are to device memory
 * unless said otherwise, matrices are dense and row-major, and a pointer called optional may be NULL. Floats may start
 * at any multiple of 4 bytes; at multiples of 16 they move four at a time.
 *
 * A function checks what it can on the host, issues kernels to the stream and returns without waiting for them. Values
 * that only the device sees (a token outside the vocabulary) raise the stream's fault; from then on no kernel of the
 * stream changes anything until the host has taken it. Sums have a fixed order: the same inputs give the same bits on one
 * kind of GPU, whatever the alignment of the pointers.
 *
 * N tokens, V vocabulary, E embedding size, H hidden size, B batch, T window.
 */
#ifndef SURPRISAL_H
#define SURPRISAL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a function returns. */
typedef enum surprisal_status {
  SURPRISAL_SUCCESS = 0,
  SURPRISAL_INVALID_ARGUMENT = 1, /* a size or an option that the operation does not take */
  SURPRISAL_LAUNCH_FAILED = 2     /* the device or the emulator refused or failed; surprisal_message says why */
} surprisal_status;

/* What a kernel found wrong with the values that it was given. */
typedef enum surprisal_fault_kind {
  SURPRISAL_FAULT_NONE = 0,
  SURPRISAL_FAULT_TOKEN = 1,       /* tokens[position] is no token; value is what it is */
  SURPRISAL_FAULT_TARGET = 2,      /* targets[position] is no class; value is what it is */
  SURPRISAL_FAULT_PROBABILITY = 3, /* row position holds value, which is negative or NaN */
  SURPRISAL_FAULT_SUM = 4,         /* row position sums to value, not to 1 */
  SURPRISAL_FAULT_LOGIT = 5        /* row position holds value (NaN) or has it (an infinity) as its largest logit */
} surprisal_fault_kind;

/* The first fault that kernels of a stream found, at the lowest position; 24 bytes of device memory. */
typedef struct surprisal_fault {
  int32_t kind; /* surprisal_fault_kind; the host takes a fault by setting it to SURPRISAL_FAULT_NONE */
  int32_t classes; /* V of the operation */
  int64_t position;
  double value;
} surprisal_fault;

/* Where work is issued: a CUDA stream and the fault of its kernels. */
typedef struct surprisal_stream {
  void* cuda;             /* cudaStream_t */
  surprisal_fault* fault; /* device memory */
} surprisal_stream;

/* What became of the losses of single tokens. */
typedef enum surprisal_reduction {
  SURPRISAL_REDUCTION_NONE = 0,
  SURPRISAL_REDUCTION_SUM = 1,
  SURPRISAL_REDUCTION_MEAN = 2
} surprisal_reduction;

/* Which of a product's operands is transposed; C is [m, n] and k the number of terms. */
typedef enum surprisal_form {
  SURPRISAL_FORM_NN = 0, /* A [m, k], B [k, n] */
  SURPRISAL_FORM_NT = 1, /* A [m, k], B [n, k] */
  SURPRISAL_FORM_TN = 2  /* A [k, m], B [k, n] */
} surprisal_form;

/* ---- the library ---- */

/* Host text: "emulated", or "cuda" with the toolkit's version and the architectures, as in "cuda 13.0: sm_75 sm_90 compute_120". */
const char* surprisal_build(void);

/* Host text about the last call of this thread that did not succeed. */
const char* surprisal_message(void);

/* ---- random numbers: Philox4x32-10; element i is a pure function of seed, sequence and i ---- */

/* output[count] in [low, high). */
int surprisal_uniform(float* output, int64_t count, float low, float high, int64_t seed, int64_t sequence,
                      const surprisal_stream* stream);

/* output[count] by Box and Muller over the numbers of surprisal_uniform, four elements a counter. */
int surprisal_normal(float* output, int64_t count, float mean, float deviation, int64_t seed, int64_t sequence,
                     const surprisal_stream* stream);

/*
 * output = input times 1 / (1 - probability) where the uniform number of the element is at least probability, else 0. The
 * sequence is read from device memory, so that a replayed graph draws another mask. The gradient is the same function
 * of the gradient. May be in place.
 */
int surprisal_dropout(const float* input, const int64_t* sequence, float* output, int64_t count, float probability,
                      int64_t seed, const surprisal_stream* stream);

/* Draws tokens[rows] from softmax(logits[rows, classes] / temperature), cut by top_k (0: all) and top_p (1: all). */
int64_t surprisal_sample_workspace(int64_t rows, int32_t classes); /* bytes */
int surprisal_sample(const float* logits, int32_t* tokens, void* workspace, int64_t rows, int32_t classes,
                     float temperature, int32_t top_k, float top_p, int64_t seed, int64_t counter,
                     const surprisal_stream* stream);

/* ---- embedding ---- */

/* output[n] = weight[tokens[n]]; weight [V, E], tokens [N], output [N, E]. */
int surprisal_embedding(const float* weight, const int32_t* tokens, float* output, int64_t count, int32_t vocabulary,
                        int32_t width, const surprisal_stream* stream);

/* grad_weight[v] (+)= sum of grad_output[n] over tokens[n] == v; the padding token's row gets nothing added. */
int64_t surprisal_embedding_backward_workspace(int64_t count, int32_t vocabulary, int32_t width); /* bytes */
int surprisal_embedding_backward(const int32_t* tokens, const float* grad_output, float* grad_weight, void* workspace,
                                 int64_t count, int32_t vocabulary, int32_t width, int32_t padding, int accumulate,
                                 const surprisal_stream* stream);

/* ---- matrix products ---- */

/*
 * C = A B (+ bias[n] in every row, optional) (+ C, if accumulate). tf32: operands rounded to TF32 on tensor cores with
 * float32 sums, where the GPU has them, else as without.
 */
int64_t surprisal_product_workspace(int64_t m, int64_t n, int64_t k); /* bytes */
int surprisal_product(const float* a, const float* b, const float* bias, float* c, void* workspace, int64_t m,
                      int64_t n, int64_t k, int form, int accumulate, int tf32, const surprisal_stream* stream);

/* output[rows, columns] = bias[columns] in every row. */
int surprisal_fill_rows(const float* bias, float* output, int64_t rows, int64_t columns,
                        const surprisal_stream* stream);

/* sums[columns] (+)= column sums of matrix[rows, columns]; second, optional, likewise. */
int64_t surprisal_column_sums_workspace(int64_t rows, int64_t columns); /* bytes */
int surprisal_column_sums(const float* matrix, float* sums, float* second, void* workspace, int64_t rows,
                          int64_t columns, int accumulate, const surprisal_stream* stream);

/* ---- tanh recurrent layer: h_t = tanh(x_t + bias_ih + weight_hh h_{t-1} + bias_hh) ---- */

/*
 * output [B, T, H] holds the input's products x_t and is overwritten with h_t; initial_state and final_state are [B, H],
 * weight_hh [H, H], biases [H].
 */
int64_t surprisal_rnn_workspace(int64_t batch, int64_t window, int32_t hidden); /* bytes, forward and backward */
int surprisal_rnn(const float* weight_hh, const float* bias_ih, const float* bias_hh, const float* initial_state,
                  float* output, float* final_state, void* workspace, int64_t batch, int64_t window, int32_t hidden,
                  const surprisal_stream* stream);

/*
 * Back through time: grad_output [B, T, H] is overwritten with the gradient before tanh, previous [B, T, H] with
 * h_{t-1}; grad_final_state [B, H] and grad_initial_state [B, H] are optional.
 */
int surprisal_rnn_backward(const float* weight_hh, const float* initial_state, const float* output,
                           const float* grad_final_state, float* grad_output, float* previous,
                           float* grad_initial_state, void* workspace, int64_t batch, int64_t window, int32_t hidden,
                           const surprisal_stream* stream);

/* ---- cross-entropy, in nats, with its gradient in the same pass ---- */

/*
 * Against classes: losses[n] = w_t (lse(z_n) - z_nt), with label smoothing as PyTorch; grad_losses [N] (optional, 1),
 * class_weights [V] (optional, 1), total [1] (with a reduction, else NULL), grad_logits [N, V] (optional, may be logits).
 * A mean divides by token_count or, if that is 0, by the sum of the targets' weights; over nothing it is 0.
 */
int64_t surprisal_cross_entropy_workspace(int64_t rows, int32_t classes); /* bytes, for both */
int surprisal_cross_entropy(const float* logits, const int32_t* targets, const float* class_weights,
                            const float* grad_losses, float* losses, float* total, float* grad_logits, void* workspace,
                            int64_t rows, int32_t classes, int32_t ignore_index, float smoothing, int reduction,
                            int64_t token_count, const surprisal_stream* stream);

/* Against distributions [N, V]: each row 0 or more and of sum 1 within 1e-3. A mean divides by token_count or N. */
int surprisal_cross_entropy_soft(const float* logits, const float* probabilities, const float* class_weights,
                                 const float* grad_losses, float* losses, float* total, float* grad_logits,
                                 void* workspace, int64_t rows, int32_t classes, float smoothing, int reduction,
                                 int64_t token_count, const surprisal_stream* stream);

/* ---- optimiser ---- */

/* norm[1] = Euclidean norm of gradients[count]; squares are summed in double. */
int64_t surprisal_gradient_norm_workspace(int64_t count); /* bytes */
int surprisal_gradient_norm(const float* gradients, float* norm, void* workspace, int64_t count,
                            const surprisal_stream* stream);

/*
 * One step of Adam, with gradients times min(1, max_norm / (gradient_norm + 1e-6)) if gradient_norm [1] is given.
 * step [1] is raised by one; learning_rate [1] is read.
 */
int64_t surprisal_adam_workspace(void); /* bytes */
int surprisal_adam(const float* gradients, const float* learning_rate, const float* gradient_norm, float* parameters,
                   float* first_moments, float* second_moments, int32_t* step, void* workspace, int64_t count,
                   double beta1, double beta2, double eps, double weight_decay, double max_norm,
                   const surprisal_stream* stream);

#ifdef __cplusplus
}
#endif
#endif
