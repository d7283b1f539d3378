package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.oracle.RnnOracle;
import dev.surprisal.oracle.RnnOracle.Gradients;
import dev.surprisal.oracle.RnnOracle.Parameters;
import dev.surprisal.oracle.RnnOracle.Result;
import dev.surprisal.oracle.RnnOracle.Shape;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;

class KernelsRecurrentTest {
  private static final int[] SIZES = {1, 31, 33, 127};
  private static final int[] BATCHES = {1, 2, 5, 20};
  private static final int[] WINDOWS = {1, 2, 7};

  @OnEveryDevice
  void states_and_gradients_are_those_of_the_formula(Bench bench) {
    for (int embed : SIZES) {
      for (int hidden : SIZES) {
        // Every batch size with every window, and each of these pairs with some of the widths.
        for (int i = 0; i < BATCHES.length; i++) {
          int window = WINDOWS[(i + embed + hidden) % WINDOWS.length];
          check(bench, new Shape(BATCHES[i], window, embed, hidden), i % 2 == 0, true, true);
        }
      }
    }
  }

  @OnEveryDevice
  void what_is_optional_may_be_left_out(Bench bench) {
    for (int batch : new int[] {0, 5}) {
      Shape shape = new Shape(batch, 7, 31, 33);
      for (boolean accumulate : new boolean[] {false, true}) {
        check(bench, shape, accumulate, false, true);
        check(bench, shape, accumulate, true, false);
        check(bench, shape, accumulate, false, false);
      }
    }
  }

  @OnEveryDevice
  void a_layer_may_be_wide(Bench bench) {
    check(bench, new Shape(20, 3, 300, 700), false, true, true);
  }

  @OnEveryDevice
  void a_batch_may_have_more_sequences_than_a_grid_has_blocks(Bench bench) {
    for (int batch : new int[] {65_536, 70_000}) {
      check(bench, new Shape(batch, 2, 2, 3), false, true, true);
    }
  }

  /** Forward, then backward from given gradients of all states and, perhaps, of the last. */
  private static void check(
      Bench bench, Shape shape, boolean accumulate, boolean withFinal, boolean withInputs) {
    int batch = shape.batch();
    int window = shape.window();
    int embed = shape.inputs();
    int hidden = shape.hidden();
    double[] x = Samples.normal(1, batch * window * embed, 1);
    double[] initial = Samples.normal(2, batch * hidden, 0.5);
    Parameters parameters = parameters(shape, 3);
    Result forward = RnnOracle.forward(x, initial, parameters, shape);
    RecurrentWeights weights = place(bench, parameters, shape);
    Tensor input = bench.floats(x, batch, window, embed);
    Tensor state = bench.floats(initial, batch, hidden);
    Tensor output = bench.output(batch, window, hidden);
    Tensor last = bench.output(batch, hidden);
    Tensor reserve = bench.output(batch, window, hidden);
    bench
        .kernels()
        .recurrent(
            Cell.TANH,
            weights,
            input,
            new RecurrentState(state),
            reserve,
            output,
            new RecurrentState(last));
    Tolerance sums = Tolerance.FLOAT32.scaled(embed + hidden);
    sums.assertClose("output of " + shape, forward.output(), output.toFloats());
    sums.assertClose("final state of " + shape, forward.last(), last.toFloats());

    double[] gradOutput = Samples.normal(4, batch * window * hidden, 1);
    double[] gradLast =
        withFinal ? Samples.normal(5, batch * hidden, 1) : new double[batch * hidden];
    // From the states of the device: what is compared here is the backward pass alone.
    Gradients expected =
        RnnOracle.backward(
            x,
            initial,
            parameters,
            Samples.doubles(output.toFloats()),
            gradOutput,
            gradLast,
            shape);
    RecurrentWeights gradients =
        new RecurrentWeights(
            bench.output(hidden, embed),
            bench.output(hidden, hidden),
            bench.output(hidden),
            bench.output(hidden));
    if (accumulate) {
      start(gradients.weightIh(), expected.parameters().weightIh());
      start(gradients.weightHh(), expected.parameters().weightHh());
      start(gradients.biasIh(), expected.parameters().biasIh());
      start(gradients.biasHh(), expected.parameters().biasHh());
    }
    Tensor gradInput = withInputs ? bench.output(batch, window, embed) : null;
    Tensor gradState = withInputs ? bench.output(batch, hidden) : null;
    Tensor upstream = bench.floats(gradOutput, batch, window, hidden);
    bench
        .kernels()
        .recurrentBackward(
            Cell.TANH,
            weights,
            input,
            new RecurrentState(state),
            output,
            upstream,
            withFinal ? new RecurrentState(bench.floats(gradLast, batch, hidden)) : null,
            accumulate,
            reserve,
            gradients,
            gradInput,
            withInputs ? new RecurrentState(gradState) : null);
    assertArrayEquals(Samples.floats(gradOutput), upstream.toFloats(), "gradient of " + shape);
    long steps = (long) batch * window;
    Tolerance overSteps = Tolerance.FLOAT32.scaled(steps).around(Math.sqrt(Math.max(1, steps)));
    assertClose(overSteps, "W_ih", shape, expected.parameters().weightIh(), gradients.weightIh());
    assertClose(overSteps, "W_hh", shape, expected.parameters().weightHh(), gradients.weightHh());
    assertClose(overSteps, "b_ih", shape, expected.parameters().biasIh(), gradients.biasIh());
    assertClose(overSteps, "b_hh", shape, expected.parameters().biasHh(), gradients.biasHh());
    if (withInputs) {
      Tolerance overWidth = Tolerance.FLOAT32.scaled(hidden);
      assertClose(overWidth, "input", shape, expected.x(), gradInput);
      assertClose(overWidth, "initial state", shape, expected.initial(), gradState);
    }
  }

  private static void assertClose(
      Tolerance tolerance, String what, Shape shape, double[] expected, Tensor actual) {
    tolerance.assertClose("gradient of " + what + " of " + shape, expected, actual.toFloats());
  }

  private static Parameters parameters(Shape shape, int seed) {
    double deviation = 1 / Math.sqrt(shape.hidden());
    return new Parameters(
        Samples.normal(seed, shape.hidden() * shape.inputs(), deviation),
        Samples.normal(seed + 1, shape.hidden() * shape.hidden(), deviation),
        Samples.normal(seed + 2, shape.hidden(), deviation),
        Samples.normal(seed + 3, shape.hidden(), deviation));
  }

  private static RecurrentWeights place(Bench bench, Parameters parameters, Shape shape) {
    return new RecurrentWeights(
        bench.floats(parameters.weightIh(), shape.hidden(), shape.inputs()),
        bench.floats(parameters.weightHh(), shape.hidden(), shape.hidden()),
        bench.floats(parameters.biasIh()),
        bench.floats(parameters.biasHh()));
  }

  /** Lets a gradient start at a value, which the expected one then holds too. */
  private static void start(Tensor gradient, double[] expected) {
    double[] start = Samples.normal(6, expected.length, 1);
    gradient.write(Samples.floats(start));
    Arrays.setAll(expected, i -> expected[i] + start[i]);
  }

  @OnEveryDevice
  void a_window_of_no_steps_is_refused(Bench bench) {
    String message = assertRefused(bench, 2, 0, 5, 3, 2);
    assertTrue(message.contains("T ≥ 1"), message);
  }

  @OnEveryDevice
  void a_state_of_another_batch_size_is_refused(Bench bench) {
    for (int batch : new int[] {1, 3}) {
      assertRefused(bench, 2, 4, 5, 3, batch);
    }
  }

  @OnEveryDevice
  void a_layer_without_units_or_inputs_is_refused(Bench bench) {
    assertRefused(bench, 2, 4, 5, 0, 2);
    assertRefused(bench, 2, 4, 0, 3, 2);
  }

  /** The message for a layer of the given sizes whose initial state is of another batch size. */
  private static String assertRefused(
      Bench bench, int batch, int window, int embed, int hidden, int states) {
    return assertThrows(
            IllegalArgumentException.class,
            () ->
                bench
                    .kernels()
                    .recurrent(
                        Cell.TANH,
                        weights(bench, embed, hidden),
                        bench.output(batch, window, embed),
                        new RecurrentState(bench.output(states, hidden)),
                        bench.output(batch, window, hidden),
                        bench.output(batch, window, hidden),
                        new RecurrentState(bench.output(batch, hidden))))
        .getMessage();
  }

  @OnEveryDevice
  void a_final_state_in_the_initial_states_place_is_refused(Bench bench) {
    Tensor state = bench.output(2, 3);
    assertStatesRefused(bench, new RecurrentState(state), new RecurrentState(state.view(2, 3)));
  }

  @OnEveryDevice
  void a_state_that_the_cell_does_not_have_is_refused(Bench bench) {
    Tensor state = bench.output(2, 3);
    Tensor last = bench.output(2, 3);
    Tensor extra = bench.output(2, 3);
    assertStatesRefused(bench, new RecurrentState(state, extra), new RecurrentState(last));
    assertStatesRefused(bench, new RecurrentState(state), new RecurrentState(last, extra));
  }

  private static void assertStatesRefused(
      Bench bench, RecurrentState initialState, RecurrentState finalState) {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            bench
                .kernels()
                .recurrent(
                    Cell.TANH,
                    weights(bench, 5, 3),
                    bench.output(2, 4, 5),
                    initialState,
                    bench.output(2, 4, 3),
                    bench.output(2, 4, 3),
                    finalState));
  }

  @OnEveryDevice
  void gradients_that_fit_one_another_but_not_the_layer_are_refused(Bench bench) {
    assertBackwardRefused(bench, 2, 3, 4, 3);
    assertBackwardRefused(bench, 2, 5, 4, 3);
    assertBackwardRefused(bench, 2, 4, 6, 3);
    assertBackwardRefused(bench, 2, 4, 4, 2);
    assertBackwardRefused(bench, 3, 4, 4, 3);
  }

  /** For a layer of B = 2, T = 4, E = 5, H = 3, with gradients of other sizes. */
  private static void assertBackwardRefused(
      Bench bench, int batch, int window, int embed, int hidden) {
    Tensor upstream = bench.output(batch, window, hidden);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            bench
                .kernels()
                .recurrentBackward(
                    Cell.TANH,
                    weights(bench, 5, 3),
                    bench.output(2, 4, 5),
                    new RecurrentState(bench.output(2, 3)),
                    bench.output(2, 4, 3),
                    upstream,
                    null,
                    false,
                    bench.output(2, 4, 3),
                    weights(bench, embed, hidden),
                    bench.output(batch, window, embed),
                    new RecurrentState(bench.output(batch, hidden))),
        "B=" + batch + " T=" + window + " E=" + embed + " H=" + hidden);
  }

  private static RecurrentWeights weights(Bench bench, int embed, int hidden) {
    return new RecurrentWeights(
        bench.output(hidden, embed),
        bench.output(hidden, hidden),
        bench.output(hidden),
        bench.output(hidden));
  }
}
