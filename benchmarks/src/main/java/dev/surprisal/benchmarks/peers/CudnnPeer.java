package dev.surprisal.benchmarks.peers;

import static org.bytedeco.cuda.global.cudnn.cudnnGetVersion;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Meter;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.RefusedException;
import java.util.Map;

/**
 * cuDNN in this process: a tanh layer by the fastest of its algorithms. Nothing is between the
 * calls of cuDNN and their time but the zeroing of the gradients that it adds to.
 */
final class CudnnPeer implements Contestant {
  /** Enough to tell algorithms apart. */
  private static final Effort TRIAL = new Effort(0.02, 0.02, 3);

  private final int index;
  private final long version;

  /**
   * On a GPU by its number.
   *
   * @throws LinkageError if its libraries cannot be loaded
   */
  CudnnPeer(int index) {
    this.index = index;
    version = cudnnGetVersion();
  }

  @Override
  public String name() {
    return "cudnn";
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("cudnn", Long.toString(version));
  }

  @Override
  public Answer time(Case which, Effort effort) {
    boolean training = which.operation() == Operation.RNN_TRAINING;
    if (!training && which.operation() != Operation.RNN_FORWARD) {
      return new Answer.Refusal("has no " + which.operation().text());
    }
    if (!"tanh".equals(which.variant())) {
      return new Answer.Refusal("expected the cell tanh, found " + which.variant());
    }
    try {
      return turn(which, fastest(which, training), training, effort);
    } catch (RefusedException refused) {
      return new Answer.Refusal(refused.getMessage());
    }
  }

  /** Of the algorithms that cuDNN has for a case; refuses with what it says of the first. */
  private CudnnLayer.Algorithm fastest(Case which, boolean training) {
    CudnnLayer.Algorithm fastest = null;
    double least = Double.POSITIVE_INFINITY;
    RefusedException first = null;
    for (CudnnLayer.Algorithm algorithm : CudnnLayer.Algorithm.values()) {
      try {
        double median = turn(which, algorithm, training, TRIAL).median();
        if (median < least) {
          least = median;
          fastest = algorithm;
        }
      } catch (RefusedException refused) {
        first = first == null ? refused : first;
      }
    }
    if (fastest == null) {
      throw first;
    }
    return fastest;
  }

  private Answer.Turn turn(
      Case which, CudnnLayer.Algorithm algorithm, boolean training, Effort effort) {
    try (Cuda cuda = new Cuda(index);
        CudnnRnn rnn = new CudnnRnn(cuda, which, algorithm, training)) {
      long held = cuda.bytes();
      return new Meter(new CudaTiming(cuda), effort).time(run -> rnn.run()).holding(held);
    }
  }

  /** Holds nothing between cases. */
  @Override
  public void close() {}
}
