package dev.surprisal.device;

import static dev.surprisal.device.Operations.anyFloats;
import static dev.surprisal.device.Operations.floats;

import dev.surprisal.device.Operation.Operand;
import dev.surprisal.oracle.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Every operation of {@link LossKernels} over rows of logits, with all that it can be given. */
final class LossOperations {
  private static final int N = 300;
  private static final int M = 320;
  private static final int V = 500;
  private static final int K = 9;
  private static final LossOptions OPTIONS = new LossOptions(0.9f, 20, 0.01f, 0.1f);

  static final List<Operation> ALL = all();

  private LossOperations() {}

  private static List<Operation> all() {
    return List.of(
        new Operation(
            "target weight",
            (k, t) ->
                k.losses()
                    .targetWeight(t.get("targets"), V, 3, t.get("class weights"), t.get("sum")),
            new Operand("targets", Samples.integers(1, M, V), new long[] {M}, null),
            floats("class weights", V),
            floats("sum", 1)),
        new Operation(
            "log-softmax",
            (k, t) ->
                k.losses().logSoftmax(t.get("logits"), t.get("offsets"), 1, t.get("output"), 0),
            new Operand(
                "logits", Samples.normal(1, N * V, 1), new long[] {N, V}, new long[] {N + 1, V}),
            new Operand(
                "offsets", Samples.normal(2, N * 2, 1), new long[] {N, 2}, new long[] {N, 1}),
            new Operand(
                "output", Samples.normal(3, N * V, 1), new long[] {N, V}, new long[] {N, V - 1})),
        new Operation(
            "reduce losses",
            (k, t) -> k.losses().reduceLosses(t.get("losses"), t.get("divisor"), t.get("total")),
            anyFloats("losses", 150_001),
            floats("divisor", 1),
            floats("total", 1)),
        ofRows(
            "cross-entropy",
            true,
            (k, t) -> k.crossEntropy(t.get("targets"), options(t), rows(t)),
            targets(),
            floats("class weights", V)),
        ofRows(
            "cross-entropy",
            false,
            (k, t) -> k.crossEntropySoft(t.get("probabilities"), options(t), rows(t)),
            probabilities(N, V),
            floats("class weights", V)),
        ofRows(
            "sparse cross-entropy",
            false,
            (k, t) -> k.crossEntropySparse(t.get("ids"), t.get("probabilities"), rows(t)),
            perToken("ids", Samples.distinct(1, M, K, V)),
            probabilities(M, K)),
        ofRows(
            "focal loss",
            true,
            (k, t) -> k.focal(t.get("targets"), 3, t.get("class weights"), 2, rows(t)),
            targets(),
            floats("class weights", V)),
        ofRows(
            "unlikelihood",
            true,
            (k, t) -> k.unlikelihood(t.get("targets"), t.get("candidates"), 3, 0.5f, rows(t)),
            targets(),
            perToken("candidates", DenseLoss.candidates(2, M * K, V))),
        divergence(Divergence.KULLBACK_LEIBLER),
        divergence(Divergence.REVERSE_KULLBACK_LEIBLER),
        divergence(Divergence.JENSEN_SHANNON));
  }

  private static Operation divergence(Divergence kind) {
    DivergenceOptions options = new DivergenceOptions(kind, 0.3f, 2, 0.7f, 3);
    return ofRows(
        "distillation",
        true,
        (k, t) -> k.divergence(t.get("teacher"), t.get("targets"), options, rows(t)),
        floats("teacher", N, V),
        targets());
  }

  /** A call with operands by name. */
  private interface Call {
    void run(LossKernels losses, Map<String, Tensor> operands);
  }

  private static Operation ofRows(String name, boolean targets, Call call, Operand... own) {
    List<Operand> operands = new ArrayList<>(Arrays.asList(own));
    int[] positions = new int[N];
    Arrays.setAll(positions, row -> row * 7 % M);
    operands.addAll(
        List.of(
            floats("logits", N, V),
            new Operand("positions", positions, new long[] {N}, new long[] {N + 1}),
            floats("gradient of the losses", M),
            floats("divisor", 1),
            floats("losses", M),
            floats("log-sum-exp", M),
            floats("entropy", M),
            new Operand("argmax", new int[M], new long[] {M}, new long[] {M + 1}),
            floats("gradient of the logits", N, V)));
    if (targets) {
      operands.add(floats("log-probability", M));
      operands.add(floats("correct", M));
    }
    return new Operation(name, (k, t) -> call.run(k.losses(), t), operands);
  }

  private static LossRows rows(Map<String, Tensor> t) {
    return new LossRows(
        t.get("logits"),
        t.get("positions"),
        t.get("gradient of the losses"),
        t.get("divisor"),
        OPTIONS,
        t.get("losses"),
        new LossStatistics(
            t.get("log-sum-exp"),
            t.get("log-probability"),
            t.get("entropy"),
            t.get("correct"),
            t.get("argmax")),
        t.get("gradient of the logits"));
  }

  private static CrossEntropyOptions options(Map<String, Tensor> t) {
    return new CrossEntropyOptions(3, 0.1f, t.get("class weights"));
  }

  private static Operand targets() {
    return new Operand("targets", Samples.integers(1, M, V), new long[] {M}, new long[] {M + 1});
  }

  private static Operand perToken(String name, int[] values) {
    return new Operand(name, values, new long[] {M, K}, new long[] {M + 1, K});
  }

  private static Operand probabilities(int rows, int width) {
    return new Operand(
        "probabilities",
        Samples.probabilities(1, rows, width),
        new long[] {rows, width},
        new long[] {rows, width + 1});
  }
}
