package dev.surprisal.cli;

import dev.surprisal.train.EpochMetrics;
import dev.surprisal.train.TrainingListener;
import java.io.PrintWriter;

/** Prints an epoch as a line on standard output: a row of a table, or a JSON object. */
final class EpochPrinter implements TrainingListener {
  private final PrintWriter out;
  private final boolean json;
  private boolean headed;

  EpochPrinter(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  @Override
  public void onEpoch(EpochMetrics metrics) {
    if (json) {
      out.println(json(metrics));
    } else {
      if (!headed) {
        out.println("epoch  train loss  valid loss  perplexity   tokens/s   seconds");
        headed = true;
      }
      out.println(row(metrics));
    }
    out.flush();
  }

  private static String json(EpochMetrics metrics) {
    return JsonLine.object()
        .put("epoch", metrics.epoch())
        .put("train_loss", JsonLine.finite(metrics.trainLoss()))
        .put("valid_loss", JsonLine.finite(metrics.validLoss()))
        .put("perplexity", JsonLine.finite(metrics.perplexity()))
        .put("tokens_per_second", JsonLine.finite(metrics.tokensPerSecond()))
        .put("seconds", JsonLine.finite(metrics.seconds()))
        .toString();
  }

  private static String row(EpochMetrics metrics) {
    String valid =
        Double.isNaN(metrics.validLoss()) ? "-" : Text.format("%.4f", metrics.validLoss());
    return Text.format(
        "%5d  %10.4f  %10s  %10.2f  %,9.0f  %8.1f",
        metrics.epoch(),
        metrics.trainLoss(),
        valid,
        metrics.perplexity(),
        metrics.tokensPerSecond(),
        metrics.seconds());
  }
}
