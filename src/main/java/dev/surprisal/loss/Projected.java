package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Projection;
import java.util.ArrayList;
import java.util.List;

/**
 * A loss of logits fused with the projection that makes them, as a loss of hidden states, [M, H],
 * of the weights' type: FLOAT32 or BFLOAT16. Logits, statistics, sums and all gradients are
 * FLOAT32. The logits, the largest tensor of a training step, exist for a chunk of rows at a time:
 * a product writes them, the loss replaces them with their gradient, and two products compute the
 * gradients of hidden states and weight from that. Rows whose targets are ignored are left out.
 *
 * <p>Beyond parameters and gradients it holds chunk × V floats and a few for each token and class;
 * once a row has been ignored, also chunk × 2H.
 */
public final class Projected implements Loss {
  /** The default memory of a chunk's logits, in bytes. */
  public static final long DEFAULT_BYTES = 64L << 20;

  private final LogitsLoss loss;
  private final LinearWeights weights;
  private final LinearWeights gradients;
  private final Kernels kernels;
  private final Arena arena;
  private final long width;
  private final long chunkRows;
  private final Tensor logits;
  private Tensor gatheredHidden;
  private Tensor gatheredGradient;
  private List<Chunk> chunks = List.of();
  private Tensor lastHidden;
  private Tensor lastGradLosses;
  private Tensor lastGradHidden;
  private int lastCount = -1;

  /** Some of the rows that count: their hidden states, gradients and loss rows. */
  private record Chunk(
      long first, Tensor positions, Tensor hidden, Tensor gradHidden, LossRows rows) {}

  /**
   * Fuses a loss with a projection.
   *
   * @param loss of logits; closed with this
   * @param weights of the projection that makes the logits, [V, H], FLOAT32 or BFLOAT16, and [V]
   * @param gradients of the weights, always FLOAT32; null for a loss without gradients
   * @param chunkRows the number of rows of logits in a chunk, 1 or more; more than all is all
   * @throws IllegalArgumentException if it is less than 1, or loss and projection have different
   *     numbers of classes
   */
  public Projected(
      LogitsLoss loss, LinearWeights weights, LinearWeights gradients, long chunkRows) {
    this.loss = loss;
    this.weights = weights;
    this.gradients = gradients;
    Device device = weights.weight().device();
    kernels = device.kernels();
    width = weights.weight().shape().size(1);
    arena = new Arena(device);
    try {
      if (loss.classes() != weights.weight().shape().size(0)) {
        throw new IllegalArgumentException(
            "projected loss: expected a loss of the projection's "
                + weights.weight().shape().size(0)
                + " classes, found one of "
                + loss.classes());
      }
      if (chunkRows < 1) {
        throw new IllegalArgumentException("a chunk has 1 row or more, found " + chunkRows);
      }
      this.chunkRows = Math.max(1, Math.min(chunkRows, loss.positions().tokens()));
      logits = arena.allocate(DType.FLOAT32, this.chunkRows, loss.classes());
      loss.reserve(this.chunkRows);
    } catch (RuntimeException failure) {
      arena.close();
      loss.close();
      throw failure;
    }
  }

  /**
   * Fuses a loss with a projection, in chunks whose logits take about {@link #DEFAULT_BYTES}.
   *
   * @param loss of logits; closed with this
   * @param projection computes the logits; this writes its gradients
   */
  public Projected(LogitsLoss loss, Projection projection) {
    this(loss, projection, rowsWithin(DEFAULT_BYTES, projection.classes()));
  }

  /**
   * Fuses a loss with a projection.
   *
   * @param loss of logits; closed with this
   * @param projection computes the logits; this writes its gradients
   * @param chunkRows the number of rows of logits in a chunk, 1 or more; more than all is all
   * @throws IllegalArgumentException if it is less than 1, or loss and projection have different
   *     numbers of classes
   */
  public Projected(LogitsLoss loss, Projection projection, long chunkRows) {
    this(loss, projection.weights(), projection.gradients(), chunkRows);
  }

  /**
   * Returns the size of the chunk that fits a memory budget.
   *
   * @param bytes for the logits
   * @param classes V
   * @return rows, at least 1
   */
  public static long rowsWithin(long bytes, long classes) {
    return Math.max(1, bytes / DType.FLOAT32.bytes() / classes);
  }

  @Override
  public void forward(Tensor hidden) {
    List<Chunk> parts = chunks(hidden, null, null);
    begin();
    for (Chunk chunk : parts) {
      project(chunk);
    }
    loss.end();
  }

  @Override
  public void forwardBackward(
      Tensor hidden, Tensor gradLosses, boolean accumulate, Tensor gradHidden) {
    if (gradients == null) {
      throw new IllegalStateException("this loss has no tensors for the projection's gradients");
    }
    List<Chunk> parts = chunks(hidden, gradLosses, gradHidden);
    boolean adds = accumulate;
    begin();
    if (!loss.positions().complete()) {
      gradHidden.zero();
    }
    for (int i = 0; i < parts.size(); i++) {
      Chunk chunk = parts.get(i);
      project(chunk);
      kernels.linearBackward(
          weights.weight(),
          chunk.hidden,
          chunk.rows.logits(),
          adds,
          gradients.weight(),
          gradients.bias(),
          chunk.gradHidden);
      adds = true;
      if (!loss.positions().complete()) {
        // Each row occurs once, so this is a scatter.
        kernels.addRows(
            chunk.positions, chunk.gradHidden, -1, true, gradHidden.view(tokens(), width));
      }
    }
    if (!adds) {
      gradients.weight().zero();
      if (gradients.bias() != null) {
        gradients.bias().zero();
      }
    }
    loss.end();
  }

  private void begin() {
    loss.begin();
    if (!loss.positions().complete()) {
      loss.clear();
    }
  }

  /** Issues the logits of a chunk and its loss. */
  private void project(Chunk chunk) {
    if (!loss.positions().complete()) {
      kernels.gatherRows(lastHidden.view(tokens(), width), chunk.positions, chunk.hidden);
    }
    kernels.linear(weights.weight(), weights.bias(), chunk.hidden, chunk.rows.logits());
    loss.compute(kernels.losses(), chunk.rows, chunk.first);
  }

  /** Reuses the views of the call before, so that a step allocates nothing. */
  private List<Chunk> chunks(Tensor hidden, Tensor gradLosses, Tensor gradHidden) {
    int count = loss.positions().count();
    if (hidden != lastHidden
        || gradLosses != lastGradLosses
        || gradHidden != lastGradHidden
        || count != lastCount) {
      requireShape("hidden states", hidden, type());
      if (gradHidden != null) {
        requireShape("gradient of hidden states", gradHidden, DType.FLOAT32);
      }
      lastHidden = hidden;
      lastGradLosses = gradLosses;
      lastGradHidden = gradHidden;
      lastCount = count;
      List<Chunk> parts = new ArrayList<>();
      for (long first = 0; first < count; first += chunkRows) {
        parts.add(chunk(first, Math.min(chunkRows, count - first)));
      }
      chunks = parts;
    }
    return chunks;
  }

  private Chunk chunk(long first, long rows) {
    boolean complete = loss.positions().complete();
    Tensor positions = loss.positions().counted().slice(first, rows);
    Tensor z = logits.slice(0, rows, loss.classes());
    LossRows part = loss.rows(z, positions, lastGradLosses, lastGradHidden == null ? null : z);
    Tensor gradHidden = null;
    if (lastGradHidden != null) {
      gradHidden =
          complete
              ? lastGradHidden.slice(first * width, rows, width)
              : (gatheredGradient = room(gatheredGradient, DType.FLOAT32)).slice(0, rows, width);
    }
    Tensor hidden =
        complete
            ? lastHidden.slice(first * width, rows, width)
            : (gatheredHidden = room(gatheredHidden, type())).slice(0, rows, width);
    return new Chunk(first, positions, hidden, gradHidden, part);
  }

  private Tensor room(Tensor present, DType type) {
    return present != null ? present : arena.allocate(type, chunkRows, width);
  }

  /** Of weight and hidden states. */
  private DType type() {
    return weights.weight().type();
  }

  private void requireShape(String what, Tensor tensor, DType type) {
    if (tensor.type() != type || tensor.elements() != tokens() * width) {
      throw new IllegalArgumentException(
          "projected loss: expected the "
              + what
              + " of "
              + tokens()
              + " tokens by "
              + width
              + " of "
              + type
              + ", found "
              + tensor);
    }
  }

  private long tokens() {
    return loss.positions().tokens();
  }

  @Override
  public Tensor losses() {
    return loss.losses();
  }

  @Override
  public Tensor total() {
    return loss.total();
  }

  @Override
  public void close() {
    arena.close();
    loss.close();
  }
}
