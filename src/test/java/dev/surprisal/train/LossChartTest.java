package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LossChartTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name_the_file() {
    file = folder.resolve("loss.png");
  }

  @Test
  void two_losses_are_two_lines_of_different_colours() throws IOException {
    List<EpochMetrics> epochs = List.of(EpochMetricsSamples.epoch(1), EpochMetricsSamples.epoch(2));
    Set<Integer> both = colours(epochs);
    Set<Integer> one =
        colours(
            List.of(
                EpochMetricsSamples.withoutValidation(1),
                EpochMetricsSamples.withoutValidation(2)));
    assertTrue(both.size() > one.size(), both.size() + " and " + one.size() + " colours");
  }

  @Test
  void one_epoch_is_enough() throws IOException {
    assertTrue(colours(List.of(EpochMetricsSamples.epoch(1))).size() > 2);
  }

  @Test
  void nothing_but_the_picture_is_left() throws IOException {
    new LossChart(file).draw(List.of(EpochMetricsSamples.epoch(1)));
    new LossChart(file).draw(List.of(EpochMetricsSamples.epoch(1)));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  /** A display that is not there makes AWT throw an Error; what calls draw must not notice. */
  @Test
  void without_a_working_awt_one_log_line_says_so_and_the_caller_goes_on() throws Exception {
    failsToDraw("-Djava.awt.headless=false", System.getProperty("java.class.path"));
  }

  @Test
  void without_xchart_one_log_line_names_the_dependency_and_the_caller_goes_on() throws Exception {
    String without =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("xchart"))
            .collect(Collectors.joining(File.pathSeparator));
    String output = failsToDraw("-Djava.awt.headless=true", without);
    assertTrue(output.contains("add the dependency org.knowm.xchart:xchart"), output);
  }

  /** Draws in a JVM of its own, and returns what it prints. */
  private String failsToDraw(String property, String classPath) throws Exception {
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            property,
            "-cp",
            classPath,
            DrawsTwice.class.getName(),
            file.toString());
    command.environment().put("DISPLAY", ":4095");
    Process process = command.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("went on"), output);
    assertEquals(2, output.split("is not drawn", -1).length, output);
    assertFalse(Files.exists(file));
    return output;
  }

  static final class DrawsTwice {
    public static void main(String[] args) {
      LossChart chart = new LossChart(Path.of(args[0]));
      chart.draw(List.of(EpochMetricsSamples.epoch(1)));
      chart.draw(List.of(EpochMetricsSamples.epoch(1)));
      System.out.println("went on");
    }
  }

  private Set<Integer> colours(List<EpochMetrics> epochs) throws IOException {
    new LossChart(file).draw(epochs);
    BufferedImage image = ImageIO.read(file.toFile());
    assertEquals(800, image.getWidth());
    assertEquals(500, image.getHeight());
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colours.add(image.getRGB(x, y));
      }
    }
    return colours;
  }
}
