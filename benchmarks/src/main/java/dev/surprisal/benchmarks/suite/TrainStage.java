package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A short training run whose losses are held, step by step, against those of the same run on the
 * CPU; on the CPU, with all threads against one.
 */
record TrainStage(Setting setting) implements Stage {
  /** So many steps are compared; the rest is for the rate. */
  static final int COMPARED = 50;

  /** Of a loss, as in the library's own tests of training. */
  private static final double TOLERANCE = 1e-5;

  /** By then it has learned: this part of the first loss. */
  private static final double LEARNED = 0.95;

  /** Steps that do not count for the rate, since what is compiled and recorded is not yet. */
  private static final int WARMUP = 100;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String name() {
    return "train";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    Run found = run(setting.device(), "0", limit);
    Run expected =
        run("cpu", setting.onGpu() ? "0" : "1", Duration.ofNanos(end - System.nanoTime()));
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put(setting.device(), found.figures());
    figures.put(setting.onGpu() ? "cpu" : "cpu with 1 thread", expected.figures());
    for (Run run : List.of(found, expected)) {
      if (!run.ending().well()) {
        return new Outcome(
            Outcome.Result.FAILED,
            run.device() + ": " + run.ending().text() + " after " + run.lines().size() + " steps",
            figures);
      }
      if (run.lines().size() < COMPARED) {
        return new Outcome(
            Outcome.Result.FAILED,
            run.device() + " made " + run.lines().size() + " steps, not " + COMPARED,
            figures);
      }
    }
    return compare(found, expected, figures);
  }

  private Outcome compare(Run found, Run expected, Map<String, Object> figures) {
    double furthest = 0;
    int where = 0;
    for (int i = 0; i < COMPARED; i++) {
      double loss = expected.lines().get(i).loss();
      double apart = Math.abs(found.lines().get(i).loss() - loss) / Math.abs(loss);
      // A NaN is the furthest of all.
      if (!(apart <= furthest) && !Double.isNaN(furthest)) {
        furthest = apart;
        where = i + 1;
      }
    }
    figures.put("compared_steps", COMPARED);
    figures.put("furthest_apart", furthest);
    figures.put("furthest_at_step", where);
    figures.put("tolerance", TOLERANCE);
    boolean same = furthest <= TOLERANCE;
    boolean learns = found.lines().get(COMPARED - 1).loss() < LEARNED * found.lines().get(0).loss();
    String summary =
        String.format(
            Locale.ROOT,
            "%d losses within %.1e of the CPU's%s%s; %,.0f tokens/s, the CPU %,.0f",
            COMPARED,
            furthest,
            same ? "" : String.format(Locale.ROOT, " (at step %d), not %.0e", where, TOLERANCE),
            learns ? "" : "; it does not learn",
            found.tokensPerSecond(),
            expected.tokensPerSecond());
    return Outcome.of(same && learns, summary, figures);
  }

  private Run run(String device, String threads, Duration limit)
      throws IOException, InterruptedException {
    Path printed = Files.createTempFile(setting.work(), name(), ".txt");
    long seconds = Math.max(1, limit.toSeconds() / 4);
    Ending ending =
        setting
            .java(
                printed,
                List.of(),
                TrainingRun.class.getName(),
                device,
                threads,
                setting.quick() ? "500" : "5000",
                Long.toString(setting.quick() ? Math.min(seconds, 4) : Math.min(seconds, 10)),
                setting.work().toString())
            .run(limit);
    List<TrainingRun.Line> lines = new ArrayList<>();
    for (String text : Files.readAllLines(printed)) {
      if (text.startsWith("{") && text.endsWith("}")) {
        lines.add(JSON.readValue(text, TrainingRun.Line.class));
      }
    }
    Files.write(
        setting.log(name()),
        Files.readAllBytes(printed),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return new Run(device, ending, lines);
  }

  private record Run(String device, Ending ending, List<TrainingRun.Line> lines) {
    double tokensPerSecond() {
      TrainingRun.Line last = lines.get(lines.size() - 1);
      TrainingRun.Line first =
          lines.stream()
              .filter(line -> line.step() >= Math.min(WARMUP, last.step() / 2))
              .findFirst()
              .orElseThrow();
      return (last.step() - first.step())
          * last.tokens()
          / (last.milliseconds() - first.milliseconds())
          * 1e3;
    }

    Map<String, ?> figures() {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("ended", ending.text());
      if (lines.size() >= 2) {
        figures.put("tokens_per_second", tokensPerSecond());
      }
      figures.put("steps", lines.isEmpty() ? 0 : lines.get(lines.size() - 1).step());
      figures.put("losses", lines.stream().limit(COMPARED).map(TrainingRun.Line::loss).toList());
      return figures;
    }
  }
}
