package dev.surprisal.device.cuda;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * The fastest kernel for each shape of a product: timed when a shape first occurs, and stored in a
 * file, so that later runs on the same machine use the same kernels and give the same bits.
 */
final class Plans {
  private static final Logger LOG = System.getLogger(Plans.class.getPackageName());

  private final Path file;
  private final String machine;
  private final Map<ProductShape, ProductKernel> chosen = new HashMap<>();
  private final Map<String, String> kept = new TreeMap<>();
  private boolean complained;

  /**
   * Loads the stored plans.
   *
   * @param file stores the plans
   * @param machine names all that times depend on: GPU, driver and libraries; plans of another
   *     machine are ignored
   */
  Plans(Path file, String machine) {
    this.file = file;
    this.machine = machine;
    kept.putAll(read());
  }

  /** Returns the user's file of plans for a machine. */
  static Path fileFor(String machine, String cacheHome, String home) {
    Path folder =
        cacheHome == null || cacheHome.isEmpty() ? Path.of(home, ".cache") : Path.of(cacheHome);
    return folder
        .resolve("surprisal")
        .resolve(String.format("products-%08x.txt", machine.hashCode()));
  }

  /** Returns the kernel that was chosen in this process, or null. */
  ProductKernel known(ProductShape shape) {
    return chosen.get(shape);
  }

  /**
   * Chooses the stored kernel or, if none is stored, the fastest one.
   *
   * @param shape the shape of the product
   * @param ways one kernel or more, in order of preference
   * @param milliseconds times a kernel; a negative time means that it could not be timed, and then
   *     the first kernel is chosen and nothing is stored
   */
  ProductKernel choose(
      ProductShape shape, List<ProductKernel> ways, ToDoubleFunction<ProductKernel> milliseconds) {
    String name = kept.get(shape.toString());
    ProductKernel way =
        ways.stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseGet(() -> fastest(shape, ways, milliseconds));
    chosen.put(shape.copy(), way);
    return way;
  }

  private ProductKernel fastest(
      ProductShape shape, List<ProductKernel> ways, ToDoubleFunction<ProductKernel> milliseconds) {
    ProductKernel fastest = ways.get(0);
    double least = Double.POSITIVE_INFINITY;
    for (ProductKernel way : ways) {
      double time = ways.size() == 1 ? 0 : milliseconds.applyAsDouble(way);
      if (time < 0) {
        return ways.get(0);
      }
      if (time < least) {
        least = time;
        fastest = way;
      }
    }
    if (ways.size() > 1) {
      kept.put(shape.toString(), fastest.name());
      write();
    }
    return fastest;
  }

  private Map<String, String> read() {
    Map<String, String> plans = new TreeMap<>();
    try {
      List<String> lines = Files.readAllLines(file);
      if (!lines.isEmpty() && lines.get(0).equals("# " + machine)) {
        for (String line : lines) {
          String[] words = line.split(" ");
          if (words.length == 2) {
            plans.put(words[0], words[1]);
          }
        }
      }
    } catch (NoSuchFileException none) {
      return plans;
    } catch (IOException unreadable) {
      complain(unreadable);
    }
    return plans;
  }

  /** Replaces the file as a whole and keeps what other processes have added to it. */
  private void write() {
    read().forEach(kept::putIfAbsent);
    List<String> lines = new ArrayList<>(List.of("# " + machine));
    kept.forEach((shape, way) -> lines.add(shape + " " + way));
    try {
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(file.getParent(), "products", ".part");
      try {
        Files.write(part, lines);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException unwritable) {
      complain(unwritable);
    }
  }

  private void complain(IOException failure) {
    if (!complained) {
      complained = true;
      LOG.log(
          Level.WARNING,
          "cannot store in {0} which matrix products are fastest ({1}): another run may choose"
              + " others, whose results differ in the last digits",
          file,
          failure);
    }
  }
}
