package dev.surprisal.benchmarks.peers;

import static dev.surprisal.benchmarks.peers.CudnnLayer.check;
import static org.bytedeco.cuda.global.cudnn.CUDNN_FWD_MODE_INFERENCE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_FWD_MODE_TRAINING;
import static org.bytedeco.cuda.global.cudnn.CUDNN_WGRAD_MODE_ADD;
import static org.bytedeco.cuda.global.cudnn.cudnnGetRNNTempSpaceSizes;
import static org.bytedeco.cuda.global.cudnn.cudnnGetRNNWeightSpaceSize;
import static org.bytedeco.cuda.global.cudnn.cudnnRNNBackwardData_v8;
import static org.bytedeco.cuda.global.cudnn.cudnnRNNBackwardWeights_v8;
import static org.bytedeco.cuda.global.cudnn.cudnnRNNForward;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.RefusedException;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnRNNDataStruct;
import org.bytedeco.cuda.cudnn.cudnnRNNStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A layer of cuDNN with its operands, forward or forward and back. */
final class CudnnRnn implements AutoCloseable {
  private static final IntPointer NO_LENGTHS = null;

  private final Cuda cuda;
  private final boolean training;
  private final CudnnLayer layer;
  private final cudnnContext handle;
  private final cudnnRNNStruct rnn;
  private final cudnnRNNDataStruct sequences;
  private final cudnnTensorStruct states;
  private BytePointer weights;
  private BytePointer input;
  private BytePointer state;
  private BytePointer output;
  private BytePointer finalState;
  private BytePointer workspace;
  private BytePointer reserve;
  private BytePointer gradOutput;
  private BytePointer gradInput;
  private BytePointer gradState;
  private BytePointer gradWeights;

  /**
   * Allocates all of it.
   *
   * @param which a case of a recurrent layer
   * @param training whether it also goes back
   * @throws RefusedException if cuDNN does not have it so, or there is not enough memory
   * @throws LinkageError if there is no such library
   */
  CudnnRnn(Cuda cuda, Case which, CudnnLayer.Algorithm algorithm, boolean training) {
    this.cuda = cuda;
    this.training = training;
    layer = new CudnnLayer(cuda, which, algorithm);
    handle = layer.handle();
    rnn = layer.rnn();
    sequences = layer.sequences();
    states = layer.states();
    try {
      allocate(which);
    } catch (RuntimeException | Error failure) {
      layer.close();
      throw failure;
    }
  }

  private void allocate(Case which) {
    Type type = Type.of(which.type());
    long vectors = which.size("B") * which.size("H");
    long sequence = which.size("T") * vectors;
    try (SizeTPointer weightBytes = new SizeTPointer(1);
        SizeTPointer workBytes = new SizeTPointer(1);
        SizeTPointer reserveBytes = new SizeTPointer(1)) {
      check("cudnnGetRNNWeightSpaceSize", cudnnGetRNNWeightSpaceSize(handle, rnn, weightBytes));
      check(
          "cudnnGetRNNTempSpaceSizes",
          cudnnGetRNNTempSpaceSizes(handle, rnn, mode(), sequences, workBytes, reserveBytes));
      weights = cuda.random(type, weightBytes.get() / type.bytes(), 1 / Math.sqrt(which.size("H")));
      workspace = cuda.zeros(workBytes.get());
      reserve = cuda.zeros(reserveBytes.get());
    }
    input = cuda.random(type, sequence, 1);
    state = cuda.random(type, vectors, 1);
    output = cuda.zeros(sequence * type.bytes());
    finalState = cuda.zeros(vectors * type.bytes());
    if (training) {
      gradOutput = cuda.random(type, sequence, 0.01);
      gradInput = cuda.zeros(sequence * type.bytes());
      gradState = cuda.zeros(vectors * type.bytes());
      gradWeights = cuda.zeros(weights.capacity());
    }
  }

  private int mode() {
    return training ? CUDNN_FWD_MODE_TRAINING : CUDNN_FWD_MODE_INFERENCE;
  }

  /** Forward, and back to the gradients of input, state and parameters if it is for training. */
  void run() {
    forward();
    if (training) {
      backwardData();
      // The weights' gradients are added to what is there.
      cuda.zero(gradWeights, gradWeights.capacity());
      backwardWeights();
    }
  }

  private void forward() {
    check(
        "cudnnRNNForward",
        cudnnRNNForward(
            handle,
            rnn,
            mode(),
            NO_LENGTHS,
            sequences,
            input,
            sequences,
            output,
            states,
            state,
            finalState,
            null,
            null,
            null,
            weights.capacity(),
            weights,
            workspace.capacity(),
            workspace,
            reserve.capacity(),
            reserve));
  }

  private void backwardData() {
    check(
        "cudnnRNNBackwardData_v8",
        cudnnRNNBackwardData_v8(
            handle,
            rnn,
            NO_LENGTHS,
            sequences,
            output,
            gradOutput,
            sequences,
            gradInput,
            states,
            state,
            null,
            gradState,
            null,
            null,
            null,
            null,
            weights.capacity(),
            weights,
            workspace.capacity(),
            workspace,
            reserve.capacity(),
            reserve));
  }

  private void backwardWeights() {
    check(
        "cudnnRNNBackwardWeights_v8",
        cudnnRNNBackwardWeights_v8(
            handle,
            rnn,
            CUDNN_WGRAD_MODE_ADD,
            NO_LENGTHS,
            sequences,
            input,
            states,
            state,
            sequences,
            output,
            gradWeights.capacity(),
            gradWeights,
            workspace.capacity(),
            workspace,
            reserve.capacity(),
            reserve));
  }

  /** Gives back all but the memory, which is the stream's. */
  @Override
  public void close() {
    layer.close();
  }
}
