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
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws the charts of the pages. The same figures give the same picture. */
final class Charts {
  private static final int HEIGHT = 480;
  private static final int BARS = 320;
  private static final int EDGES = 40;

  /** What a letter of a slanting label takes to the side, and down. */
  private static final int LETTER = 5;

  private static final int SLOT = 70;
  private static final int NARROWEST = 700;

  /** What a peer takes of the legend, and each letter of its name. */
  private static final int LEGEND = 60;

  private static final int LEGEND_LETTER = 8;
  private static final int MOST_CASES = 12;
  private static final int PANEL = 560;
  private static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

  private Charts() {}

  /**
   * Bars of the peers' times over ours, by case, and a line where both are as fast. Many cases make
   * several panels of one scale, one below the other.
   */
  static void ratios(String title, List<Row> rows, Path file) throws IOException {
    int count = (rows.size() + MOST_CASES - 1) / MOST_CASES;
    int size = (rows.size() + count - 1) / count;
    double highest =
        rows.stream().map(Figures::new).mapToDouble(Charts::highestRatio).max().orElseThrow();
    CaseNames names = new CaseNames(rows);
    int reach =
        rows.stream()
            .mapToInt(row -> LETTER * names.chartLabel(row.which()).length())
            .max()
            .orElseThrow();
    List<String> peers = DeviceResults.peers(rows);
    int legend =
        EDGES + peers.stream().mapToInt(peer -> LEGEND + LEGEND_LETTER * peer.length()).sum();
    List<CategoryChart> panels = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      CategoryChart panel = bars(from == 0 ? title : "", size, reach, legend, Math.max(1, highest));
      List<Row> part = rows.subList(from, Math.min(rows.size(), from + size));
      List<String> cases = part.stream().map(row -> names.chartLabel(row.which())).toList();
      for (String peer : peers) {
        List<Double> ratios =
            part.stream()
                .map(row -> new Figures(row).ratio(peer).map(Ratio::value))
                .map(Charts::bar)
                .toList();
        panel.addSeries(peer, cases, ratios);
      }
      panels.add(panel);
    }
    BitmapEncoder.saveBitmap(panels, panels.size(), 1, file.toString(), BitmapFormat.PNG);
  }

  private static double highestRatio(Figures figures) {
    return figures.peers().stream()
        .flatMap(peer -> figures.ratio(peer).stream())
        .mapToDouble(Ratio::value)
        .max()
        .orElse(0);
  }

  /** A bar of no height where there is no figure. */
  private static double bar(Optional<Double> ratio) {
    return ratio.orElse(0.0);
  }

  /**
   * Labels hang to the lower left: without room to {@code reach} into, the first are left out. The
   * legend begins below the axis, so that what is left of it is no room for that either.
   */
  private static CategoryChart bars(
      String title, int cases, int reach, int legend, double highest) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(NARROWEST, reach + Math.max(legend, EDGES + SLOT * cases)))
            .height(BARS + reach)
            .title(title)
            .yAxisTitle("peer's time / ours")
            .build();
    plain(chart.getStyler());
    chart.getStyler().setAvailableSpaceFill(0.8);
    chart.getStyler().setXAxisLabelRotation(45).setXAxisLabelAlignment(TextAlignment.Right);
    chart.getStyler().setYAxisLeftWidthHint(reach);
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(highest).setYAxisDecimalPattern("0.##");
    chart.getStyler().setYAxisTickMarkSpacingHint(40).setAnnotationLineColor(Color.BLACK);
    chart.addAnnotation(new AnnotationLine(1, false, false));
    return chart;
  }

  /** Time, and memory where it is known, over the size, both by their logarithms. */
  static void growth(String title, Growth growth, Path file) throws IOException {
    XYChart time = panel(title, growth.size(), "ms a step");
    XYChart memory = panel(title, growth.size(), "MiB");
    Color[] colors = time.getStyler().getSeriesColors();
    int next = 0;
    for (String who : growth.contestants()) {
      Color color = colors[next++ % colors.length];
      add(time, who, growth.size(), growth.times(who), 1e3, color);
      add(memory, who, growth.size(), growth.memory(who), 0x1p20, color);
    }
    List<XYChart> panels = memory.getSeriesMap().isEmpty() ? List.of(time) : List.of(time, memory);
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
    chart.getStyler().setXAxisLabelRotation(45);
    return chart;
  }

  private static void add(
      XYChart chart,
      String who,
      String size,
      List<PowerLaw.Point> points,
      double unit,
      Color color) {
    if (!points.isEmpty()) {
      String law = Growth.law(points).map(found -> "  ~ " + size + "^" + found).orElse("");
      XYSeries series =
          chart.addSeries(
              who + law,
              points.stream().mapToDouble(PowerLaw.Point::size).toArray(),
              points.stream().mapToDouble(point -> point.cost() / unit).toArray());
      series.setLineColor(color);
      series.setMarkerColor(color);
    }
  }

  private static void plain(AxesChartStyler styler) {
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideS).setLegendLayout(LegendLayout.Horizontal);
    styler.setAxisTickLabelsFont(SMALL);
    styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    styler.setPlotGridLinesStroke(new BasicStroke(0.5f));
    styler.setPlotGridLinesColor(Color.LIGHT_GRAY);
  }
}
