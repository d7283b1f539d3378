package dev.surprisal.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The choice of a training loss and its options, as in {@code cross-entropy:smoothing=0.1,z=1e-4}:
 * a loss of tokens, which {@link Trainer} trains with, or a loss of n-best lists, which {@link
 * NBestTrainer} trains with.
 */
public abstract sealed class LossSpec permits TokenLossSpec, ListLossSpec {
  /** Cross-entropy without any option. */
  public static final TokenLossSpec CROSS_ENTROPY = (TokenLossSpec) parse("cross-entropy");

  private final LossValues values;

  LossSpec(LossValues values) {
    this.values = values;
  }

  /**
   * Parses a loss.
   *
   * @param text {@code name} or {@code name:option=value,…}
   * @return a {@link TokenLossSpec} or a {@link ListLossSpec}
   * @throws IllegalArgumentException if the loss or an option is unknown, or a value is invalid
   */
  public static LossSpec parse(String text) {
    int colon = text.indexOf(':');
    LossKind kind = LossKind.of(colon < 0 ? text : text.substring(0, colon));
    Map<String, String> given = new LinkedHashMap<>();
    if (colon >= 0) {
      for (String part : text.substring(colon + 1).split(",", -1)) {
        int equals = part.indexOf('=');
        String option = part.substring(0, Math.max(0, equals));
        if (kind.options().stream().noneMatch(known -> known.name().equals(option))) {
          throw new IllegalArgumentException(
              "the loss "
                  + kind.name()
                  + " takes option=value for "
                  + kind.options().stream().map(LossOption::name).collect(Collectors.joining(", "))
                  + "; found \""
                  + part
                  + "\"");
        }
        if (given.put(option, part.substring(equals + 1)) != null) {
          throw new IllegalArgumentException(
              "the loss " + kind.name() + " was given two values of " + option);
        }
      }
    }
    return kind.reader().apply(new LossValues(kind, text, given));
  }

  /**
   * Returns the loss without its options.
   *
   * @return one of {@link LossKind#all}
   */
  public final LossKind kind() {
    return values.kind();
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof LossSpec spec && toString().equals(spec.toString());
  }

  @Override
  public final int hashCode() {
    return toString().hashCode();
  }

  /** Returns the text that was parsed. */
  @Override
  public final String toString() {
    return values.text();
  }
}
