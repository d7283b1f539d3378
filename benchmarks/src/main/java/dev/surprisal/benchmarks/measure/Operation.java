package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What can be measured, by the names that results and peers use. An operation knows the sizes that
 * make a case of it, and the least that any implementation must move and compute: each input read
 * once, each output written once, one multiplication and one addition for each term of a product. N
 * tokens, V vocabulary, E embedding, H hidden, B batch, T window, P parameters.
 */
public enum Operation {
  /** Loss and gradient of N rows of logits that are in memory, as a mean. */
  CROSS_ENTROPY("N", "V") {
    @Override
    double bytes(Case of) {
      return 2.0 * of.elementBytes() * of.size("N") * of.size("V");
    }
  },

  /**
   * A linear layer without a bias, its cross-entropy, and the gradients of hidden states and
   * weight.
   */
  PROJECTED_CROSS_ENTROPY("N", "H", "V") {
    @Override
    double bytes(Case of) {
      return (of.elementBytes() + 4.0) * of.size("H") * (of.size("V") + of.size("N"));
    }

    @Override
    double flops(Case of) {
      return 6.0 * of.size("N") * of.size("H") * of.size("V");
    }
  },

  /**
   * The three products of {@link #PROJECTED_CROSS_ENTROPY} alone, on logits that exist: what a
   * fused loss is held against.
   */
  PROJECTION_PRODUCTS("N", "H", "V") {
    @Override
    double bytes(Case of) {
      return (of.elementBytes() + 4.0) * of.size("H") * (of.size("V") + of.size("N"))
          + 12.0 * of.size("N") * of.size("V");
    }

    @Override
    double flops(Case of) {
      return PROJECTED_CROSS_ENTROPY.flops(of);
    }
  },

  /**
   * A projection with a bias and any loss; the case's variant says which, and how many classes are
   * multiplied depends on it.
   */
  PROJECTED_LOSS("N", "H", "V"),

  /** One recurrent layer with inputs of size H, from [B, T, H] to [B, T, H]. */
  RNN_FORWARD("B", "T", "H") {
    @Override
    double bytes(Case of) {
      return of.elementBytes()
          * (2.0 * of.size("B") * of.size("T") * of.size("H") + 2.0 * of.size("H") * of.size("H"));
    }

    @Override
    double flops(Case of) {
      return 4.0 * of.size("B") * of.size("T") * of.size("H") * of.size("H");
    }
  },

  /** The layer forward, then backward to the gradients of input, state and parameters. */
  RNN_TRAINING("B", "T", "H") {
    @Override
    double bytes(Case of) {
      return of.elementBytes()
          * (5.0 * of.size("B") * of.size("T") * of.size("H") + 6.0 * of.size("H") * of.size("H"));
    }

    @Override
    double flops(Case of) {
      return 3 * RNN_FORWARD.flops(of);
    }
  },

  /** Looks up N rows of [V, E]. */
  EMBEDDING("N", "V", "E") {
    @Override
    double bytes(Case of) {
      return of.size("N") * (4 + 2.0 * of.elementBytes() * of.size("E"));
    }

    /** Rows of frequent tokens are found in the cache. */
    @Override
    boolean bounded() {
      return false;
    }
  },

  /** The dense gradient of {@link #EMBEDDING}, for tokens whose frequencies fall as in language. */
  EMBEDDING_BACKWARD("N", "V", "E") {
    @Override
    double bytes(Case of) {
      return of.size("N") * (4 + 4.0 * of.size("E")) + 4.0 * of.size("V") * of.size("E");
    }
  },

  /** One step of Adam over P parameters in float32. */
  ADAM("P") {
    @Override
    double bytes(Case of) {
      return 28.0 * of.size("P");
    }
  },

  /**
   * All that a trainer does for a window: tokens and targets from the host, forward, loss,
   * backward, Adam, state carried over, loss to the host.
   */
  TRAINING_STEP("V", "E", "H", "B", "T") {
    @Override
    double flops(Case of) {
      double perToken = of.size("H") * (double) (of.size("E") + of.size("H") + of.size("V"));
      return 6.0 * of.size("B") * of.size("T") * perToken;
    }
  };

  private final List<String> sizes;

  Operation(String... sizes) {
    this.sizes = List.of(sizes);
  }

  /** The names of the sizes that a case has, in order. */
  public List<String> sizes() {
    return sizes;
  }

  /** The fewest bytes, or 0 where the time does not follow from them. */
  double bytes(Case of) {
    return 0;
  }

  /** The fewest floating-point operations, or 0 where the time does not follow from them. */
  double flops(Case of) {
    return 0;
  }

  /** Whether bytes beyond the caches and operations bound the time, whatever implements it. */
  boolean bounded() {
    return true;
  }

  /** As in {@code cross_entropy}. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The operation of a name. */
  public static Operation of(String text) {
    return Arrays.stream(values())
        .filter(operation -> operation.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected an operation, one of "
                        + Arrays.stream(values()).map(Operation::text).toList()
                        + "; found '"
                        + text
                        + "'"));
  }
}
