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
 * Which way of computing a product is the fastest: measured when a shape is first seen, and kept in
 * a file, so that later runs on the same machine take the same ways and give the same bits.
 */
final class Plans {
  private static final Logger LOG = System.getLogger(Plans.class.getPackageName());

  private final Path file;
  private final String machine;
  private final Map<ProductShape, ProductKernel> chosen = new HashMap<>();
  private final Map<String, String> kept = new TreeMap<>();
  private boolean complained;

  /**
   * With what was kept before.
   *
   * @param file where plans are kept
   * @param machine what times depend on: GPU, driver and libraries; plans of another are not taken
   */
  Plans(Path file, String machine) {
    this.file = file;
    this.machine = machine;
    kept.putAll(read());
  }

  /** The user's file of plans for a machine. */
  static Path fileFor(String machine, String cacheHome, String home) {
    Path folder =
        cacheHome == null || cacheHome.isEmpty() ? Path.of(home, ".cache") : Path.of(cacheHome);
    return folder
        .resolve("surprisal")
        .resolve(String.format("products-%08x.txt", machine.hashCode()));
  }

  /** The way that was chosen in this process, or null. */
  ProductKernel known(ProductShape shape) {
    return chosen.get(shape);
  }

  /**
   * The fastest of some ways, by their milliseconds if it was not kept by another process.
   *
   * @param shape of the product
   * @param ways one or more, in order of preference
   * @param milliseconds measures one; a negative time means that it could not be measured, and then
   *     the first is taken and nothing kept
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

  /** Replaces the file as a whole, with what other processes have added to it meanwhile. */
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
          "which products are fastest cannot be kept in {0} ({1}): another run may choose others,"
              + " whose last digits differ",
          file,
          failure);
    }
  }
}
