package dev.surprisal.train;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** The reports in a run's folder: metrics.jsonl, loss.png, and event files for TensorBoard. */
final class RunReports implements Closeable {
  private final MetricsLog log;
  private final LossChart chart;
  private final TensorBoardWriter events;

  /**
   * Opens the reports of a run. Drops entries after the given epoch and step, which an interrupted
   * run left beyond its checkpoint and this run repeats.
   *
   * @param folder the run's folder
   * @param lastEpoch whole epochs done before, 0 for a new run
   * @param lastStep steps done before, 0 for a new run
   * @throws IOException if a file cannot be read or written
   */
  RunReports(Path folder, long lastEpoch, long lastStep) throws IOException {
    log = new MetricsLog(folder.resolve("metrics.jsonl"), lastEpoch);
    chart = new LossChart(folder.resolve("loss.png"));
    events = new TensorBoardWriter(folder, lastStep, Clock.systemUTC());
  }

  /**
   * Reports an epoch. Call this before saving the checkpoint of that epoch, so that a crash between
   * the two loses no report.
   *
   * @param metrics the epoch's metrics
   * @throws IOException if metrics or events cannot be written; a chart that fails is only logged
   */
  void add(EpochMetrics metrics) throws IOException {
    log.add(metrics);
    events.add(metrics);
    chart.draw(log.epochs());
  }

  @Override
  public void close() throws IOException {
    events.close();
  }
}
