package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.oracle.Samples;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowRangeTest {
  private final Scratch scratch = new Scratch();
  private final RowRange range = new RowRange();

  private void assertRange(float smallest, float largest, int place, float[] x) {
    range.of(x, 1, x.length - 1, scratch);
    assertEquals(largest, range.largest());
    assertEquals(place, range.place());
    assertEquals(smallest, range.smallest(), Math.ulp(smallest));
  }

  /** Between an element that is larger than all and one that is smaller. */
  private static float[] row(int size) {
    float[] x = new float[size + 2];
    System.arraycopy(Samples.floats(Samples.normal(1, size, 1)), 0, x, 1, size);
    x[0] = 1e9f;
    x[size + 1] = -1e9f;
    return x;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 257, 1023, 1024, 1025, 2048, 3001})
  void extremes_are_found_anywhere_in_a_row_of_any_length(int size) {
    for (int place = 1; place <= size; place += 1 + size / 50) {
      float[] x = row(size);
      x[place] = 77;
      float least = 77;
      for (int i = 1; i <= size; i++) {
        least = Math.min(least, x[i]);
      }
      assertRange(least, 77, place, x);
      x[place] = -77;
      int largest = 1;
      for (int i = 1; i <= size; i++) {
        largest = x[i] > x[largest] ? i : largest;
      }
      assertRange(-77, x[largest], largest, x);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 3001})
  void neighbouring_floats_are_told_apart_and_the_first_of_equal_ones_is_taken(int size) {
    float[] x = new float[size + 2];
    Arrays.fill(x, 5);
    assertRange(5, 5, 1, x);
    x[150] = Math.nextUp(5f);
    x[size - 2] = x[150];
    assertRange(5, x[150], 150, x);
    x[size - 1] = Math.nextUp(x[150]);
    assertRange(5, x[size - 1], size - 1, x);
    Arrays.fill(x, -5);
    x[160] = Math.nextUp(-5f);
    assertRange(-5, x[160], 160, x);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 3001})
  void infinities_are_extremes_too(int size) {
    float[] x = row(size);
    x[150] = Float.POSITIVE_INFINITY;
    range.of(x, 1, x.length - 1, scratch);
    assertEquals(Float.POSITIVE_INFINITY, range.largest());
    assertEquals(150, range.place());
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    range.of(x, 1, x.length - 1, scratch);
    assertEquals(Float.NEGATIVE_INFINITY, range.largest());
    assertEquals(1, range.place());
  }
}
