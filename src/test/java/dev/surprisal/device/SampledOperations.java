package dev.surprisal.device;

import static dev.surprisal.device.Operations.anyFloats;
import static dev.surprisal.device.Operations.floats;

import dev.surprisal.device.Operation.Operand;
import dev.surprisal.oracle.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The operations of {@link LossKernels} over sampled classes. */
final class SampledOperations {
  private static final int N = 300;
  private static final int M = 320;
  private static final int V = 500;
  private static final int H = 127;
  private static final int S = 3001;

  static final List<Operation> ALL =
      List.of(
          new Operation(
              "draw classes",
              (k, t) ->
                  k.losses()
                      .drawClasses(
                          t.get("thresholds"),
                          t.get("aliases"),
                          V,
                          1,
                          t.get("sequence"),
                          t.get("samples")),
              new Operand(
                  "thresholds", Samples.probabilities(1, 1, V), new long[] {V}, new long[] {V + 1}),
              ints("aliases", V),
              new Operand("sequence", 2L, new long[] {1}, new long[] {2}),
              new Operand("samples", new int[S], new long[] {S}, null)),
          new Operation(
              "target logits",
              (k, t) ->
                  k.losses()
                      .targetLogits(weights(t), t.get("hidden"), t.get("targets"), t.get("logits")),
              floats("weight", V, H),
              floats("bias", V),
              floats("hidden", N, H),
              ints("targets", N),
              floats("logits", N)),
          new Operation(
              "target logits backward",
              (k, t) ->
                  k.losses()
                      .targetLogitsBackward(
                          weights(t),
                          t.get("hidden"),
                          t.get("targets"),
                          t.get("gradLogits"),
                          t.get("gradHidden"),
                          t.get("gradRows")),
              floats("weight", V, H),
              floats("bias", V),
              floats("hidden", N, H),
              ints("targets", N),
              floats("gradLogits", N),
              floats("gradHidden", N, H),
              floats("gradRows", N, H)),
          loss(SampledLoss.SOFTMAX),
          loss(SampledLoss.NOISE_CONTRASTIVE));

  private SampledOperations() {}

  private static LinearWeights weights(Map<String, Tensor> t) {
    return new LinearWeights(t.get("weight"), t.get("bias"));
  }

  private static Operation loss(SampledLoss kind) {
    int[] positions = new int[N];
    Arrays.setAll(positions, row -> row * 7 % M);
    return new Operation(
        "sampled loss",
        (k, t) ->
            k.losses()
                .sampledLoss(
                    kind,
                    t.get("targets"),
                    new SampledRows(
                        t.get("samples"),
                        t.get("log-probabilities"),
                        t.get("positions"),
                        t.get("gradient of the losses"),
                        t.get("divisor"),
                        t.get("logits"),
                        t.get("target logits"),
                        t.get("losses"))),
        ints("targets", N),
        ints("samples", S),
        anyFloats("log-probabilities", V),
        new Operand("positions", positions, new long[] {N}, new long[] {N + 1}),
        floats("gradient of the losses", M),
        floats("divisor", 1),
        floats("logits", N, S),
        floats("target logits", N),
        floats("losses", M));
  }

  /** Classes; one more does not fit. */
  private static Operand ints(String name, int count) {
    return new Operand(
        name, Samples.integers(1, count, V), new long[] {count}, new long[] {count + 1});
  }
}
