package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LossPlotTest {
  @Test
  void a_falling_loss_goes_from_the_upper_left_to_the_lower_right() {
    List<String> lines = lines(IntStream.range(0, 600).mapToDouble(i -> 600 - i).toArray());
    assertEquals("595.50 |*", lines.get(0).substring(0, 9));
    assertTrue(lines.get(11).startsWith("  5.50 |"), lines.get(11));
    assertEquals(8 + 60, lines.get(11).length());
    assertTrue(lines.get(11).endsWith("*"), lines.get(11));
    assertTrue(lines.get(13).endsWith("step 600"), lines.get(13));
  }

  @Test
  void a_column_is_the_mean_of_its_steps() {
    double[] losses = IntStream.range(0, 120).mapToDouble(i -> i % 2 == 0 ? 1 : 3).toArray();
    assertEquals("  2.00 |", lines(losses).get(0));
    assertEquals("  2.00 |" + "*".repeat(60), lines(losses).get(11));
  }

  @Test
  void one_step_is_one_point() {
    List<String> lines = lines(1.5);
    assertEquals("  1.50 |*", lines.get(11));
  }

  private static List<String> lines(double... losses) {
    return LossPlot.draw(losses).lines().toList();
  }
}
