package dev.surprisal.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * Draws the validation losses of runs over the seconds that they took. Takes the picture's file,
 * and for each run its name and its folder.
 */
final class LossCurves {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;

  private LossCurves() {}

  public static void main(String[] arguments) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle("seconds of training")
            .yAxisTitle("validation cross-entropy, nats per token")
            .build();
    chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0.00");
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setLegendPosition(LegendPosition.InsideNE);
    for (int i = 1; i < arguments.length; i += 2) {
      add(chart, arguments[i], Path.of(arguments[i + 1], "metrics.jsonl"));
    }
    BitmapEncoder.saveBitmap(chart, arguments[0], BitmapFormat.PNG);
  }

  private static void add(XYChart chart, String name, Path metrics) throws IOException {
    List<Double> seconds = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    JsonMapper json = new JsonMapper();
    double elapsed = 0;
    for (String line : Files.readAllLines(metrics)) {
      JsonNode epoch = json.readTree(line);
      elapsed += epoch.required("seconds").asDouble();
      seconds.add(elapsed);
      losses.add(epoch.required("valid_loss").asDouble());
    }
    chart.addSeries(name, seconds, losses);
  }
}
