package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.LogCapture;
import dev.surprisal.device.cuda.ProductShape.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlansTest {
  private static final String MACHINE = "a GPU, driver 1";

  @TempDir Path folder;

  private final Way ours = new Way("ours");
  private final Way theirs = new Way("theirs");
  private final List<ProductKernel> both = List.of(ours, theirs);
  private final List<String> measured = new ArrayList<>();

  /** Only its name counts here. */
  private record Way(String name) implements ProductKernel {
    @Override
    public boolean takes(ProductShape shape) {
      return true;
    }

    @Override
    public long workspace(long m, long n, long k) {
      return 0;
    }

    @Override
    public void run(
        String operation, ProductShape shape, long a, long b, long bias, long c, long workspace) {
      throw new AssertionError("nothing is computed");
    }
  }

  private static ProductShape shape(long m) {
    return new ProductShape().set(Form.NT, m, 20, 30, true, false, false);
  }

  private Path file() {
    return folder.resolve("cache/products.txt");
  }

  private Plans plans() {
    return new Plans(file(), MACHINE);
  }

  private ProductKernel choose(Plans plans, ProductShape shape, double mine, double other) {
    Map<String, Double> times = Map.of("ours", mine, "theirs", other);
    return plans.choose(
        shape,
        both,
        way -> {
          measured.add(way.name());
          return times.get(way.name());
        });
  }

  @Test
  void the_fastest_way_is_taken_and_of_equals_the_first() {
    Plans plans = plans();
    assertSame(ours, choose(plans, shape(1), 1, 2));
    assertSame(theirs, choose(plans, shape(2), 2, 1));
    assertSame(ours, choose(plans, shape(3), 1, 1));
    assertEquals(6, measured.size());
  }

  @Test
  void what_was_chosen_is_known_though_the_shape_that_was_asked_for_changes() {
    Plans plans = plans();
    ProductShape shape = shape(1);
    assertNull(plans.known(shape));
    choose(plans, shape, 2, 1);
    assertSame(theirs, plans.known(shape(1)));
    shape.set(Form.NN, 1, 20, 30, true, false, false);
    assertNull(plans.known(shape));
    assertSame(theirs, plans.known(shape(1)));
  }

  @Test
  void every_part_of_a_shape_makes_another_plan() {
    Plans plans = plans();
    ProductShape shape = new ProductShape();
    choose(plans, shape.set(Form.NT, 1, 2, 3, false, false, false), 2, 1);
    assertNull(plans.known(shape.set(Form.TN, 1, 2, 3, false, false, false)));
    assertNull(plans.known(shape.set(Form.NT, 2, 2, 3, false, false, false)));
    assertNull(plans.known(shape.set(Form.NT, 1, 3, 3, false, false, false)));
    assertNull(plans.known(shape.set(Form.NT, 1, 2, 4, false, false, false)));
    assertNull(plans.known(shape.set(Form.NT, 1, 2, 3, true, false, false)));
    assertNull(plans.known(shape.set(Form.NT, 1, 2, 3, false, true, false)));
    assertNull(plans.known(shape.set(Form.NT, 1, 2, 3, false, false, true)));
    ProductShape half = shape.set(Form.NT, 1, 2, 3, false, false, false);
    assertNull(plans.known(half.types(DType.FLOAT32, DType.BFLOAT16)));
    assertNull(plans.known(half.types(DType.BFLOAT16, DType.BFLOAT16)));
    assertEquals("NT-1x2x3-bfloat16A-bfloat16B", half.copy().toString());
    assertSame(theirs, plans.known(shape.set(Form.NT, 1, 2, 3, false, false, false)));
  }

  @Test
  void another_process_takes_what_was_kept_and_measures_nothing() {
    choose(plans(), shape(1), 2, 1);
    choose(plans(), shape(2), 1, 2);
    measured.clear();
    Plans later = plans();
    assertSame(theirs, choose(later, shape(1), 1, 2));
    assertSame(ours, choose(later, shape(2), 2, 1));
    assertEquals(List.of(), measured);
  }

  @Test
  void two_processes_add_to_one_file() {
    Plans first = plans();
    Plans second = plans();
    choose(first, shape(1), 2, 1);
    choose(second, shape(2), 2, 1);
    measured.clear();
    Plans later = plans();
    assertSame(theirs, choose(later, shape(1), 1, 2));
    assertSame(theirs, choose(later, shape(2), 1, 2));
    assertEquals(List.of(), measured);
  }

  @Test
  void another_machine_measures_anew() {
    choose(plans(), shape(1), 2, 1);
    assertSame(ours, choose(new Plans(file(), "a GPU, driver 2"), shape(1), 1, 2));
  }

  @Test
  void a_way_that_is_no_longer_there_is_not_taken() {
    choose(plans(), shape(1), 2, 1);
    assertSame(ours, plans().choose(shape(1), List.of(ours), way -> 1));
  }

  @Test
  void what_could_not_be_measured_goes_the_first_way_and_is_not_kept() {
    assertSame(ours, choose(plans(), shape(1), -1, 1));
    assertSame(theirs, choose(plans(), shape(1), 2, 1));
  }

  @Test
  void a_file_of_nonsense_is_replaced() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "# " + MACHINE + "\nNT-1x20x30-biased\n\na b c\n= nothing\n");
    assertSame(theirs, choose(plans(), shape(1), 2, 1));
    assertSame(theirs, choose(plans(), shape(1), 1, 2));
    try (Stream<Path> files = Files.list(file().getParent())) {
      assertEquals(List.of(file()), files.toList(), "no part of a file is left");
    }
  }

  @Test
  void a_folder_that_cannot_be_written_costs_one_line_in_the_log() throws IOException {
    Files.writeString(folder.resolve("cache"), "a file in the folder's place");
    try (LogCapture log = new LogCapture("dev.surprisal.device.cuda")) {
      Plans plans = plans();
      assertSame(theirs, choose(plans, shape(1), 2, 1));
      assertSame(ours, choose(plans, shape(2), 1, 2));
      assertEquals(1, log.lines("cannot store in " + file()).size());
    }
  }

  @Test
  void plans_are_in_the_users_cache_and_each_machine_has_its_own() {
    Path file = Plans.fileFor(MACHINE, null, "/users/x");
    assertTrue(file.toString().matches("/users/x/.cache/surprisal/products-[0-9a-f]{8}.txt"));
    assertEquals(file, Plans.fileFor(MACHINE, "", "/users/x"));
    assertTrue(Plans.fileFor(MACHINE, "/var/c", "/users/x").startsWith("/var/c/surprisal"));
    assertTrue(!file.equals(Plans.fileFor("a GPU, driver 2", null, "/users/x")));
  }
}
