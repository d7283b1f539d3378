package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import dev.surprisal.train.Batching;
import dev.surprisal.train.NBestOptions;
import dev.surprisal.train.Trainer;
import dev.surprisal.train.TrainingListener;
import dev.surprisal.train.TrainingOptions;
import dev.surprisal.train.TrainingResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a model on a text. */
@Command(
    name = "train",
    description = {
      "Trains a model on a text.",
      "Prints one line for each epoch. The folder receives the model, its vocabulary, the trainer's"
          + " state, metrics.jsonl, loss.png and TensorBoard events. Ctrl-C saves and stops;"
          + " --resume continues the run with its options, exactly as if it had not stopped.",
      "With --nbest, trains the model of --from further, to rank the hypotheses of n-best lists:"
          + " lines \"id ||| hypothesis ||| cost\". --loss is minimum-risk or ranking, --batch is"
          + " the number of lists in a step."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private TextOptions texts;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the run; created if missing.")
  private Path out;

  @Mixin private ModelOptions model;
  @Mixin private BatchingOptions batching;
  @Mixin private OptimizerOptions optimizer;
  @Mixin private StoppingOptions stopping;
  @Mixin private LossOptions loss;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--nbest",
      paramLabel = "FILE",
      description = "N-best lists to train on instead of a text; - for standard input.")
  private String nbest;

  @Option(
      names = "--from",
      paramLabel = "DIR",
      description = "With --nbest: folder of the trained model to start from.")
  private Path from;

  @Option(
      names = "--resume",
      description = "Continue the run in --out, or start one if the folder holds none.")
  private boolean resume;

  @Option(names = "--json", description = "Print a JSON object for each epoch.")
  private boolean json;

  private ModelConfig config;
  private TrainingOptions options;
  private RunTexts files;
  private boolean resumes;

  @Override
  public Integer call() throws IOException {
    if (nbest != null) {
      trainOnLists();
      return 0;
    }
    Options.check(command, from == null, "--from works with --nbest only");
    try (Corpus corpus = read();
        Device opened = device.open()) {
      train(corpus, opened, trainer -> {});
    }
    return 0;
  }

  private void trainOnLists() throws IOException {
    Options.check(command, from != null, "--nbest needs a model to start from: add --from DIR");
    Options.check(command, !resume, "--nbest training saves at the end only: leave --resume out");
    Options.check(
        command,
        !Options.isGiven(command, "--text"),
        "--nbest and --text exclude each other: leave one out");
    Batching lists = batching.build();
    NBestOptions chosen =
        new NBestOptions(
            loss.lists(),
            lists.batch(),
            optimizer.build(),
            stopping.build(false).epochs(),
            lists.seed());
    try (Device opened = device.open()) {
      new NBestTraining(nbest, from, out).run(chosen, opened, command.commandLine().getOut(), json);
    }
  }

  /** Completes the options, with those of the run that is resumed, and reads the text. */
  Corpus read() throws IOException {
    resumes = RunSettings.exist(out);
    if (resumes && !resume) {
      throw new FileAlreadyExistsException(
          out.toString(),
          null,
          "holds a run already: --resume continues it, another --out starts a new one");
    }
    RunSettings before = resumes ? RunSettings.load(out) : null;
    if (resumes) {
      before.adopt(command, out);
      texts.adopt(before.texts());
    }
    texts.complete();
    options =
        new TrainingOptions(
            batching.build(),
            optimizer.build(),
            stopping.build(texts.hasValidation()),
            loss.tokens());
    config = model.config(options.loss());
    files = texts.files();
    if (resumes) {
      before.texts().checkSame(files);
    }
    Files.createDirectories(out);
    return texts.read(out);
  }

  /**
   * Trains on the text.
   *
   * @param prepare called with the trainer before it runs
   * @return false if a signal stopped it
   */
  boolean train(Corpus corpus, Device device, Consumer<Trainer> prepare) throws IOException {
    long seed = options.batching().seed();
    try (LanguageModel teacher = loss.loadTeacher(device);
        LanguageModel created = LanguageModel.create(device, corpus.vocabulary(), config, seed)) {
      Trainer trainer = new Trainer(created, corpus, options).folder(out);
      if (teacher != null) {
        trainer.teacher(teacher);
      }
      RunSettings.of(command, files).save(out);
      if (resumes) {
        trainer.resume();
      } else if (resume) {
        command
            .commandLine()
            .getErr()
            .println("surprisal: no run in " + out + " yet, starting one");
      }
      prepare.accept(trainer);
      return run(trainer);
    }
  }

  private boolean run(Trainer trainer) throws IOException {
    PrintWriter print = command.commandLine().getOut();
    try (StopOnSignal signal = new StopOnSignal(trainer::stop)) {
      TrainingResult result = run(trainer, new EpochPrinter(print, json));
      boolean interrupted = signal.requested() && result.end() == TrainingResult.End.STOPPED;
      if (interrupted) {
        String message =
            "surprisal: stopped after step %d and saved; to continue: %s train --resume --out %s";
        command
            .commandLine()
            .getErr()
            .println(Text.format(message, result.steps(), Main.command(), out));
      } else if (!json) {
        String loss =
            Double.isFinite(result.bestLoss())
                ? Text.format("lowest loss %.4f, ", result.bestLoss())
                : "";
        print.println(loss + "model in " + out);
        print.flush();
      }
      return !interrupted;
    }
  }

  private static TrainingResult run(Trainer trainer, TrainingListener epochs) throws IOException {
    if (!ProgressDisplay.isPossible()) {
      return trainer.listen(epochs).run();
    }
    try (ProgressDisplay display =
        new ProgressDisplay(epochs, new ConsoleProgressBarConsumer(System.err))) {
      return trainer.listen(display).run();
    }
  }
}
