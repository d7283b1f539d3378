package dev.surprisal.train;

import dev.surprisal.io.AtomicFile;
import java.awt.AWTError;
import java.awt.Color;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/**
 * A run's {@code loss.png}: training and validation loss by epoch.
 *
 * <p>A picture is not worth a run: where it cannot be drawn, for want of fonts or of a display that
 * was asked for, one log line says so and training goes on without.
 */
final class LossChart {
  private static final Logger LOG = System.getLogger(LossChart.class.getPackageName());
  private static final int WIDTH = 800;
  private static final int HEIGHT = 500;

  private final Path file;
  private boolean works = true;

  LossChart(Path file) {
    this.file = file;
  }

  /** Draws all epochs so far, at least one, in place of the picture that is there. */
  void draw(List<EpochMetrics> epochs) {
    if (!works) {
      return;
    }
    try {
      ByteBuffer png =
          ByteBuffer.wrap(BitmapEncoder.getBitmapBytes(chart(epochs), BitmapFormat.PNG));
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
      LOG.log(Level.WARNING, "{0} is not drawn, training goes on without it: {1}", file, e);
    }
  }

  private static XYChart chart(List<EpochMetrics> epochs) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Loss")
            .xAxisTitle("epoch")
            .yAxisTitle("nats per token")
            .build();
    chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0.00");
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    addSeries(chart, "training", epochs, EpochMetrics::trainLoss);
    addSeries(chart, "validation", epochs, EpochMetrics::validLoss);
    return chart;
  }

  private static void addSeries(
      XYChart chart, String name, List<EpochMetrics> epochs, ToDoubleFunction<EpochMetrics> loss) {
    List<EpochMetrics> known =
        epochs.stream().filter(epoch -> Double.isFinite(loss.applyAsDouble(epoch))).toList();
    if (!known.isEmpty()) {
      chart.addSeries(
          name,
          known.stream().mapToDouble(EpochMetrics::epoch).toArray(),
          known.stream().mapToDouble(loss).toArray());
    }
  }
}
