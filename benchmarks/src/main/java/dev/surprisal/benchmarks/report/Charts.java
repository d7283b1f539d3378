package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Row;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws what the pages show. The same figures give the same picture. */
final class Charts {
  private static final int HEIGHT = 480;
  private static final int EDGES = 160;
  private static final int SLOT = 70;
  private static final int NARROWEST = 700;
  private static final int PANEL = 560;
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

  private Charts() {}

  /** Bars of the peers' times over ours, by case, and a line where both are as fast. */
  static void ratios(String title, List<Row> rows, Path file) throws IOException {
    List<String> peers = DeviceResults.peers(rows);
    CaseNames names = new CaseNames(rows);
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(NARROWEST, EDGES + SLOT * rows.size()))
            .height(HEIGHT)
            .title(title)
            .yAxisTitle("peer's time / ours")
            .build();
    plain(chart.getStyler());
    chart.getStyler().setXAxisLabelRotation(30).setYAxisMin(0.0).setYAxisDecimalPattern("0.##");
    chart.getStyler().setAvailableSpaceFill(0.8);
    List<String> cases = rows.stream().map(row -> names.of(row.which())).toList();
    for (String peer : peers) {
      List<Double> ratios = new ArrayList<>();
      for (Row row : rows) {
        // A bar that is missing says that there is no figure.
        Optional<Ratio> ratio = new Figures(row).ratio(peer);
        ratios.add(ratio.map(Ratio::value).orElse(null));
      }
      chart.addSeries(peer, cases, ratios);
    }
    chart.getStyler().setYAxisTickMarkSpacingHint(40).setAnnotationLineColor(Color.BLACK);
    chart.addAnnotation(new AnnotationLine(1, false, false));
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }

  /** Time, and memory where it is known, over the size, both by their logarithms. */
  static void growth(String title, Growth growth, Path file) throws IOException {
    XYChart time = panel(title, growth.size(), "ms a step");
    XYChart memory = panel(title, growth.size(), "MiB");
    boolean hasMemory = false;
    for (String who : growth.contestants()) {
      add(time, who, growth.size(), growth.times(who), 1e3);
      List<PowerLaw.Point> bytes = growth.memory(who);
      hasMemory |= !bytes.isEmpty();
      add(memory, who, growth.size(), bytes, 0x1p20);
    }
    List<XYChart> panels = hasMemory ? List.of(time, memory) : List.of(time);
    BitmapEncoder.saveBitmap(panels, 1, panels.size(), file.toString(), BitmapFormat.PNG);
  }

  private static XYChart panel(String title, String size, String cost) {
    XYChart chart =
        new XYChartBuilder()
            .width(PANEL)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(size)
            .yAxisTitle(cost)
            .build();
    plain(chart.getStyler());
    chart.getStyler().setXAxisLogarithmic(true).setXAxisLogarithmicDecadeOnly(false);
    chart.getStyler().setYAxisLogarithmic(true).setYAxisLogarithmicDecadeOnly(false);
    chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("0.###");
    chart.getStyler().setXAxisLabelRotation(45).setAxisTickLabelsFont(SMALL);
    return chart;
  }

  private static void add(
      XYChart chart, String who, String size, List<PowerLaw.Point> points, double unit) {
    if (!points.isEmpty()) {
      String law = Growth.law(points).map(found -> "  ~ " + size + "^" + found).orElse("");
      chart.addSeries(
          who + law,
          points.stream().mapToDouble(PowerLaw.Point::size).toArray(),
          points.stream().mapToDouble(point -> point.cost() / unit).toArray());
    }
  }

  private static void plain(AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    styler.setPlotGridLinesStroke(new BasicStroke(0.5f));
    styler.setPlotGridLinesColor(Color.LIGHT_GRAY);
  }
}
