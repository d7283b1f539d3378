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
    assertRefused(() -> new CrossEntropyOptions(-100, smoothing, null));
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void losses_refuse_options_that_are_negative_or_not_finite(float value) {
    assertRefused(() -> new LossOptions(value, 0, 0, 0));
    assertRefused(() -> new LossOptions(1, value, 0, 0));
    assertRefused(() -> new LossOptions(1, 0, value, 0));
    assertRefused(() -> new LossOptions(1, 0, 0, value));
  }

  @Test
  void losses_refuse_to_scale_all_logits_to_0() {
    assertRefused(() -> new LossOptions(0, 0, 0, 0));
    assertEquals(new LossOptions(1, 0, 0, 0), LossOptions.NONE);
  }

  @Test
  void distillation_refuses_options_outside_their_ranges() {
    for (float beta : new float[] {-0.1f, 0, 1, 1.1f, Float.NaN}) {
      assertRefused(() -> new DivergenceOptions(Divergence.JENSEN_SHANNON, beta, 1, 1, -100));
    }
    for (float temperature : new float[] {-1, 0, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertRefused(
          () -> new DivergenceOptions(Divergence.KULLBACK_LEIBLER, 0.5f, temperature, 1, -100));
    }
    for (float weight : new float[] {-0.1f, 1.1f, Float.NaN}) {
      assertRefused(
          () -> new DivergenceOptions(Divergence.KULLBACK_LEIBLER, 0.5f, 1, weight, -100));
    }
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

  @Test
  void adam_is_clipped_at_a_norm_or_not_at_all() {
    assertEquals(0.5, AdamOptions.DEFAULT.clippedAt(0.5).maxNorm());
    assertEquals(AdamOptions.DEFAULT, AdamOptions.DEFAULT.clippedAt(0.5).clippedAt(0));
    assertThrows(IllegalArgumentException.class, () -> AdamOptions.DEFAULT.clippedAt(-1));
  }
}
