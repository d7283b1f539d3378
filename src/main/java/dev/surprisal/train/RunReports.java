package dev.surprisal.train;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a run's folder tells about its epochs: the metrics, their chart, and TensorBoard's events.
 */
final class RunReports implements Closeable {
  private final MetricsLog log;
  private final LossChart chart;
  private final TensorBoardWriter events;

  /**
   * Opens the reports of a run, new ones with zeros. What is there beyond the given epoch and step
   * is removed or declared void: an interrupted run does it again.
   *
   * @param folder the run's folder
   * @param lastEpoch whole epochs that the run has behind it
   * @param lastStep steps that the run has behind it
   * @throws IOException if a file cannot be read or written
   */
  RunReports(Path folder, long lastEpoch, long lastStep) throws IOException {
    log = new MetricsLog(folder.resolve("metrics.jsonl"), lastEpoch);
    chart = new LossChart(folder.resolve("loss.png"));
    events = new TensorBoardWriter(folder, lastStep, Clock.systemUTC());
  }

  /**
   * Reports an epoch. To be called before the checkpoint of that epoch is saved, so that a crash
   * between the two leaves no epoch unreported.
   *
   * @param metrics the epoch
   * @throws IOException if a file cannot be written; the chart is no reason for it
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
