package dev.surprisal.train;

import dev.surprisal.device.SequenceOptions;
import dev.surprisal.nn.HeadConfig;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A loss that training knows, as {@code surprisal train --loss} takes it.
 *
 * @param name as in {@code cross-entropy}
 * @param summary one line
 * @param options what can be set, and what else is taken if it is not
 * @param hasTeacher whether it learns from another model
 * @param reader checks values and keeps them
 */
public record LossKind(
    String name,
    String summary,
    List<LossOption> options,
    boolean hasTeacher,
    Function<LossValues, Start> reader) {
  /** Makes what training minimises, once sizes and device are known. */
  @FunctionalInterface
  interface Start {
    Objective start(LossContext context);

    /** The adaptive softmax that a model needs; null if it needs a projection. */
    default HeadConfig.Adaptive head() {
      return null;
    }

    /** How n-best lists are judged; null if it is a loss of tokens. */
    default SequenceOptions sequences() {
      return null;
    }
  }

  /**
   * All that there are.
   *
   * @return in the order of a list for people
   */
  public static List<LossKind> all() {
    return LossKinds.ALL;
  }

  static LossKind of(String name) {
    return all().stream()
        .filter(kind -> kind.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no loss \""
                        + name
                        + "\"; there are "
                        + all().stream().map(LossKind::name).collect(Collectors.joining(", "))));
  }
}
