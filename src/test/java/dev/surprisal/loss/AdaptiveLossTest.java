package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.Bench;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.AdaptiveSoftmax;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.Parameters;
import dev.surprisal.oracle.AdaptiveSoftmaxCase;
import dev.surprisal.oracle.AdaptiveSoftmaxOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

class AdaptiveLossTest {
  private static final String NAME = "softmax";
  private static final int IGNORE = -100;
  private static final int[] CHUNKS = {0, 1, 2, 7, 1000};

  /** A case with its softmax. */
  private static final class Layer implements AutoCloseable {
    private final Parameters parameters;
    private final AdaptiveSoftmax softmax;

    Layer(Bench bench, AdaptiveSoftmaxCase of) {
      HeadConfig.Adaptive config =
          new HeadConfig.Adaptive(
              IntStream.of(of.cutoffs()).boxed().toList(),
              of.divValue(),
              of.weights().containsKey("head.bias"));
      parameters =
          new Parameters(
              bench.device(), AdaptiveSoftmax.parameters(NAME, of.width(), of.classes(), config));
      of.weights()
          .forEach(
              (name, values) -> parameters.value(NAME + "." + name).write(Samples.floats(values)));
      softmax = new AdaptiveSoftmax(parameters, NAME, config);
      float[] blank = new float[(int) parameters.gradients().elements()];
      Arrays.fill(blank, Float.NaN);
      parameters.gradients().write(blank);
    }

    void assertGradients(String what, Map<String, double[]> expected) {
      expected.forEach(
          (name, gradient) ->
              Tolerance.FLOAT32.assertClose(
                  what + ": " + name, gradient, parameters.gradient(NAME + "." + name).toFloats()));
    }

    @Override
    public void close() {
      softmax.close();
      parameters.close();
    }
  }

  @OnEveryDevice
  void losses_and_every_gradient_are_those_of_pytorch_for_every_chunk_size(Bench bench) {
    for (AdaptiveSoftmaxCase of : AdaptiveSoftmaxCase.all()) {
      int rows = of.targets().length;
      double[] losses = Arrays.stream(of.output()).map(output -> -output).toArray();
      for (int chunk : CHUNKS) {
        String what = of.name() + ", chunks of " + chunk;
        try (Layer layer = new Layer(bench, of);
            AdaptiveLoss loss =
                new AdaptiveLoss(layer.softmax, rows, IGNORE, Reduction.MEAN, chunk)) {
          Tensor hidden = bench.floats(of.hidden(), rows, of.width());
          Tensor gradHidden = bench.output(rows, of.width());
          loss.write(of.targets());
          loss.forwardBackward(hidden, null, false, gradHidden);
          Tolerance.FLOAT32.assertClose(what, losses, loss.losses().toFloats());
          Tolerance.FLOAT32.assertClose(what, of.loss(), loss.total().toFloats()[0]);
          Tolerance.FLOAT32.assertClose(what, of.gradHidden(), gradHidden.toFloats());
          layer.assertGradients(what, of.gradWeights());
          float[] together = loss.losses().toFloats();
          loss.forward(hidden);
          assertArrayEquals(together, loss.losses().toFloats(), what);
        }
      }
    }
  }

  @OnEveryDevice
  void ignored_rows_and_upstream_gradients_and_sums_are_those_of_the_formula(Bench bench) {
    for (AdaptiveSoftmaxCase of : AdaptiveSoftmaxCase.all()) {
      int rows = of.targets().length;
      int[] targets = of.targets().clone();
      double[] upstream = Samples.normal(5, rows, 1);
      // A target of the head, and one of a tail, that are ignored.
      targets[0] = IGNORE;
      targets[1] = IGNORE;
      double[] counted = upstream.clone();
      counted[0] = 0;
      counted[1] = 0;
      AdaptiveSoftmaxOracle oracle =
          new AdaptiveSoftmaxOracle(of.width(), of.classes(), of.cutoffs(), of.weights());
      double[] losses = oracle.loss(of.hidden(), of.targets(), counted).losses();
      losses[0] = 0;
      losses[1] = 0;
      double sum = Arrays.stream(losses).sum();
      for (Reduction reduction : Reduction.values()) {
        double divisor =
            switch (reduction) {
              case NONE, SUM -> 1;
              case MEAN -> rows - 2;
              case MEAN_OF_GIVEN -> 50;
            };
        double[] arriving = Arrays.stream(counted).map(g -> g / divisor).toArray();
        AdaptiveSoftmaxOracle.Result expected = oracle.loss(of.hidden(), of.targets(), arriving);
        try (Layer layer = new Layer(bench, of);
            AdaptiveLoss loss = new AdaptiveLoss(layer.softmax, rows, IGNORE, reduction, 2)) {
          if (reduction == Reduction.MEAN_OF_GIVEN) {
            loss.tokenCount(50);
          }
          Tensor gradHidden = bench.output(rows, of.width());
          loss.write(targets);
          loss.forwardBackward(
              bench.floats(of.hidden(), rows, of.width()),
              bench.floats(upstream),
              false,
              gradHidden);
          String what = of.name() + ", " + reduction;
          Tolerance.FLOAT32.assertClose(what, losses, loss.losses().toFloats());
          if (reduction != Reduction.NONE) {
            Tolerance.FLOAT32
                .around(sum / divisor)
                .assertClose(what, sum / divisor, loss.total().toFloats()[0]);
          }
          Tolerance.FLOAT32.assertClose(what, expected.hidden(), gradHidden.toFloats());
          layer.assertGradients(what, expected.weights());
        }
      }
    }
  }

  @OnEveryDevice
  void gradients_of_several_batches_add_up(Bench bench) {
    AdaptiveSoftmaxCase of = AdaptiveSoftmaxCase.all().get(3);
    int rows = of.targets().length;
    try (Layer layer = new Layer(bench, of);
        AdaptiveLoss loss =
            new AdaptiveLoss(layer.softmax, rows, IGNORE, Reduction.MEAN_OF_GIVEN, 4)) {
      loss.tokenCount(3 * rows);
      Tensor hidden = bench.floats(of.hidden(), rows, of.width());
      Tensor gradHidden = bench.output(rows, of.width());
      loss.write(of.targets());
      for (int batch = 0; batch < 3; batch++) {
        loss.forwardBackward(hidden, null, batch > 0, gradHidden);
      }
      layer.assertGradients("sum of three", of.gradWeights());
    }
  }

  @OnEveryDevice
  void a_batch_without_rows_of_a_tail_gives_it_no_gradient(Bench bench) {
    AdaptiveSoftmaxCase of = AdaptiveSoftmaxCase.all().get(0);
    int rows = of.targets().length;
    for (int target : new int[] {0, IGNORE}) {
      try (Layer layer = new Layer(bench, of);
          AdaptiveLoss loss = new AdaptiveLoss(layer.softmax, rows, IGNORE, Reduction.MEAN, 4)) {
        int[] targets = new int[rows];
        Arrays.fill(targets, target);
        Tensor gradHidden = bench.output(rows, of.width());
        loss.write(targets);
        loss.forwardBackward(bench.floats(of.hidden(), rows, of.width()), null, false, gradHidden);
        Map<String, double[]> nothing = new LinkedHashMap<>();
        of.weights()
            .forEach(
                (name, weight) -> {
                  if (target == IGNORE || name.startsWith("tail")) {
                    nothing.put(name, new double[weight.length]);
                  }
                });
        layer.assertGradients("target " + target, nothing);
        if (target == IGNORE) {
          assertEquals(0, loss.total().toFloats()[0]);
          assertArrayEquals(new float[rows * of.width()], gradHidden.toFloats());
        }
      }
    }
  }

  @OnEveryDevice
  void an_ignore_index_may_be_a_class_of_a_tail(Bench bench) {
    AdaptiveSoftmaxCase of = AdaptiveSoftmaxCase.all().get(0);
    int rows = of.targets().length;
    int ignored = of.classes() - 1;
    try (Layer layer = new Layer(bench, of);
        AdaptiveLoss loss = new AdaptiveLoss(layer.softmax, rows, ignored, Reduction.NONE)) {
      loss.write(of.targets());
      loss.forward(bench.floats(of.hidden(), rows, of.width()));
      double[] expected = new double[rows];
      Arrays.setAll(expected, row -> of.targets()[row] == ignored ? 0 : -of.output()[row]);
      Tolerance.FLOAT32.assertClose("losses", expected, loss.losses().toFloats());
    }
  }

  @OnEveryDevice
  void an_empty_batch_has_loss_0(Bench bench) {
    AdaptiveSoftmaxCase of = AdaptiveSoftmaxCase.all().get(1);
    try (Layer layer = new Layer(bench, of);
        AdaptiveLoss loss = new AdaptiveLoss(layer.softmax, 0, IGNORE, Reduction.MEAN)) {
      loss.write(new int[0]);
      loss.forwardBackward(bench.output(0, of.width()), null, false, bench.output(0, of.width()));
      assertEquals(0, loss.total().toFloats()[0]);
      Map<String, double[]> nothing = new LinkedHashMap<>();
      of.weights().forEach((name, weight) -> nothing.put(name, new double[weight.length]));
      layer.assertGradients("nothing", nothing);
    }
  }

  @OnEveryDevice
  void a_target_that_is_no_class_is_refused_and_those_before_stay(Bench bench) {
    AdaptiveSoftmaxCase of = AdaptiveSoftmaxCase.all().get(0);
    int rows = of.targets().length;
    try (Layer layer = new Layer(bench, of);
        AdaptiveLoss loss = new AdaptiveLoss(layer.softmax, rows, IGNORE, Reduction.NONE)) {
      loss.write(of.targets());
      for (int outside : new int[] {-1, of.classes(), Integer.MAX_VALUE}) {
        int[] targets = new int[rows];
        targets[rows - 1] = outside;
        assertEquals(
            "adaptive softmax: expected a token in [0, "
                + of.classes()
                + ") at position "
                + (rows - 1)
                + ", found "
                + outside,
            assertThrows(IllegalArgumentException.class, () -> loss.write(targets)).getMessage());
      }
      assertThrows(IllegalArgumentException.class, () -> loss.write(new int[rows + 1]));
      loss.forward(bench.floats(of.hidden(), rows, of.width()));
      double[] expected = Arrays.stream(of.output()).map(output -> -output).toArray();
      Tolerance.FLOAT32.assertClose("losses", expected, loss.losses().toFloats());
    }
  }

  @OnEveryDevice
  void what_a_loss_holds_is_given_back(Bench bench) {
    AdaptiveSoftmaxCase of = AdaptiveSoftmaxCase.all().get(2);
    try (Layer layer = new Layer(bench, of)) {
      long before = bench.device().memory().current();
      new AdaptiveLoss(layer.softmax, 9, IGNORE, Reduction.MEAN).close();
      assertEquals(before, bench.device().memory().current());
      for (int chunk : List.of(-1, -7)) {
        assertThrows(
            IllegalArgumentException.class,
            () -> new AdaptiveLoss(layer.softmax, 9, IGNORE, Reduction.MEAN, chunk));
      }
      assertEquals(before, bench.device().memory().current());
    }
  }
}
