package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import dev.surprisal.train.LossKind;
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
      "An epoch is a line on standard output. The folder receives the model, its vocabulary, the"
          + " trainer's state, metrics.jsonl, loss.png and TensorBoard events. Ctrl-C saves;"
          + " --resume goes on from there as if nothing had happened, with the options that the run"
          + " was started with.",
      "With --nbest a model that was trained before learns to rank the hypotheses of lists instead,"
          + " lines of \"id ||| hypothesis ||| cost\": --from says which, --loss how (minimum-risk"
          + " or ranking), --batch how many lists a step takes."
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private TextOptions texts;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder of the run; made if it is not there.")
  private Path out;

  @Mixin private ModelOptions model;
  @Mixin private ScheduleOptions schedule;

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      defaultValue = "",
      description = "Folder of a trained model to learn from, for the losses that do.")
  private String teacher;

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
      description = "Go on with the run in --out; a new one if there is none.")
  private boolean resume;

  @Option(names = "--json", description = "Print one JSON object an epoch.")
  private boolean json;

  private ModelConfig config;
  private TrainingOptions options;
  private RunTexts files;
  private boolean goesOn;

  @Override
  public Integer call() throws IOException {
    if (nbest != null) {
      trainOnLists();
      return 0;
    }
    Options.check(command, from == null, "--from goes with --nbest");
    try (Corpus corpus = read();
        Device opened = device.open()) {
      train(corpus, opened, trainer -> {});
    }
    return 0;
  }

  private void trainOnLists() throws IOException {
    Options.check(command, from != null, "--nbest needs a model to start from: give --from DIR");
    Options.check(command, !resume, "--nbest trains in one go: it goes with no --resume");
    Options.check(
        command,
        !Options.isGiven(command, "--text"),
        "--nbest takes the place of --text: leave one of them out");
    TrainingOptions lists = schedule.build(false);
    Options.check(
        command,
        lists.loss().sequences().isPresent(),
        "--nbest trains with --loss minimum-risk or --loss ranking, found " + lists.loss());
    try (Device opened = device.open()) {
      new NBestTraining(nbest, from, out).run(lists, opened, command.commandLine().getOut(), json);
    }
  }

  /** Settles the options, those of the run that is resumed included, and reads the text. */
  Corpus read() throws IOException {
    goesOn = RunSettings.exist(out);
    if (goesOn && !resume) {
      throw new FileAlreadyExistsException(
          out.toString(),
          null,
          "holds a run already: --resume goes on with it, another --out starts a new one");
    }
    RunSettings before = goesOn ? RunSettings.load(out) : null;
    if (goesOn) {
      before.adopt(command, out);
      texts.adopt(before.texts());
    }
    texts.complete();
    options = schedule.build(texts.hasValidation());
    Options.check(
        command,
        options.loss().sequences().isEmpty(),
        "the loss " + options.loss().kind().name() + " is one of n-best lists: give --nbest");
    config = model.config(options.loss());
    checkTeacher();
    files = texts.files();
    if (goesOn) {
      before.texts().checkSame(files);
    }
    Files.createDirectories(out);
    return texts.read(out);
  }

  private void checkTeacher() {
    LossKind loss = options.loss().kind();
    Options.check(
        command,
        loss.hasTeacher() != teacher.isEmpty(),
        loss.hasTeacher()
            ? "the loss " + loss.name() + " learns from another model: give its folder, --teacher"
            : "the loss " + loss.name() + " learns from no --teacher: leave it out");
  }

  /**
   * Trains on what was read.
   *
   * @param prepare sees the trainer before it runs
   * @return false if a signal stopped it
   */
  boolean train(Corpus corpus, Device device, Consumer<Trainer> prepare) throws IOException {
    try (LanguageModel learntFrom =
            teacher.isEmpty() ? null : LanguageModel.load(Path.of(teacher), device);
        LanguageModel created =
            LanguageModel.create(device, corpus.vocabulary(), config, schedule.seed())) {
      Trainer trainer = new Trainer(created, corpus, options).folder(out);
      if (learntFrom != null) {
        trainer.teacher(learntFrom);
      }
      RunSettings.of(command, files).save(out);
      if (goesOn) {
        trainer.resume();
      } else if (resume) {
        command.commandLine().getErr().println("surprisal: no run in " + out + " yet: one begins");
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
            "surprisal: stopped after step %d and saved; to go on: %s train --resume --out %s";
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
