package dev.surprisal.train;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A training loss that {@link LossSpec#parse} and {@code surprisal train --loss} accept.
 *
 * @param name as in {@code cross-entropy}
 * @param summary one line
 * @param options its options and their defaults
 * @param hasTeacher whether it learns from another model
 * @param reader checks values and makes the specification
 */
public record LossKind(
    String name,
    String summary,
    List<LossOption> options,
    boolean hasTeacher,
    Function<LossValues, LossSpec> reader) {
  /**
   * Returns all losses.
   *
   * @return in the order in which help lists them
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
                    "unknown loss \""
                        + name
                        + "\"; expected one of "
                        + all().stream().map(LossKind::name).collect(Collectors.joining(", "))));
  }
}
