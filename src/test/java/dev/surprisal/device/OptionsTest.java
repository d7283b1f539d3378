package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  private static final double NONE = Double.POSITIVE_INFINITY;

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 2, Double.NaN, Double.POSITIVE_INFINITY})
  void adam_refuses_a_beta_outside_0_to_1(double beta) {
    assertRefused(() -> new AdamOptions(beta, 0.999, 1e-8, 0, NONE));
    assertRefused(() -> new AdamOptions(0.9, beta, 1e-8, 0, NONE));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e-9, Double.NaN, Double.NEGATIVE_INFINITY})
  void adam_refuses_negative_constants(double value) {
    assertRefused(() -> new AdamOptions(0.9, 0.999, value, 0, NONE));
    assertRefused(() -> new AdamOptions(0.9, 0.999, 1e-8, value, NONE));
    assertRefused(() -> new AdamOptions(0.9, 0.999, 1e-8, 0, value));
  }

  @Test
  void adam_refuses_to_clip_everything_away() {
    assertRefused(() -> new AdamOptions(0.9, 0.999, 1e-8, 0, 0));
    assertEquals(new AdamOptions(0.9, 0.999, 1e-8, 0, NONE), AdamOptions.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1, 2, Float.NaN})
  void cross_entropy_refuses_a_smoothing_outside_0_to_1(float smoothing) {
    assertRefused(() -> new CrossEntropyOptions(-100, smoothing, null, Reduction.MEAN, 0));
  }

  @Test
  void a_token_count_is_for_a_mean_alone() {
    assertRefused(() -> new CrossEntropyOptions(-100, 0, null, Reduction.MEAN, -1));
    assertRefused(() -> new CrossEntropyOptions(-100, 0, null, Reduction.SUM, 1));
    assertRefused(() -> new CrossEntropyOptions(-100, 0, null, Reduction.NONE, 1));
  }

  @Test
  void sampling_refuses_options_outside_their_ranges() {
    for (float temperature : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRefused(() -> new SampleOptions(temperature, 0, 1));
    }
    assertRefused(() -> new SampleOptions(1, -1, 1));
    for (float topP : new float[] {-0.5f, 0, 1.5f, Float.NaN}) {
      assertRefused(() -> new SampleOptions(1, 0, topP));
    }
  }

  private static void assertRefused(Executable call) {
    assertThrows(IllegalArgumentException.class, call);
  }
}
