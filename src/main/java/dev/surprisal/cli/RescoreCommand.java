package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.Score;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reranks n-best lists. */
@Command(
    name = "rescore",
    description = {
      "Reranks n-best lists.",
      "Adds the model's weighted log-probability to each score and prints each list with the"
          + " highest score first. A list is consecutive lines of one id."
    })
final class RescoreCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelFolder model;

  @Option(
      names = "--nbest",
      paramLabel = "FILE",
      required = true,
      description =
          "Lines id ||| hypothesis ||| score, optionally with features before the score; - for"
              + " standard input.")
  private String file;

  @Option(
      names = "--weight",
      paramLabel = "X",
      required = true,
      description = "Weight of the log-probability in nats.")
  private double weight;

  @Override
  public Integer call() throws IOException {
    Options.check(command, Double.isFinite(weight), "--weight is a finite number, found " + weight);
    model.use(this::rescore);
    return 0;
  }

  private void rescore(LanguageModel model) throws IOException {
    LineScorer scorer = new LineScorer(model);
    try (Utf8Lines lines = Utf8Lines.open(file)) {
      List<NBestEntry> block = new ArrayList<>();
      for (TextLine line = lines.next(); line != null; line = lines.next()) {
        NBestEntry entry = NBestEntry.parse(line);
        // A block ends between two lists, even if a list is longer than a block.
        if (block.size() >= LineScorer.BLOCK && !last(block).id().equals(entry.id())) {
          print(rank(block, scorer));
          block.clear();
        }
        block.add(entry);
      }
      if (!block.isEmpty()) {
        print(rank(block, scorer));
      }
    }
  }

  /** Ranks each of several whole lists. */
  private List<Ranked> rank(List<NBestEntry> block, LineScorer scorer) {
    List<Score> scores = scorer.score(block.stream().map(NBestEntry::hypothesis).toList());
    List<Ranked> ranked = new ArrayList<>();
    for (int i = 0; i < block.size(); i++) {
      NBestEntry entry = block.get(i);
      ranked.add(new Ranked(entry, entry.score() + weight * scores.get(i).logProbability()));
    }
    for (int from = 0, to; from < ranked.size(); from = to) {
      String id = block.get(from).id();
      for (to = from + 1; to < ranked.size() && block.get(to).id().equals(id); to++) {}
      ranked.subList(from, to).sort(Comparator.comparingDouble(Ranked::score).reversed());
    }
    return ranked;
  }

  private void print(List<Ranked> ranked) throws IOException {
    PrintWriter out = command.commandLine().getOut();
    ranked.forEach(line -> out.println(line.entry().withScore(line.score())));
    if (out.checkError()) {
      throw Failures.outputLost();
    }
  }

  private static NBestEntry last(List<NBestEntry> entries) {
    return entries.get(entries.size() - 1);
  }

  /** A hypothesis with its new score. */
  private record Ranked(NBestEntry entry, double score) {}
}
