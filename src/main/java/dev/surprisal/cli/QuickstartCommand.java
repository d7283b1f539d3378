package dev.surprisal.cli;

import dev.surprisal.Evaluation;
import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.EncodedText;
import dev.surprisal.text.Vocabulary;
import dev.surprisal.train.StepMetrics;
import dev.surprisal.train.Trainer;
import dev.surprisal.train.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a first model in a minute and shows what it can do. */
@Command(
    name = "quickstart",
    description = {
      "Trains a first model, in about a minute, and shows what it can do.",
      "Trains a character model on this program's source text. Prints its loss curve, a comparison"
          + " with gzip -9 and a 3-gram model on held-out text, and a sample. All other commands"
          + " accept the folder."
    })
final class QuickstartCommand implements Callable<Integer> {
  private static final String PROMPT = "/**\n * ";
  private static final int SAMPLE_LENGTH = 400;
  private static final SampleOptions SAMPLING = new SampleOptions(0.7f, 0, 1);

  @Spec private CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "surprisal-quickstart",
      description = "Folder to create (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "12",
      description = "Passes over the text (default: ${DEFAULT-VALUE}).")
  private long epochs;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "Stop training after this time (default: ${DEFAULT-VALUE}).")
  private long seconds;

  @Mixin private DeviceOptions device;

  @Override
  public Integer call() throws IOException {
    Options.check(command, epochs >= 1, "--epochs is 1 or more, found " + epochs);
    Options.check(command, seconds >= 1, "--seconds is 1 or more, found " + seconds);
    if (Files.exists(out)) {
      throw new FileAlreadyExistsException(
          out.toString(), null, "exists already: delete it, or choose another --out");
    }
    try (Device opened = device.open()) {
      Files.createDirectories(out);
      QuickstartText text = QuickstartText.write(out);
      print("Learning to write this program's own source text, character by character.");
      print("");
      Curve curve = new Curve(Duration.ofSeconds(seconds));
      if (train(text, opened, curve)) {
        print("");
        print("Training loss, nats per character:");
        print("");
        print(LossPlot.draw(curve.losses.build().toArray()));
        try (LanguageModel model = LanguageModel.load(out, opened)) {
          compare(model, text);
          sample(model);
        }
        whatNext(text);
      }
    }
    return 0;
  }

  /** Runs the command train with these arguments, so that the run can be resumed. */
  private boolean train(QuickstartText text, Device opened, Curve curve) throws IOException {
    CommandLine line = new CommandLine(new TrainCommand());
    line.setOut(command.commandLine().getOut()).setErr(command.commandLine().getErr());
    line.parseArgs(
        "--text",
        text.train().toString(),
        "--valid",
        text.heldOut().toString(),
        "--out",
        out.toString(),
        "--epochs",
        Long.toString(epochs));
    TrainCommand train = line.getCommand();
    try (Corpus corpus = train.read()) {
      return train.train(corpus, opened, curve::follow);
    }
  }

  private void compare(LanguageModel model, QuickstartText text) throws IOException {
    Vocabulary vocabulary = model.vocabulary();
    try (EncodedText encoded = Corpus.encode(text.heldOut(), vocabulary)) {
      long characters = encoded.characters();
      int[] heldOut = vocabulary.encode(Files.readString(text.heldOut()));
      int[] trained = vocabulary.encode(Files.readString(text.train()));
      double trigramLoss = new TrigramModel(trained, vocabulary.size()).loss(heldOut);
      Evaluation trigrams = new Evaluation(trigramLoss, heldOut.length - 1);
      double gzip = 8.0 * GzipSize.of(Files.readAllBytes(text.heldOut())) / characters;
      print("Bits per character on " + characters + " characters that were held out:");
      print("");
      print(Text.format("  gzip -9       %6.3f", gzip));
      print(Text.format("  3-gram model  %6.3f", trigrams.bitsPerCharacter(characters)));
      double bits = model.evaluate(encoded.tokens()).bitsPerCharacter(characters);
      print(Text.format("  this model    %6.3f", bits));
      print("");
    }
  }

  private void sample(LanguageModel model) {
    print("A sample:");
    print("");
    String sample = model.generate(PROMPT, SAMPLE_LENGTH, SAMPLING, 1);
    (PROMPT + sample).lines().forEach(line -> print("  " + line));
  }

  private void whatNext(QuickstartText text) {
    print("");
    print("The model is in " + out + ". Next:");
    print("");
    String surprisal = "  " + Main.command();
    String model = " --model " + out;
    print(surprisal + " generate" + model + " --prompt 'public final class ' --temperature 0.7");
    print(surprisal + " evaluate" + model + " --text " + text.heldOut());
    print(surprisal + " score" + model + " --per-token " + text.heldOut());
    print(surprisal + " train --resume --out " + out + " --epochs " + 2 * epochs);
    print(surprisal + " train --text YOUR_TEXT --out YOUR_MODEL");
  }

  private void print(String line) {
    PrintWriter writer = command.commandLine().getOut();
    writer.println(line);
    writer.flush();
  }

  /** Collects the loss of every step, and stops the run when time is up. */
  private static final class Curve implements TrainingListener {
    private final DoubleStream.Builder losses = DoubleStream.builder();
    private final Duration limit;
    private final long start = System.nanoTime();
    private Trainer trainer;

    Curve(Duration limit) {
      this.limit = limit;
    }

    void follow(Trainer followed) {
      trainer = followed;
      trainer.listen(this);
    }

    @Override
    public void onStep(StepMetrics metrics) {
      losses.add(metrics.loss());
      if (System.nanoTime() - start > limit.toNanos()) {
        trainer.stop();
      }
    }
  }
}
