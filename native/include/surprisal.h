/*
 * The C ABI of the kernel library: what the GPU computes, one function for each operation.
 *
 * Two builds export these symbols: nvcc's, which runs on a GPU, and the emulated one, which runs the same sources on the
 * host. Arguments come in the order inputs, outputs, workspace, sizes, options, stream. Pointers are to device memory
 * unless said otherwise, matrices are dense and row-major, and a pointer called optional may be NULL. Elements may start
 * at any multiple of their size; at multiples of 16 bytes floats move four at a time.
 *
 * A function checks what it can on the host, issues kernels to the stream and returns without waiting for them. Values
 * that only the device sees (a token outside the vocabulary) raise the stream's fault; from then on no kernel of the
 * stream writes anything until the host has cleared it. Sums have a fixed order: the same inputs give the same bits on one
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

/* The result of a function. */
typedef enum surprisal_status {
  SURPRISAL_SUCCESS = 0,
  SURPRISAL_INVALID_ARGUMENT = 1, /* a size or an option that the operation does not accept */
  SURPRISAL_LAUNCH_FAILED = 2     /* the device or the emulator refused or failed; surprisal_message says why */
} surprisal_status;

/* What a kernel found wrong with its operands. */
typedef enum surprisal_fault_kind {
  SURPRISAL_FAULT_NONE = 0,
  SURPRISAL_FAULT_TOKEN = 1,       /* tokens[position] is value, which is no token */
  SURPRISAL_FAULT_TARGET = 2,      /* targets[position] is value, which is no class */
  SURPRISAL_FAULT_PROBABILITY = 3, /* row position holds value, which is negative or NaN */
  SURPRISAL_FAULT_SUM = 4,         /* row position sums to value, not to 1 */
  SURPRISAL_FAULT_LOGIT = 5,       /* row position holds value (NaN) or has it (an infinity) as its largest logit */
  SURPRISAL_FAULT_POSITION = 6,    /* positions[position] is value, not one of the `classes` tokens */
  SURPRISAL_FAULT_ID = 7,          /* ids of token position hold value, which is no class or a duplicate */
  SURPRISAL_FAULT_SAMPLE = 8,      /* samples[position] is value, which is no class */
  SURPRISAL_FAULT_SEQUENCE = 9,    /* sequence position, `classes` tokens from value on, does not fit */
  SURPRISAL_FAULT_LIST = 10,       /* lists[position] is value, which ends no list of 2 or more */
  SURPRISAL_FAULT_COST = 11        /* costs[position] is value, which is not finite */
} surprisal_fault_kind;

/* The first fault that kernels of a stream found, at the lowest position; 24 bytes of device memory. */
typedef struct surprisal_fault {
  int32_t kind;    /* surprisal_fault_kind; the host clears a fault by setting it to SURPRISAL_FAULT_NONE */
  int32_t classes; /* V of the operation */
  int64_t position;
  double value;
} surprisal_fault;

/* Where work is issued: a CUDA stream and the fault of its kernels. */
typedef struct surprisal_stream {
  void* cuda;             /* cudaStream_t */
  surprisal_fault* fault; /* device memory */
} surprisal_stream;

/* The type of an operand's elements, where it is not float alone. */
typedef enum surprisal_type {
  SURPRISAL_FLOAT32 = 0,
  SURPRISAL_BFLOAT16 = 1 /* the upper half of a float32 */
} surprisal_type;

/* Which of a product's operands is transposed; C is [m, n] and k the number of terms. */
typedef enum surprisal_form {
  SURPRISAL_FORM_NN = 0, /* A [m, k], B [k, n] */
  SURPRISAL_FORM_NT = 1, /* A [m, k], B [n, k] */
  SURPRISAL_FORM_TN = 2  /* A [k, m], B [k, n] */
} surprisal_form;

/* ---- the library ---- */

/* Host text: "emulated", or "cuda" with the toolkit's version and the architectures, as in "cuda 13.0: sm_75 sm_90 compute_120". */
const char* surprisal_build(void);

/* Host text: the error of the last call of this thread that failed. */
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

/* ---- types ---- */

/* target[count] = source, one of them float32 and the other bfloat16: the nearest, ties to even; a NaN stays one. */
int surprisal_convert(const void* source, void* target, int64_t count, int type_source, int type_target,
                      const surprisal_stream* stream);

/* ---- rows of a matrix by index, of an embedding or of sampled classes ---- */

/* output[n] = weight[rows[n]]; weight [V, E] and output [N, E] of one type, rows [N]. */
int surprisal_gather_rows(const void* weight, const int32_t* rows, void* output, int64_t count, int32_t vocabulary,
                          int32_t width, int type, const surprisal_stream* stream);

/* grad_weight[v] (+)= sum of grad_output[n] over rows[n] == v; row `padding` gets nothing added. */
int64_t surprisal_add_rows_workspace(int64_t count, int32_t vocabulary, int32_t width); /* bytes */
int surprisal_add_rows(const int32_t* rows, const float* grad_output, float* grad_weight, void* workspace,
                       int64_t count, int32_t vocabulary, int32_t width, int32_t padding, int accumulate,
                       const surprisal_stream* stream);

/* ---- matrix products ---- */

/*
 * C = A B (+ bias[n] in every row) (+ C), with float32 sums; host memory, read during the call. The operands are float32;
 * or, as a linear layer of bfloat16 has them, both bfloat16 in form NT and B alone in NN and TN, where A is a gradient.
 */
typedef struct surprisal_matrix_product {
  const void* a;
  const void* b;
  const float* bias; /* [n], optional */
  float* c;          /* [m, n] */
  int64_t m;
  int64_t n;
  int64_t k;      /* the number of terms */
  int32_t form;   /* surprisal_form */
  int32_t type_a; /* surprisal_type */
  int32_t type_b;
  int32_t accumulate; /* whether C is added to */
  int32_t tf32;       /* whether on tensor cores, where the GPU has them, with float32 rounded to TF32 */
} surprisal_matrix_product;

int64_t surprisal_product_workspace(int64_t m, int64_t n, int64_t k); /* bytes */
int surprisal_product(const surprisal_matrix_product* product, void* workspace, const surprisal_stream* stream);

/* output[rows, columns] = bias[columns] in every row. */
int surprisal_fill_rows(const float* bias, float* output, int64_t rows, int64_t columns,
                        const surprisal_stream* stream);

/* sums[columns] (+)= column sums of matrix[rows, columns]; second, optional, likewise. */
int64_t surprisal_column_sums_workspace(int64_t rows, int64_t columns); /* bytes */
int surprisal_column_sums(const float* matrix, float* sums, float* second, void* workspace, int64_t rows,
                          int64_t columns, int accumulate, const surprisal_stream* stream);

/* ---- recurrent layers ---- */

/* What a unit computes at a step; it has G gates and so G rows of the weights. */
typedef enum surprisal_cell {
  SURPRISAL_CELL_TANH = 0 /* G = 1, no cell state: h_t = tanh(x_t + bias_ih + weight_hh h_{t-1} + bias_hh) */
} surprisal_cell;

/* What a layer keeps from one step to the next, or its gradient. */
typedef struct surprisal_recurrent_state {
  float* hidden; /* [B, H] */
  float* cell;   /* [B, H]; NULL for a cell without cell state */
} surprisal_recurrent_state;

/* A layer and its operands, gate by gate; host memory, read during the call. */
typedef struct surprisal_recurrent_layer {
  const float* weight_hh; /* [G H, H] */
  const float* bias_ih;   /* [G H] */
  const float* bias_hh;   /* [G H] */
  surprisal_recurrent_state initial_state;
  float* reserve; /* [B, T, G H]: the input's products x_t; forward leaves in it what backward needs */
  float* output;  /* [B, T, H]: h_t, written by forward and read by backward */
  surprisal_recurrent_state final_state;
  int64_t batch;  /* B, 0 or more */
  int64_t window; /* T, 1 or more */
  int32_t hidden; /* H, 1 or more */
  int32_t cell;   /* surprisal_cell */
} surprisal_recurrent_layer;

/* What the backward pass takes and gives besides. */
typedef struct surprisal_recurrent_gradients {
  const float* grad_output;                     /* [B, T, H] */
  surprisal_recurrent_state grad_final_state;   /* optional */
  float* previous;                              /* [B, T, H]: h_{t-1}, for the gradient of weight_hh */
  surprisal_recurrent_state grad_initial_state; /* optional */
} surprisal_recurrent_gradients;

int64_t surprisal_recurrent_workspace(int cell, int32_t hidden); /* bytes, forward and backward */

/* Writes output, final_state and reserve. */
int surprisal_recurrent(const surprisal_recurrent_layer* layer, void* workspace, const surprisal_stream* stream);

/*
 * Back through time: overwrites the reserve with the gradient before the gates' activations, which is also that of x_t
 * and of the biases, and writes previous and grad_initial_state. Reads neither biases nor final_state.
 */
int surprisal_recurrent_backward(const surprisal_recurrent_layer* layer, const surprisal_recurrent_gradients* gradients,
                                 void* workspace, const surprisal_stream* stream);

/* ---- losses of rows of logits, in nats, with their gradients in the same pass ---- */

/*
 * What every loss of rows reads and writes; host memory, read during the call. N rows of V logits belong to N of M
 * tokens: positions[i] says to which, and tensors over tokens (grad_losses, losses, statistics, targets and the like)
 * are read and written there; without positions row i belongs to token i and M = N. Tensors with V values a row go row
 * by row with the logits.
 *
 * Losses are functions of z' = soft_cap tanh(scale z / soft_cap), or scale z without a cap, and of q = softmax(z').
 * To each row's loss are added z_loss lse(z')^2 and -confidence_penalty H(q). The gradient of row i is that of
 * grad_losses[positions[i]] / divisor times its loss, and 0 if the divisor is 0. Pointers that an operation does not use may be NULL.
 */
typedef struct surprisal_loss_rows {
  const float* logits;      /* [N, V]; -inf masks a class */
  const int32_t* positions; /* [N], all different, in [0, M); optional */
  const float* grad_losses; /* [M], optional: 1 */
  const float* divisor;     /* [1], optional: 1 */
  float* losses;            /* [M]; 0 for a row that is ignored */
  float* grad_logits;       /* [N, V], optional, may be the logits */
  float* log_sum_exp;       /* [M], optional: lse(z'); statistics of ignored rows are written like others */
  float* log_probability;   /* [M], optional: log q of the target, 0 if ignored; only where targets are classes */
  float* entropy;           /* [M], optional: H(q) */
  float* correct;           /* [M], optional: 1 if the target is the argmax, else 0; only where targets are classes */
  int32_t* argmax;          /* [M], optional: the lowest class with the largest logit */
  int64_t rows;             /* N */
  int64_t tokens;           /* M */
  int32_t classes;          /* V */
  float scale;              /* above 0 */
  float soft_cap;           /* above 0, or 0 for none */
  float z_loss;             /* 0 or more */
  float confidence_penalty; /* 0 or more */
} surprisal_loss_rows;

/* Enough for any of these losses; bytes. */
int64_t surprisal_loss_workspace(int64_t rows, int32_t classes);

/* sum[1] = the targets' weights (class_weights [V], optional: 1), those that are ignored left out. */
int surprisal_target_weight(const int32_t* targets, const float* class_weights, float* sum, int64_t count,
                            int32_t classes, int32_t ignore_index, const surprisal_stream* stream);

/* total[1] = sum of losses[count] / divisor[1] (optional: 1), and 0 if that is 0. */
int surprisal_reduce_losses(const float* losses, const float* divisor, float* total, int64_t count,
                            const surprisal_stream* stream);

/* Cross-entropy against classes t: w_t (lse - z'_t), with label smoothing as PyTorch; class_weights [V] optional: 1. */
int surprisal_cross_entropy(const surprisal_loss_rows* rows, const int32_t* targets, const float* class_weights,
                            void* workspace, int32_t ignore_index, float smoothing, const surprisal_stream* stream);

/* Against distributions p [N, V], row by row with the logits: each row 0 or more and of sum 1 within 1e-3. */
int surprisal_cross_entropy_soft(const surprisal_loss_rows* rows, const float* probabilities,
                                 const float* class_weights, void* workspace, float smoothing,
                                 const surprisal_stream* stream);

/*
 * Against sparse distributions: class ids[m, k] has probabilities[m, k], each 0 or more, of sum at most 1 within 1e-3;
 * what is missing to 1 is spread evenly over the V - K other classes. ids and probabilities are [M, K], K in [1, V], the
 * ids of a token all different.
 */
int surprisal_cross_entropy_sparse(const surprisal_loss_rows* rows, const int32_t* ids, const float* probabilities,
                                   void* workspace, int32_t k, const surprisal_stream* stream);

/* Focal loss: w_t (1 - q_t)^gamma (lse - z'_t). */
int surprisal_focal(const surprisal_loss_rows* rows, const int32_t* targets, const float* class_weights,
                    void* workspace, int32_t ignore_index, float gamma, const surprisal_stream* stream);

/*
 * Cross-entropy plus alpha times the unlikelihood -sum log(1 - q_c) of the candidates c [M, K]; a negative candidate, the
 * target itself and a duplicate further left in the row count nothing.
 */
int surprisal_unlikelihood(const surprisal_loss_rows* rows, const int32_t* targets, const int32_t* candidates,
                           void* workspace, int32_t k, int32_t ignore_index, float alpha,
                           const surprisal_stream* stream);

/* How far a distribution q is from another, p. */
typedef enum surprisal_divergence_kind {
  SURPRISAL_DIVERGENCE_KL = 0,            /* KL(p, q) = sum p (log p - log q) */
  SURPRISAL_DIVERGENCE_REVERSE_KL = 1,    /* KL(q, p) */
  SURPRISAL_DIVERGENCE_JENSEN_SHANNON = 2 /* beta KL(p, m) + (1 - beta) KL(q, m), m = beta p + (1 - beta) q */
} surprisal_divergence_kind;

/*
 * Distillation: weight T^2 D(softmax(y / T), softmax(z' / T)) + (1 - weight) (lse(z') - z'_t), with the teacher's logits
 * y [N, V] row by row with the logits and T the temperature. targets are optional if weight is 1.
 */
int surprisal_divergence(const surprisal_loss_rows* rows, const float* teacher, const int32_t* targets, void* workspace,
                         int32_t ignore_index, int kind, float beta, float temperature, float weight,
                         const surprisal_stream* stream);

/* ids[rows, k] = the k classes with the largest logits, falling, of equal ones the lower first, and their log q. */
int64_t surprisal_top_k_workspace(int64_t rows); /* bytes */
int surprisal_top_k(const float* logits, int32_t* ids, float* log_probabilities, void* workspace, int64_t rows,
                    int32_t classes, int32_t k, const surprisal_stream* stream);

/*
 * output[n, v] = log softmax(logits[n])[v] (+ offsets[n], optional), for rows that lie strides apart, in floats. output
 * may be the logits.
 */
int surprisal_log_softmax(const float* logits, const float* offsets, float* output, int64_t rows, int32_t classes,
                          int64_t offset_stride, int64_t output_stride, const surprisal_stream* stream);

/* ---- losses over sampled classes ---- */

/*
 * samples[count] of V classes, with replacement: by the alias method with thresholds [V] in [0, 1] and aliases [V] or,
 * both NULL, log-uniformly, P(v) = log((v + 2) / (v + 1)) / log(V + 1). Sample i is a pure function of seed, sequence and
 * i, the same as on the CPU. sequence [1] is raised by one, so that a replayed graph draws anew.
 */
int surprisal_draw_classes(const float* thresholds, const int32_t* aliases, int64_t* sequence, int32_t* samples,
                           int64_t count, int32_t classes, int64_t seed, const surprisal_stream* stream);

/* logits[n] = weight[targets[n]] . hidden[n] + bias[targets[n]]; weight [V, H], bias [V], hidden [N, H]. */
int surprisal_target_logits(const float* weight, const float* bias, const float* hidden, const int32_t* targets,
                            float* logits, int64_t rows, int32_t classes, int32_t width,
                            const surprisal_stream* stream);

/* grad_hidden[n] += grad_logits[n] weight[targets[n]]; grad_rows[n] = grad_logits[n] hidden[n], both [N, H]. */
int surprisal_target_logits_backward(const float* weight, const float* hidden, const int32_t* targets,
                                     const float* grad_logits, float* grad_hidden, float* grad_rows, int64_t rows,
                                     int32_t classes, int32_t width, const surprisal_stream* stream);

/* What samples stand for. */
typedef enum surprisal_sampled_kind {
  SURPRISAL_SAMPLED_SOFTMAX = 0, /* log(e^{z_t} + sum_s e^{z_s - log(S P(s))}) - z_t over samples s other than t */
  SURPRISAL_SAMPLED_NCE = 1      /* -log sigma(z_t - log(S P(t))) - sum_s log sigma(-(z_s - log(S P(s)))) */
} surprisal_sampled_kind;

/*
 * The rows of a loss over S sampled classes; host memory, read during the call. positions, grad_losses and divisor as in
 * surprisal_loss_rows; M is at most 2^31 - 1 with positions. The logits become their gradients, of grad_losses[positions[n]]
 * / divisor times each loss.
 */
typedef struct surprisal_sampled_rows {
  const int32_t* targets;         /* [N] */
  const int32_t* samples;         /* [S] */
  const float* log_probabilities; /* [V]: log P */
  const int32_t* positions;       /* [N], optional */
  const float* grad_losses;       /* [M], optional: 1 */
  const float* divisor;           /* [1], optional: 1 */
  float* logits;                  /* [N, S]: of the samples */
  float* target_logits;           /* [N] */
  float* losses;                  /* [M] */
  int64_t rows;                   /* N */
  int64_t tokens;                 /* M */
  int32_t samples_count;          /* S */
  int32_t classes;                /* V */
} surprisal_sampled_rows;

int64_t surprisal_sampled_loss_workspace(int32_t samples_count); /* bytes */
int surprisal_sampled_loss(const surprisal_sampled_rows* rows, void* workspace, int kind,
                           const surprisal_stream* stream);

/* ---- losses over whole sequences ---- */

/* What an n-best list of hypotheses with costs is judged by. */
typedef enum surprisal_sequence_kind {
  SURPRISAL_SEQUENCE_RISK = 0,   /* sum_i P_i cost_i with P = softmax(scale s) over the list */
  SURPRISAL_SEQUENCE_RANKING = 1 /* mean over pairs of cost_i < cost_j of max(0, margin - scale (s_i - s_j)) */
} surprisal_sequence_kind;

/*
 * n-best lists of sequences of tokens; host memory, read during the call. Sequence s holds the lengths[s] tokens, 1 or
 * more, from starts[s] on, with token losses -log q; sequences follow one another among the tokens, with or without a
 * gap. Its score is the sum of -losses, divided by its length if normalised. List l holds the sequences [lists[l],
 * lists[l + 1]), 2 or more. To the loss of a list is added likelihood times the negated score of its cheapest sequence,
 * the first of several.
 */
typedef struct surprisal_sequence_lists {
  const float* losses;    /* [M] */
  const int32_t* starts;  /* [S] */
  const int32_t* lengths; /* [S] */
  const int32_t* lists;   /* [L + 1], from 0 to S */
  const float* costs;     /* [S], finite */
  float* scores;          /* [S], written */
  float* list_losses;     /* [L], written */
  float* grad_losses;     /* [M], written: of the mean of the list losses; 0 for tokens of no sequence */
  int64_t tokens;         /* M */
  int64_t sequences;      /* S */
  int64_t lists_count;    /* L */
  float scale;            /* above 0 */
  float margin;           /* 0 or more */
  float likelihood;       /* 0 or more */
  int32_t normalised;
} surprisal_sequence_lists;

int64_t surprisal_sequence_loss_workspace(int64_t sequences); /* bytes */
int surprisal_sequence_loss(const surprisal_sequence_lists* lists, void* workspace, int kind,
                            const surprisal_stream* stream);

/* ---- optimiser ---- */

/* norm[1] = Euclidean norm of gradients[count]; squares are summed in double. */
int64_t surprisal_gradient_norm_workspace(int64_t count); /* bytes */
int surprisal_gradient_norm(const float* gradients, float* norm, void* workspace, int64_t count,
                            const surprisal_stream* stream);

/* A step of Adam, with gradients times min(1, max_norm / (gradient_norm + 1e-6)); host memory, read during the call. */
typedef struct surprisal_adam_step {
  const float* gradients;     /* [P] */
  const float* learning_rate; /* [1] */
  const float* gradient_norm; /* [1], optional: gradients as they are */
  float* parameters;          /* [P] */
  float* first_moments;       /* [P] */
  float* second_moments;      /* [P] */
  int32_t* step;              /* [1], raised by one */
  int64_t count;              /* P */
  double beta1;               /* in [0, 1) */
  double beta2;               /* in [0, 1) */
  double eps;                 /* 0 or more */
  double weight_decay;        /* 0 or more */
  double max_norm;            /* above 0 */
} surprisal_adam_step;

int64_t surprisal_adam_workspace(void); /* bytes */
int surprisal_adam(const surprisal_adam_step* step, void* workspace, const surprisal_stream* stream);

/* ---- probes: work of known kind, for measuring ---- */

/* Keeps one multiprocessor busy for so many nanoseconds by the device's clock, and up to two of its steps longer. */
int surprisal_probe_spin(int64_t nanoseconds, const surprisal_stream* stream);

/*
 * Lets a block on every multiprocessor meet all others, count times, by the barrier of the recurrent layers. Fails with
 * SURPRISAL_LAUNCH_FAILED on a GPU without cooperative launches.
 */
int64_t surprisal_probe_barriers_workspace(void); /* bytes */
int surprisal_probe_barriers(void* workspace, int32_t count, const surprisal_stream* stream);

#ifdef __cplusplus
}
#endif
#endif
