package dev.surprisal.cli;

import dev.surprisal.train.EpochMetrics;
import dev.surprisal.train.StepMetrics;
import dev.surprisal.train.TrainingListener;
import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar at the bottom of a terminal, with the epochs above it. */
final class ProgressDisplay implements TrainingListener, AutoCloseable {
  private static final int UPDATE_MILLIS = 200;

  private final TrainingListener epochs;
  private final ProgressBarConsumer line;
  private ProgressBar bar;
  private long tokens;

  /**
   * Creates a bar that appears with the first step.
   *
   * @param epochs prints an epoch
   * @param line the terminal line of the bar
   */
  ProgressDisplay(TrainingListener epochs, ProgressBarConsumer line) {
    this.epochs = epochs;
    this.line = new SharedLine(line);
  }

  /** Whether standard output is a terminal. */
  static boolean isPossible() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // Java 22 and later have consoles that are not terminals; earlier ones lack the method.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  @Override
  public void onStep(StepMetrics metrics) {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("training")
              .setInitialMax(metrics.totalSteps())
              .startsFrom(metrics.step() - 1, Duration.ZERO)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setConsumer(line)
              .clearDisplayOnFinish()
              .build();
    }
    tokens += metrics.tokens();
    long millis = Math.max(1, bar.getElapsedAfterStart().toMillis());
    bar.setExtraMessage(
        Text.format(" loss %.4f  %,d tokens/s", metrics.loss(), tokens * 1000 / millis));
    bar.stepTo(metrics.step());
  }

  @Override
  public void onEpoch(EpochMetrics metrics) {
    synchronized (line) {
      line.clear();
      epochs.onEpoch(metrics);
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }

  /** A line that the bar's thread does not write to while another thread writes above it. */
  private static final class SharedLine implements ProgressBarConsumer {
    private final ProgressBarConsumer line;

    SharedLine(ProgressBarConsumer line) {
      this.line = line;
    }

    @Override
    public synchronized int getMaxRenderedLength() {
      return line.getMaxRenderedLength();
    }

    @Override
    public synchronized void accept(String text) {
      line.accept(text);
    }

    @Override
    public synchronized void clear() {
      line.clear();
      line.accept("");
    }

    @Override
    public synchronized void close() {
      line.close();
    }
  }
}
