package dev.surprisal.benchmarks;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Entry;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.ours.LossCases;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The cases that are measured on each kind of device, the most important first. */
final class CaseLists {
  private static final long[][] STEPS = {
    {100, 50, 50, 32, 35},
    {100, 64, 256, 32, 64},
    {10_000, 200, 200, 20, 35},
    {10_000, 650, 650, 20, 35},
    {33_278, 200, 200, 20, 35}
  };

  private final List<Entry> entries = new ArrayList<>();

  private CaseLists() {}

  /**
   * A list.
   *
   * @param device by its name
   * @param quick for the short one, whose cases are all on the long one too
   */
  static List<Entry> of(String device, boolean quick) {
    CaseLists lists = new CaseLists();
    if (device.startsWith("cpu")) {
      lists.cpu(quick);
    } else {
      lists.gpu(quick);
    }
    return List.copyOf(lists.entries);
  }

  /**
   * Those of some groups.
   *
   * @param all entries
   * @param groups names, or first words of names, such as {@code growth}; all if there is none
   * @throws IllegalArgumentException if there is no such group
   */
  static List<Entry> only(List<Entry> all, List<String> groups) {
    Set<String> known =
        all.stream().map(Entry::group).collect(Collectors.toCollection(LinkedHashSet::new));
    for (String group : groups) {
      if (known.stream().noneMatch(name -> matches(name, group))) {
        throw new IllegalArgumentException(
            "expected a group of this list, one of " + known + "; found '" + group + "'");
      }
    }
    return all.stream()
        .filter(
            entry ->
                groups.isEmpty()
                    || groups.stream().anyMatch(group -> matches(entry.group(), group)))
        .toList();
  }

  private static boolean matches(String name, String group) {
    return name.equals(group) || name.startsWith(group + " ");
  }

  private void cpu(boolean quick) {
    steps(quick, "float32");
    for (long v : quick ? sizes(4096, 65_536) : sizes(1024, 4096, 16_384, 65_536, 262_144)) {
      add("cross-entropy", Case.of(Operation.CROSS_ENTROPY, (1L << 24) / v, v));
    }
    projection(700, 200, 10_000, "float32");
    if (!quick) {
      projection(700, 200, 33_278, "float32");
      projection(2048, 512, 50_257, "float32");
    }
    long[][] layers = {
      {256, 32}, {256, 1}, {256, 128}, {512, 32}, {1024, 1}, {1024, 32}, {2048, 32}
    };
    for (int i = 0; i < (quick ? 1 : layers.length); i++) {
      recurrent(layers[i][1], 32, layers[i][0], "float32");
    }
    embedding(700, 10_000, 200, "float32");
    if (!quick) {
      embedding(2048, 33_278, 512, "float32");
    }
    adam(quick ? sizes(1_000_000) : sizes(1_000_000, 10_000_000, 100_000_000));
    if (!quick) {
      growth();
    }
    losses(quick);
  }

  private void gpu(boolean quick) {
    steps(quick, "float32");
    if (!quick) {
      steps(false, "tf32");
    }
    for (String type : List.of("float32", "bfloat16")) {
      for (long v : quick ? sizes(4096, 65_536) : sizes(1024, 4096, 16_384, 65_536, 262_144)) {
        add("cross-entropy", Case.of(Operation.CROSS_ENTROPY, (1L << 28) / v, v).ofType(type));
      }
      if (!quick) {
        add("cross-entropy", Case.of(Operation.CROSS_ENTROPY, 8192, 128_256).ofType(type));
      }
    }
    projection(4096, 4096, 128_256, "bfloat16");
    projection(2048, 512, 50_257, "tf32");
    if (!quick) {
      projection(1024, 4096, 128_256, "bfloat16");
      projection(8192, 4096, 128_256, "bfloat16");
      projection(2048, 512, 50_257, "float32");
      projection(2048, 512, 50_257, "bfloat16");
      projection(700, 200, 33_278, "float32");
    }
    for (long hidden : quick ? sizes(256, 1024) : sizes(256, 512, 1024, 2048)) {
      for (long batch : quick ? sizes(32) : sizes(1, 16, 32, 128)) {
        recurrent(batch, 256, hidden, "float32");
      }
    }
    if (!quick) {
      recurrent(32, 256, 1024, "tf32");
    }
    adam(
        quick
            ? sizes(1_000_000, 100_000_000)
            : sizes(1_000_000, 10_000_000, 100_000_000, 1_000_000_000));
    embedding(2048, 33_278, 512, "float32");
    if (!quick) {
      embedding(700, 10_000, 200, "float32");
      embedding(65_536, 50_257, 768, "float32");
      add("embedding", Case.of(Operation.EMBEDDING, 65_536, 50_257, 768).ofType("bfloat16"));
    }
    if (!quick) {
      growth();
    }
    losses(quick);
  }

  private static long[] sizes(long... sizes) {
    return sizes;
  }

  private void add(String group, Case which) {
    entries.add(new Entry(group, which));
  }

  private void projection(long rows, long hidden, long vocabulary, String type) {
    String group = "projection and loss";
    add(group, Case.of(Operation.PROJECTED_CROSS_ENTROPY, rows, hidden, vocabulary).ofType(type));
    add(group, Case.of(Operation.PROJECTION_PRODUCTS, rows, hidden, vocabulary).ofType(type));
  }

  private void recurrent(long batch, long window, long hidden, String type) {
    for (Operation operation : List.of(Operation.RNN_FORWARD, Operation.RNN_TRAINING)) {
      add("recurrent", Case.of(operation, batch, window, hidden).ofType(type).variant("tanh"));
    }
  }

  private void steps(boolean quick, String type) {
    for (int i = 0; i < STEPS.length; i += quick ? 2 : 1) {
      add("step", Case.of(Operation.TRAINING_STEP, STEPS[i]).ofType(type));
    }
  }

  private void embedding(long rows, long vocabulary, long width, String type) {
    add("embedding", Case.of(Operation.EMBEDDING, rows, vocabulary, width).ofType(type));
    add("embedding", Case.of(Operation.EMBEDDING_BACKWARD, rows, vocabulary, width).ofType(type));
  }

  private void adam(long[] parameters) {
    for (long count : parameters) {
      add("adam", Case.of(Operation.ADAM, count));
    }
  }

  private void losses(boolean quick) {
    List<String> names = LossCases.names();
    for (String loss : quick ? names.subList(0, 2) : names) {
      add("losses", Case.of(Operation.PROJECTED_LOSS, 700, 200, 33_278).variant(loss));
    }
  }

  /** A step in which one size is doubled four times. */
  private void growth() {
    growth("V", 2500, v -> Case.of(Operation.TRAINING_STEP, v, 200, 200, 20, 35));
    growth("H", 50, h -> Case.of(Operation.TRAINING_STEP, 10_000, 200, h, 20, 35));
    growth("T", 10, t -> Case.of(Operation.TRAINING_STEP, 10_000, 200, 200, 20, t));
    growth("B", 5, b -> Case.of(Operation.TRAINING_STEP, 10_000, 200, 200, b, 35));
  }

  /** Beside one peer alone: others, such as what compiles first, take long for so many shapes. */
  private static Entry growth(String group, Case step) {
    return new Entry(group, step, Set.of("pytorch"));
  }

  private void growth(String size, long first, LongFunction<Case> step) {
    LongStream.iterate(first, last -> 2 * last)
        .limit(5)
        .forEach(value -> entries.add(growth("growth in " + size, step.apply(value))));
  }
}
