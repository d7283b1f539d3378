package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.optim.Adam;
import dev.surprisal.oracle.Golden;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Arrays;
import java.util.List;

/** One weight for embedding and projection. */
class TiedNetworkTest {
  @OnEveryDevice
  void ten_steps_give_the_losses_and_gradients_of_pytorch(Bench bench) {
    Golden golden = Golden.read("tied.safetensors");
    int[] tokens = golden.ints("input.tokens");
    int[] targets = golden.ints("input.targets");
    double[] losses = golden.doubles("losses");
    try (Network network =
            new Network(bench.device(), 31, 33, RecurrentConfig.tanh(33), HeadConfig.TIED);
        Pass pass = network.training(5, 7, 1)) {
      for (String name : network.parameters().names()) {
        network.parameters().value(name).write(Samples.floats(golden.doubles("param." + name)));
      }
      float[] blank = new float[(int) network.parameters().gradients().elements()];
      Arrays.fill(blank, Float.NaN);
      CrossEntropy surprisal =
          new CrossEntropy(bench.device(), 35, 31, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
      try (Projected loss = new Projected(surprisal, network.projection(), 8);
          Adam adam = new Adam(network.parameters(), 1e-2, AdamOptions.DEFAULT)) {
        for (int step = 0; step < losses.length; step++) {
          pass.tokens().write(Arrays.copyOfRange(tokens, step * 35, (step + 1) * 35));
          surprisal.targets().write(Arrays.copyOfRange(targets, step * 35, (step + 1) * 35));
          if (step == 0) {
            // What lies between parameters is zero, and stays so.
            for (String name : network.parameters().names()) {
              int elements = (int) network.parameters().gradient(name).elements();
              network.parameters().gradient(name).write(Arrays.copyOf(blank, elements));
            }
          }
          pass.forward();
          loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
          pass.backward(false);
          if (step == 0) {
            for (String name : network.parameters().names()) {
              double[] expected = golden.doubles("grad." + name);
              double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
              Tolerance.FLOAT32
                  .around(largest)
                  .assertClose(name, expected, network.parameters().gradient(name).toFloats());
            }
          }
          adam.step();
          pass.carryState();
          new Tolerance(1e-5, 0)
              .assertClose("loss of step " + step, losses[step], loss.total().toFloats()[0]);
        }
      }
    }
  }

  @OnEveryDevice
  void there_is_one_weight_which_starts_as_a_projections(Bench bench) {
    try (Network network =
        new Network(bench.device(), 500, 64, RecurrentConfig.tanh(64), HeadConfig.TIED)) {
      assertEquals(
          List.of(
              "embedding.weight",
              "rnn.weight_ih_l0",
              "rnn.weight_hh_l0",
              "rnn.bias_ih_l0",
              "rnn.bias_hh_l0",
              "linear.bias"),
          network.parameters().names());
      network.initialise(1);
      Distributions.assertUniform(
          "embedding.weight", 1.0 / 8, network.parameters().value("embedding.weight").toFloats());
      assertSame(network.head(), network.projection());
    }
  }

  @OnEveryDevice
  void an_embedding_of_another_size_than_the_hidden_state_is_refused(Bench bench) {
    assertEquals(
        "a projection tied to the embedding needs an embedding of the hidden size, found 13 and 33",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), HeadConfig.TIED))
            .getMessage());
  }

  @OnEveryDevice
  void a_network_with_an_adaptive_softmax_has_no_projection(Bench bench) {
    HeadConfig config = new HeadConfig.Adaptive(List.of(4, 9), 2, false);
    try (Network network = new Network(bench.device(), 31, 13, RecurrentConfig.tanh(33), config)) {
      assertEquals(
          "expected a network whose last layer is a projection, found an adaptive softmax with"
              + " cutoffs 4+9, div 2.0",
          assertThrows(IllegalStateException.class, network::projection).getMessage());
    }
  }
}
