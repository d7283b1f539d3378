package dev.surprisal.train;

import dev.surprisal.device.LossOptions;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Reduction;
import java.util.Map;

/**
 * The values of a loss's options.
 *
 * @param kind the loss
 * @param text the whole text that was parsed
 * @param given values by option name; an option that is not given has its default
 */
record LossValues(LossKind kind, String text, Map<String, String> given) {
  String text(String option) {
    String value = given.get(option);
    return value != null ? value : standard(option);
  }

  private String standard(String option) {
    return kind.options().stream()
        .filter(known -> known.name().equals(option))
        .map(LossOption::standard)
        .findFirst()
        .orElseThrow();
  }

  float number(String option) {
    try {
      return Float.parseFloat(text(option));
    } catch (NumberFormatException e) {
      throw refused(option, "a number");
    }
  }

  int integer(String option, int least) {
    try {
      int value = Integer.parseInt(text(option));
      if (value >= least) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number that is too small.
    }
    throw refused(option, "an integer of " + least + " or more");
  }

  boolean flag(String option) {
    return switch (text(option)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused(option, "true or false");
    };
  }

  IllegalArgumentException refused(String option, String expected) {
    return new IllegalArgumentException(
        "the loss "
            + kind.name()
            + " takes "
            + expected
            + " for "
            + option
            + ", found \""
            + text(option)
            + "\"");
  }

  /** Reads the options that all losses of logits have. */
  LossSettings settings() {
    LossOptions options =
        new LossOptions(number("scale"), number("cap"), number("z"), number("penalty"));
    return LossSettings.of(Reduction.MEAN).with(options);
  }
}
