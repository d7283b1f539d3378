package dev.surprisal.benchmarks.peers;

import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_BFLOAT16;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DEFAULT_MATH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_FMA_MATH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_LINEAR_INPUT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_RNN_ALGO_PERSIST_STATIC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_RNN_ALGO_PERSIST_STATIC_SMALL_H;
import static org.bytedeco.cuda.global.cudnn.CUDNN_RNN_ALGO_STANDARD;
import static org.bytedeco.cuda.global.cudnn.CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED;
import static org.bytedeco.cuda.global.cudnn.CUDNN_RNN_DOUBLE_BIAS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_RNN_PADDED_IO_DISABLED;
import static org.bytedeco.cuda.global.cudnn.CUDNN_RNN_TANH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_INTERNAL_ERROR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_NOT_SUPPORTED;
import static org.bytedeco.cuda.global.cudnn.CUDNN_STATUS_SUCCESS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TENSOR_OP_MATH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_UNIDIRECTIONAL;
import static org.bytedeco.cuda.global.cudnn.cudnnCreate;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateDropoutDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateRNNDataDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateRNNDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnCreateTensorDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroy;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyDropoutDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyRNNDataDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyRNNDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroyTensorDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnGetErrorString;
import static org.bytedeco.cuda.global.cudnn.cudnnSetDropoutDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetRNNDataDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnSetRNNDescriptor_v8;
import static org.bytedeco.cuda.global.cudnn.cudnnSetStream;
import static org.bytedeco.cuda.global.cudnn.cudnnSetTensorNdDescriptor;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.RefusedException;
import dev.surprisal.device.DeviceException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.IntSupplier;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnDropoutStruct;
import org.bytedeco.cuda.cudnn.cudnnRNNDataStruct;
import org.bytedeco.cuda.cudnn.cudnnRNNStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;

/**
 * A tanh layer as cuDNN's descriptors describe it. Its sequences are [T, B, H], which is the order
 * that cuDNN works in: any other costs it a transposition.
 */
final class CudnnLayer implements AutoCloseable {
  /** What cuDNN may have for a layer that is not compiled for its sizes while it runs. */
  enum Algorithm {
    STANDARD(CUDNN_RNN_ALGO_STANDARD),
    PERSISTENT(CUDNN_RNN_ALGO_PERSIST_STATIC),
    PERSISTENT_SMALL(CUDNN_RNN_ALGO_PERSIST_STATIC_SMALL_H);

    private final int code;

    Algorithm(int code) {
      this.code = code;
    }
  }

  private static final int LAYERS = 1;

  private final Type type;
  private final int batch;
  private final int window;
  private final int hidden;
  private final Deque<IntSupplier> closing = new ArrayDeque<>();
  private final cudnnContext handle = new cudnnContext();
  private final cudnnDropoutStruct noDropout = new cudnnDropoutStruct();
  private final cudnnRNNStruct rnn = new cudnnRNNStruct();
  private final cudnnRNNDataStruct sequences = new cudnnRNNDataStruct();
  private final cudnnTensorStruct states = new cudnnTensorStruct();

  /**
   * Describes it.
   *
   * @param which a case of a recurrent layer
   * @throws RefusedException if cuDNN does not have it so
   * @throws LinkageError if there is no such library
   */
  CudnnLayer(Cuda cuda, Case which, Algorithm algorithm) {
    type = Type.of(which.type());
    batch = which.intSize("B");
    window = which.intSize("T");
    hidden = which.intSize("H");
    try {
      describe(cuda, algorithm);
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  static void check(String call, int status) {
    if (status >= CUDNN_STATUS_NOT_SUPPORTED && status < CUDNN_STATUS_INTERNAL_ERROR) {
      throw new RefusedException(call + ": " + cudnnGetErrorString(status).getString());
    }
    if (status != CUDNN_STATUS_SUCCESS) {
      throw new DeviceException(call + ": " + cudnnGetErrorString(status).getString());
    }
  }

  private void describe(Cuda cuda, Algorithm algorithm) {
    check("cudnnCreate", cudnnCreate(handle));
    closing.push(() -> cudnnDestroy(handle));
    check("cudnnSetStream", cudnnSetStream(handle, cuda.stream()));

    check("cudnnCreateDropoutDescriptor", cudnnCreateDropoutDescriptor(noDropout));
    closing.push(() -> cudnnDestroyDropoutDescriptor(noDropout));
    check("cudnnSetDropoutDescriptor", cudnnSetDropoutDescriptor(noDropout, handle, 0, null, 0, 0));

    check("cudnnCreateRNNDescriptor", cudnnCreateRNNDescriptor(rnn));
    closing.push(() -> cudnnDestroyRNNDescriptor(rnn));
    check(
        "cudnnSetRNNDescriptor_v8",
        cudnnSetRNNDescriptor_v8(
            rnn,
            algorithm.code,
            CUDNN_RNN_TANH,
            CUDNN_RNN_DOUBLE_BIAS,
            CUDNN_UNIDIRECTIONAL,
            CUDNN_LINEAR_INPUT,
            dataType(),
            CUDNN_DATA_FLOAT,
            mathType(),
            hidden,
            hidden,
            hidden,
            LAYERS,
            noDropout,
            CUDNN_RNN_PADDED_IO_DISABLED));

    check("cudnnCreateRNNDataDescriptor", cudnnCreateRNNDataDescriptor(sequences));
    closing.push(() -> cudnnDestroyRNNDataDescriptor(sequences));
    int[] lengths = new int[batch];
    Arrays.fill(lengths, window);
    check(
        "cudnnSetRNNDataDescriptor",
        cudnnSetRNNDataDescriptor(
            sequences,
            dataType(),
            CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED,
            window,
            batch,
            hidden,
            lengths,
            null));

    check("cudnnCreateTensorDescriptor", cudnnCreateTensorDescriptor(states));
    closing.push(() -> cudnnDestroyTensorDescriptor(states));
    check(
        "cudnnSetTensorNdDescriptor",
        cudnnSetTensorNdDescriptor(
            states,
            dataType(),
            3,
            new int[] {LAYERS, batch, hidden},
            new int[] {batch * hidden, hidden, 1}));
  }

  private int dataType() {
    return type == Type.BFLOAT16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
  }

  /** Of float32, cuDNN rounds what it multiplies unless it is told not to. */
  private int mathType() {
    return switch (type) {
      case FLOAT32 -> CUDNN_FMA_MATH;
      case TF32 -> CUDNN_DEFAULT_MATH;
      case BFLOAT16 -> CUDNN_TENSOR_OP_MATH;
    };
  }

  cudnnContext handle() {
    return handle;
  }

  cudnnRNNStruct rnn() {
    return rnn;
  }

  /** Of inputs and outputs. */
  cudnnRNNDataStruct sequences() {
    return sequences;
  }

  cudnnTensorStruct states() {
    return states;
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      closing.pop().getAsInt();
    }
  }
}
