package dev.surprisal.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClippingOracleTest {
  @Test
  void gradients_above_the_bound_are_scaled_to_it_together() {
    double[] a = {3};
    double[] b = {0, 4};
    assertEquals(5, ClippingOracle.clip(List.of(a, b), 1));
    assertEquals(1, ClippingOracle.norm(List.of(a, b)), 1e-6);
    assertArrayEquals(new double[] {0.6}, a, 1e-6);
    assertArrayEquals(new double[] {0, 0.8}, b, 1e-6);
  }

  @Test
  void the_norm_is_taken_a_millionth_larger_as_pytorch_does() {
    double[] a = {2e-6};
    ClippingOracle.clip(List.of(a), 1e-6);
    assertEquals(2e-6 / 3, a[0], 1e-20);
  }

  @Test
  void gradients_below_the_bound_stay_as_they_are() {
    double[] a = {3, 4};
    assertEquals(5, ClippingOracle.clip(List.of(a), 6));
    assertArrayEquals(new double[] {3, 4}, a);
  }
}
