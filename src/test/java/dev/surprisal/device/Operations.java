package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.surprisal.device.Operation.Operand;
import dev.surprisal.oracle.Bfloat16;
import dev.surprisal.oracle.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Every operation of {@link Kernels}, large enough that a device shares the work out. */
public final class Operations {
  private static final int N = 300;
  private static final int V = 500;
  private static final int E = 130;
  private static final int H = 127;
  private static final int B = 20;
  private static final int T = 7;
  private static final int P = 150_001;
  private static final AdamOptions ADAM = new AdamOptions(0.9, 0.999, 1e-8, 0.01, 0.5);

  /** All of them. */
  static final List<Operation> ALL = all();

  private Operations() {}

  private static List<Operation> all() {
    List<Operation> all = new ArrayList<>(LossOperations.ALL);
    all.addAll(SampledOperations.ALL);
    all.addAll(others());
    return List.copyOf(all);
  }

  private static List<Operation> others() {
    return List.of(
        new Operation(
            "uniform", (k, t) -> k.uniform(-1, 1, 1, 2, t.get("output")), anyFloats("output", P)),
        new Operation(
            "normal", (k, t) -> k.normal(0, 1, 1, 2, t.get("output")), anyFloats("output", P)),
        new Operation(
            "dropout",
            (k, t) -> k.dropout(t.get("input"), 0.25f, 1, t.get("sequence"), t.get("output")),
            floats("input", P),
            new Operand("sequence", 2L, new long[] {1}, new long[] {2}),
            floats("output", P)),
        new Operation(
            "convert",
            (k, t) -> k.convert(t.get("source"), t.get("target")),
            floats("source", P),
            halves("target", P)),
        new Operation(
            "convert",
            (k, t) -> k.convert(t.get("source"), t.get("target")),
            halves("source", P),
            floats("target", P)),
        new Operation(
            "gather rows",
            (k, t) -> k.gatherRows(t.get("weight"), t.get("tokens"), t.get("output")),
            floats("weight", V, E),
            tokens("tokens", N),
            floats("output", N, E)),
        new Operation(
            "gather rows",
            (k, t) -> k.gatherRows(t.get("weight"), t.get("tokens"), t.get("output")),
            halves("weight", V, H),
            tokens("tokens", N),
            halves("output", N, H)),
        new Operation(
            "add rows",
            (k, t) -> k.addRows(t.get("tokens"), t.get("output"), 3, true, t.get("weight")),
            tokens("tokens", N),
            floats("output", N, E),
            floats("weight", V, E)),
        new Operation(
            "recurrent",
            (k, t) ->
                k.recurrent(
                    Cell.TANH,
                    recurrentWeights(t, ""),
                    t.get("input"),
                    new RecurrentState(t.get("initial state")),
                    t.get("reserve"),
                    t.get("output"),
                    new RecurrentState(t.get("final state"))),
            recurrent("", floats("reserve", B, T, H))),
        recurrentBackward(),
        linear(floats("weight", V, H), floats("input", B * T, H)),
        linear(halves("weight", V, H), halves("input", B * T, H)),
        linearBackward(floats("weight", V, H), floats("input", B * T, H)),
        linearBackward(halves("weight", V, H), halves("input", B * T, H)),
        new Operation(
            "gradient norm",
            (k, t) -> k.gradientNorm(t.get("gradients"), t.get("norm")),
            anyFloats("gradients", P),
            floats("norm", 1)),
        adam(),
        new Operation(
            "top-k",
            (k, t) -> k.losses().topK(t.get("logits"), t.get("ids"), t.get("log-probabilities")),
            new Operand("logits", normal("logits", N, V), new long[] {N, V}, new long[] {N + 1, V}),
            new Operand("ids", new int[N * 7], new long[] {N, 7}, new long[] {N, 8}),
            floats("log-probabilities", N, 7)),
        sequenceLoss(),
        new Operation(
            "sample",
            (k, t) ->
                k.sample(t.get("logits"), new SampleOptions(0.9f, 50, 0.9f), 1, 2, t.get("tokens")),
            // Any number of classes fits, but not of rows.
            new Operand("logits", normal("logits", N, V), new long[] {N, V}, new long[] {N + 1, V}),
            tokens("tokens", N)));
  }

  /**
   * Fails unless every operation gives the same bits on all devices, and wherever operands lie.
   *
   * @param devices which promise that
   */
  public static void assertSameBits(List<Device> devices) {
    for (Operation operation : ALL) {
      int[][] expected = null;
      for (Device device : devices) {
        for (Bench bench : List.of(Bench.aligned(device), Bench.odd(device))) {
          try (bench) {
            int[][] found = operation.results(bench);
            expected = expected == null ? found : expected;
            assertArrayEquals(expected, found, operation + " on " + bench);
          }
        }
      }
    }
  }

  private static Operation linear(Operand weight, Operand input) {
    return new Operation(
        "linear",
        (k, t) -> k.linear(t.get("weight"), t.get("bias"), t.get("input"), t.get("output")),
        weight,
        floats("bias", V),
        input,
        floats("output", B * T, V));
  }

  private static Operation linearBackward(Operand weight, Operand input) {
    return new Operation(
        "linear backward",
        (k, t) ->
            k.linearBackward(
                t.get("weight"),
                t.get("input"),
                t.get("gradOutput"),
                true,
                t.get("gradWeight"),
                t.get("gradBias"),
                t.get("gradInput")),
        weight,
        input,
        floats("gradOutput", B * T, V),
        floats("gradWeight", V, H),
        floats("gradBias", V),
        floats("gradInput", B * T, H));
  }

  private static Operand[] recurrent(String prefix, Operand last) {
    return new Operand[] {
      floats(prefix + "weightIh", H, E),
      floats(prefix + "weightHh", H, H),
      floats(prefix + "biasIh", H),
      floats(prefix + "biasHh", H),
      floats(prefix + "input", B, T, E),
      floats(prefix + "initial state", B, H),
      floats(prefix + "output", B, T, H),
      floats(prefix + "final state", B, H),
      last
    };
  }

  private static RecurrentWeights recurrentWeights(Map<String, Tensor> t, String prefix) {
    return new RecurrentWeights(
        t.get(prefix + "weightIh"),
        t.get(prefix + "weightHh"),
        t.get(prefix + "biasIh"),
        t.get(prefix + "biasHh"));
  }

  private static Operation recurrentBackward() {
    Operand[] forward = recurrent("", floats("reserve", B, T, H));
    Operand[] gradients = recurrent("gradient of ", forward[forward.length - 1]);
    // The final state of the forward pass is no operand, and the reserve is one operand.
    Operand[] all = Arrays.copyOf(forward, forward.length - 2 + gradients.length);
    System.arraycopy(gradients, 0, all, forward.length - 2, gradients.length);
    return new Operation(
        "recurrent backward",
        (k, t) ->
            k.recurrentBackward(
                Cell.TANH,
                recurrentWeights(t, ""),
                t.get("input"),
                new RecurrentState(t.get("initial state")),
                t.get("output"),
                t.get("gradient of output"),
                new RecurrentState(t.get("gradient of final state")),
                true,
                t.get("reserve"),
                recurrentWeights(t, "gradient of "),
                t.get("gradient of input"),
                new RecurrentState(t.get("gradient of initial state"))),
        all);
  }

  /** 50 lists of 3 sequences of 2 tokens. */
  private static Operation sequenceLoss() {
    int[] starts = new int[N / 2];
    int[] lengths = new int[N / 2];
    int[] lists = new int[N / 6 + 1];
    Arrays.setAll(starts, i -> 2 * i);
    Arrays.fill(lengths, 2);
    Arrays.setAll(lists, i -> 3 * i);
    return new Operation(
        "sequence loss",
        (k, t) ->
            k.losses()
                .sequenceLoss(
                    t.get("losses"),
                    new Sequences(
                        t.get("starts"), t.get("lengths"), t.get("lists"), t.get("costs")),
                    new SequenceOptions(SequenceOptions.Kind.MINIMUM_RISK, 0.5f, 0, 0.5f, true),
                    t.get("scores"),
                    t.get("list losses"),
                    t.get("gradient")),
        floats("losses", N),
        new Operand("starts", starts, new long[] {N / 2}, new long[] {N / 2 + 1}),
        new Operand("lengths", lengths, new long[] {N / 2}, new long[] {N / 2 + 1}),
        new Operand("lists", lists, new long[] {N / 6 + 1}, new long[] {N / 6 + 2}),
        floats("costs", N / 2),
        floats("scores", N / 2),
        floats("list losses", N / 6),
        floats("gradient", N));
  }

  private static Operation adam() {
    return new Operation(
        "Adam",
        (k, t) ->
            k.adam(
                new AdamTensors(
                    t.get("parameters"),
                    t.get("gradients"),
                    t.get("first moments"),
                    t.get("second moments"),
                    t.get("step"),
                    t.get("learning rate"),
                    t.get("norm")),
                ADAM),
        floats("parameters", P),
        floats("gradients", P),
        floats("first moments", P),
        new Operand(
            "second moments", Samples.probabilities(1, 1, P), new long[] {P}, new long[] {P + 1}),
        new Operand("step", new int[] {7}, new long[] {1}, new long[] {2}),
        floats("learning rate", 1),
        floats("norm", 1));
  }

  /** Normal values; one more in the last dimension does not fit. */
  static Operand floats(String name, long... sizes) {
    long[] wrong = sizes.clone();
    wrong[wrong.length - 1]++;
    return new Operand(name, normal(name, sizes), sizes, wrong);
  }

  /** The same, of BFLOAT16. */
  private static Operand halves(String name, long... sizes) {
    Operand floats = floats(name, sizes);
    double[] values = Bfloat16.rounded((double[]) floats.data());
    return new Operand(name, new Operation.Halves(values), sizes, floats.wrong());
  }

  static Operand anyFloats(String name, long size) {
    return new Operand(name, normal(name, size), new long[] {size}, null);
  }

  private static double[] normal(String name, long... sizes) {
    return Samples.normal(name.hashCode(), (int) Shape.of(sizes).elements(), 0.1);
  }

  private static Operand tokens(String name, int count) {
    return new Operand(
        name, Samples.integers(1, count, V), new long[] {count}, new long[] {count + 1});
  }
}
