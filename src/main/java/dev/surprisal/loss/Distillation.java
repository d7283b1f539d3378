package dev.surprisal.loss;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Head;

/**
 * A loss for learning from a teacher (Hinton et al. 2015): a divergence between the distributions
 * of teacher and student, mixed with the cross-entropy against target classes.
 *
 * <p>The caller sets the teacher's logits, or its last layer and hidden states: then the logits
 * exist for a chunk of rows at a time, like the student's.
 */
public final class Distillation extends TargetLoss {
  private final DivergenceOptions options;
  private Head head;
  private Tensor teacher;
  private Tensor gathered;
  private Tensor logits;
  private long partRows;

  /**
   * Creates a loss for batches of one size.
   *
   * @param device of the logits
   * @param tokens M
   * @param classes V
   * @param options divergence, temperature, weight, ignore index
   * @param settings reduction, options of all losses, statistics
   */
  public Distillation(
      Device device, long tokens, long classes, DivergenceOptions options, LossSettings settings) {
    super("distillation", device, tokens, classes, options.ignoreIndex(), null, settings);
    this.options = options;
    partRows = tokens;
  }

  /**
   * Sets the teacher's logits.
   *
   * @param newLogits [M, V]; the caller closes them
   * @throws IllegalArgumentException if they have another shape
   */
  public void teacher(Tensor newLogits) {
    long tokens = positions().tokens();
    if (!newLogits.shape().equals(Shape.of(tokens, classes()))) {
      throw new IllegalArgumentException(
          "distillation: expected the teacher's logits of shape "
              + Shape.of(tokens, classes())
              + ", found "
              + newLogits.shape());
    }
    head = null;
    teacher = newLogits;
  }

  /**
   * Sets the layer and the hidden states that the teacher's logits are computed from, chunk by
   * chunk.
   *
   * @param newHead the teacher's last layer, with the same vocabulary
   * @param hidden its hidden states, [M, teacher's H]; the caller closes them
   * @throws IllegalArgumentException if the vocabulary or the number of rows differs
   */
  public void teacher(Head newHead, Tensor hidden) {
    long tokens = positions().tokens();
    if (newHead.classes() != classes()) {
      throw new IllegalArgumentException(
          "distillation: expected a teacher of "
              + classes()
              + " classes, found one of "
              + newHead.classes()
              + ": teacher and student share a vocabulary");
    }
    if (hidden.elements() != tokens * newHead.width()) {
      throw new IllegalArgumentException(
          "distillation: expected the teacher's hidden states of "
              + tokens
              + " tokens by "
              + newHead.width()
              + ", found "
              + hidden.shape());
    }
    logits = room(logits, partRows, classes());
    head = newHead;
    teacher = hidden.view(tokens, newHead.width());
  }

  @Override
  void reserve(long rows) {
    partRows = rows;
  }

  @Override
  protected void compute(LossKernels kernels, LossRows part, long first) {
    if (teacher == null) {
      throw new IllegalStateException("distillation: set the teacher before the loss is computed");
    }
    long rows = part.logits().shape().size(0);
    Tensor given = rows(first, rows, part.positions());
    if (head == null) {
      kernels.divergence(given, targets().ids(), options, part);
    } else {
      Tensor made = logits.slice(0, rows, classes());
      head.logits(given, made);
      kernels.divergence(made, targets().ids(), options, part);
    }
  }

  /** Rows of the teacher's logits or hidden states. */
  private Tensor rows(long first, long rows, Tensor places) {
    long width = teacher.shape().size(1);
    if (places == null || positions().complete()) {
      return teacher.slice(first * width, rows, width);
    }
    gathered = room(gathered, rows, width);
    Tensor target = gathered.slice(0, rows, width);
    device().kernels().gatherRows(teacher, places, target);
    return target;
  }

  /** Allocates once, because the largest part comes first. */
  private Tensor room(Tensor present, long rows, long width) {
    return present != null && present.elements() >= rows * width
        ? present
        : allocate(DType.FLOAT32, rows, width);
  }
}
