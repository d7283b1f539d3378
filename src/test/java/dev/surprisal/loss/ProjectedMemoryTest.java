package dev.surprisal.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Arena;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Parameters;
import dev.surprisal.nn.Projection;
import dev.surprisal.oracle.Samples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class ProjectedMemoryTest {
  private static final int V = 262_144;
  private static final int N = 8192;
  private static final int H = 16;

  @Test
  void a_quarter_of_a_million_words_train_in_far_less_memory_than_their_logits() {
    try (Device device = Device.cpu();
        Parameters parameters = new Parameters(device, Projection.parameters("linear", H, V));
        Arena arena = new Arena(device)) {
      Projection projection = new Projection(parameters, "linear");
      Tensor hidden = arena.allocate(DType.FLOAT32, N, H);
      Tensor gradHidden = arena.allocate(DType.FLOAT32, N, H);
      hidden.write(Samples.floats(Samples.normal(1, N * H, 0.1)));
      long before = device.memory().current();
      CrossEntropy loss =
          new CrossEntropy(device, N, V, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
      loss.targets().write(Samples.integers(2, N, V));
      try (Projected fused = new Projected(loss, projection)) {
        fused.forwardBackward(hidden, null, false, gradHidden);
        long taken = device.memory().peak() - before;
        assertTrue(taken < 80L << 20, taken + " bytes");
        assertTrue(taken < 4L * N * V / 100, "against whole logits");
        // With weights of zero every word is as probable as any other.
        assertEquals((float) Math.log(V), fused.total().toFloats()[0], 1e-5f);
        float[] bias = parameters.gradient("linear.bias").toFloats();
        double sum = 0;
        for (float gradient : bias) {
          sum += gradient;
        }
        assertEquals(0, sum, 1e-4);
      }
    }
  }
}
