package dev.surprisal.train;

import java.awt.Color;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/**
 * Draws losses by epoch with XChart, an optional dependency. The only class that names XChart:
 * loading it fails without.
 */
final class LossPicture {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 500;

  private LossPicture() {}

  static byte[] png(List<EpochMetrics> epochs) throws IOException {
    return BitmapEncoder.getBitmapBytes(chart(epochs), BitmapFormat.PNG);
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
