package dev.surprisal.train;

import dev.surprisal.io.AtomicFile;
import java.awt.AWTError;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A run's {@code loss.png}: training and validation loss by epoch.
 *
 * <p>A chart that cannot be drawn does not end a run: if XChart, fonts or the display are missing,
 * one log line says so and training continues without the chart.
 */
final class LossChart {
  private static final Logger LOG = System.getLogger(LossChart.class.getPackageName());

  private final Path file;
  private boolean works = true;

  LossChart(Path file) {
    this.file = file;
  }

  /** Draws all epochs so far, at least one, and replaces the file. */
  void draw(List<EpochMetrics> epochs) {
    if (!works) {
      return;
    }
    try {
      ByteBuffer png = ByteBuffer.wrap(LossPicture.png(epochs));
      AtomicFile.write(
          file,
          channel -> {
            while (png.hasRemaining()) {
              channel.write(png);
            }
          });
    } catch (IOException | RuntimeException | LinkageError | AWTError | InternalError e) {
      // A Java without fonts throws almost any of these, from static initialisers of AWT.
      works = false;
      String why =
          missesXChart(e) ? "add the dependency org.knowm.xchart:xchart to draw it" : e.toString();
      LOG.log(Level.WARNING, "{0} is not drawn, training continues without it: {1}", file, why);
    }
  }

  private static boolean missesXChart(Throwable failure) {
    return failure instanceof NoClassDefFoundError
        && String.valueOf(failure.getMessage()).startsWith("org/knowm/xchart/");
  }
}
