package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LossOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.LossStatistics;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.AdaptiveSoftmax;

/**
 * The loss of a cluster's tail and its gradients, added to those of the head: over the rows whose
 * targets are in the cluster, gathered chunk by chunk.
 */
final class AdaptiveTail {
  private final AdaptiveSoftmax.Cluster cluster;
  private final CrossEntropy head;
  private final Kernels kernels;
  private final int tokens;
  private final long width;
  private final long chunkRows;
  private final Tensor hidden;
  private final Tensor narrow;
  private final Tensor logits;
  private final Tensor losses;
  private final Tensor arriving;
  private final Tensor gradNarrow;
  private final Tensor gradHidden;

  AdaptiveTail(AdaptiveSoftmax.Cluster cluster, CrossEntropy head, Arena arena, long chunkRows) {
    this.cluster = cluster;
    this.head = head;
    kernels = arena.device().kernels();
    tokens = head.positions().tokens();
    width = cluster.narrowing().shape().size(1);
    long rows =
        chunkRows == 0
            ? Projected.rowsWithin(Projected.DEFAULT_BYTES, cluster.classes())
            : chunkRows;
    this.chunkRows = Math.max(1, Math.min(rows, tokens));
    hidden = arena.allocate(DType.FLOAT32, this.chunkRows, width);
    narrow = arena.allocate(DType.FLOAT32, this.chunkRows, cluster.units());
    logits = arena.allocate(DType.FLOAT32, this.chunkRows, cluster.classes());
    losses = arena.allocate(DType.FLOAT32, this.chunkRows, 1);
    arriving = arena.allocate(DType.FLOAT32, this.chunkRows, 1);
    gradNarrow = arena.allocate(DType.FLOAT32, this.chunkRows, cluster.units());
    gradHidden = arena.allocate(DType.FLOAT32, this.chunkRows, width);
  }

  /** The cluster's lowest class. */
  long first() {
    return cluster.first();
  }

  /** Adds the tail's losses of the tokens at {@code positions} to the head's. */
  void forward(Tensor allHidden, Tensor positions, Tensor targets) {
    for (long at = 0; at < positions.elements(); at += chunkRows) {
      long rows = Math.min(chunkRows, positions.elements() - at);
      compute(allHidden, positions.slice(at, rows), targets.slice(at, rows), null, null);
    }
  }

  /** Adds the losses and the gradients of the hidden states, and writes the tail's gradients. */
  void forwardBackward(
      Tensor allHidden,
      Tensor positions,
      Tensor targets,
      Tensor gradLosses,
      boolean accumulate,
      Tensor allGradHidden) {
    boolean adds = accumulate;
    for (long at = 0; at < positions.elements(); at += chunkRows) {
      long rows = Math.min(chunkRows, positions.elements() - at);
      Tensor places = positions.slice(at, rows);
      Tensor z = logits.slice(0, rows, cluster.classes());
      compute(allHidden, places, targets.slice(at, rows), gradLosses, z);
      Tensor ofNarrow = gradNarrow.slice(0, rows, cluster.units());
      Tensor ofHidden = gradHidden.slice(0, rows, width);
      kernels.linearBackward(
          cluster.output(),
          narrow.slice(0, rows, cluster.units()),
          z,
          adds,
          cluster.outputGradient(),
          null,
          ofNarrow);
      kernels.linearBackward(
          cluster.narrowing(),
          hidden.slice(0, rows, width),
          ofNarrow,
          adds,
          cluster.narrowingGradient(),
          null,
          ofHidden);
      adds = true;
      // Each row occurs once, so this is a scatter.
      kernels.addRows(places, ofHidden, -1, true, allGradHidden.view(tokens, width));
    }
    if (!adds) {
      cluster.outputGradient().zero();
      cluster.narrowingGradient().zero();
    }
  }

  private void compute(
      Tensor allHidden, Tensor places, Tensor targets, Tensor gradLosses, Tensor gradLogits) {
    long rows = places.elements();
    Tensor x = hidden.slice(0, rows, width);
    Tensor y = narrow.slice(0, rows, cluster.units());
    Tensor z = logits.slice(0, rows, cluster.classes());
    Tensor values = losses.slice(0, rows);
    Tensor upstream = null;
    if (gradLosses != null) {
      upstream = arriving.slice(0, rows);
      kernels.gatherRows(gradLosses.view(tokens, 1), places, upstream);
    }
    kernels.gatherRows(allHidden.view(tokens, width), places, x);
    kernels.linear(cluster.narrowing(), null, x, y);
    kernels.linear(cluster.output(), null, y, z);
    kernels
        .losses()
        .crossEntropy(
            targets,
            CrossEntropyOptions.PLAIN,
            new LossRows(
                z,
                null,
                upstream,
                head.divisor(),
                LossOptions.NONE,
                values,
                LossStatistics.NONE,
                gradLogits));
    kernels.addRows(places, values, -1, true, head.losses().view(tokens, 1));
  }
}
