package dev.surprisal.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.report.PowerLaw.Point;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PowerLawTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1, 2, 2.8})
  void an_exact_law_comes_out_without_error(double exponent) {
    List<Point> points =
        DoubleStream.of(1000, 2000, 4000, 8000)
            .mapToObj(size -> new Point(size, 3 * Math.pow(size, exponent)))
            .toList();

    PowerLaw law = PowerLaw.fit(points);

    assertEquals(exponent, law.exponent(), 1e-12);
    assertEquals(0, law.standardError(), 1e-7);
    assertEquals(exponent, law.last(), 1e-12);
  }

  /**
   * In powers of 2 the points are (0, 0), (1, 1.2), (2, 2): the slope is (2 - 0) / 2, the residuals
   * are -1/15, 2/15, -1/15, and the error sqrt(6/225 / (3 - 2) / 2).
   */
  @Test
  void the_error_is_that_of_least_squares() {
    PowerLaw law =
        PowerLaw.fit(List.of(new Point(4, 4), new Point(1, 1), new Point(2, Math.pow(2, 1.2))));

    assertEquals(1, law.exponent(), 1e-12);
    assertEquals(Math.sqrt(6 / 225.0 / 2), law.standardError(), 1e-12);
    assertEquals(0.8, law.last(), 1e-12);
    assertEquals("1.00 ± 0.12", law.toString());
  }

  @Test
  void what_does_not_grow_hides_in_the_exponent_of_all_points_more_than_in_the_last() {
    List<Point> points =
        DoubleStream.of(1, 2, 4, 8, 16, 32).mapToObj(size -> new Point(size, 5 + size)).toList();

    PowerLaw law = PowerLaw.fit(points);

    assertTrue(law.exponent() < law.last() && law.last() < 1, law + ", last " + law.last());
  }

  @Test
  void too_few_points_or_one_size_twice_are_refused() {
    Point one = new Point(1, 1);
    Point two = new Point(2, 2);

    assertThrows(IllegalArgumentException.class, () -> PowerLaw.fit(List.of(one, two)));
    assertThrows(IllegalArgumentException.class, () -> PowerLaw.fit(List.of(one, two, one)));
  }
}
