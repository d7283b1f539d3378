package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.train.EpochMetrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpochPrinterTest {
  private static final EpochMetrics EPOCH =
      new EpochMetrics(3, 1500, 1.25, 1.5, 4.25, 123456.5, 7.75, true);
  private static final EpochMetrics DIVERGED =
      new EpochMetrics(4, 2000, 800, Double.NaN, Double.POSITIVE_INFINITY, 123456.5, 7.75, false);

  private final StringWriter out = new StringWriter();

  @Test
  void a_row_stands_below_the_heading() {
    EpochPrinter printer = new EpochPrinter(new PrintWriter(out), false);
    printer.onEpoch(EPOCH);
    printer.onEpoch(DIVERGED);
    assertEquals(
        List.of(
            "epoch  train loss  valid loss  perplexity   tokens/s   seconds",
            "    3      1.2500      1.5000        4.25    123,457       7.8",
            "    4    800.0000           -    Infinity    123,457       7.8"),
        out.toString().lines().toList());
  }

  @Test
  void json_has_null_for_what_is_no_number() {
    EpochPrinter printer = new EpochPrinter(new PrintWriter(out), true);
    printer.onEpoch(DIVERGED);
    assertEquals(
        "{\"epoch\":4,\"train_loss\":800.0,\"valid_loss\":null,\"perplexity\":null,"
            + "\"tokens_per_second\":123456.5,\"seconds\":7.75}",
        out.toString().strip());
  }
}
