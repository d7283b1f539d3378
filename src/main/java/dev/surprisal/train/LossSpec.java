package dev.surprisal.train;

import dev.surprisal.device.SequenceOptions;
import dev.surprisal.nn.HeadConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A loss to train with, as in {@code cross-entropy:smoothing=0.1,z=1e-4}. */
public final class LossSpec {
  /** Cross-entropy with nothing added. */
  public static final LossSpec CROSS_ENTROPY = parse("cross-entropy");

  private final String text;
  private final LossKind kind;
  private final LossKind.Start start;

  private LossSpec(String text, LossKind kind, LossKind.Start start) {
    this.text = text;
    this.kind = kind;
    this.start = start;
  }

  /**
   * Reads a loss.
   *
   * @param text {@code name} or {@code name:option=value,…}
   * @return the loss
   * @throws IllegalArgumentException if there is no such loss or option, or a value cannot be used
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
    return new LossSpec(text, kind, kind.reader().apply(new LossValues(kind, given)));
  }

  /**
   * Which loss it is.
   *
   * @return one of {@link LossKind#all}
   */
  public LossKind kind() {
    return kind;
  }

  /**
   * The last layer that a model needs, where it is no projection.
   *
   * @return an adaptive softmax, or none
   */
  public Optional<HeadConfig> head() {
    return Optional.ofNullable(start.head());
  }

  /**
   * How n-best lists are judged, where it is a loss of those and not of tokens.
   *
   * @return what an {@link NBestTrainer} takes, or none
   */
  public Optional<SequenceOptions> sequences() {
    return Optional.ofNullable(start.sequences());
  }

  /** Makes it for a run. */
  Objective start(LossContext context) {
    HeadConfig found = context.network().headConfig();
    HeadConfig needed = start.head();
    if (needed == null ? found instanceof HeadConfig.Adaptive : !needed.equals(found)) {
      throw new IllegalArgumentException(
          "the loss "
              + kind.name()
              + " takes a model with "
              + (needed == null ? HeadConfig.PROJECTION : needed)
              + ", found one with "
              + found);
    }
    return start.start(context);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LossSpec spec && text.equals(spec.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
