package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.cli.Main;
import dev.surprisal.device.Device;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.Split;
import dev.surprisal.text.Tokenizers;
import dev.surprisal.train.StepMetrics;
import dev.surprisal.train.Trainer;
import dev.surprisal.train.TrainingListener;
import dev.surprisal.train.TrainingOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Trains the reference model, E = H = 50, B = 32, T = 35, on the characters of the program's own
 * source text, and prints losses as lines of JSON.
 */
final class TrainingRun {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Behind the steps that are compared, one of so many is printed. */
  private static final int STRIDE = 10;

  private TrainingRun() {}

  /**
   * A line.
   *
   * @param device that trained
   * @param step from 1
   * @param loss in nats per token
   * @param tokens of a step
   * @param milliseconds since the first step
   */
  record Line(
      @JsonProperty("device") String device,
      @JsonProperty("step") long step,
      @JsonProperty("loss") double loss,
      @JsonProperty("tokens") long tokens,
      @JsonProperty("ms") double milliseconds) {}

  /**
   * Trains.
   *
   * @param args the device, its number of threads or 0, how many steps at most, after how many
   *     seconds to stop, and a folder for temporary files
   */
  public static void main(String[] args) throws IOException {
    long steps = Long.parseLong(args[2]);
    double seconds = Double.parseDouble(args[3]);
    Path folder = Path.of(args[4]);
    Path text = folder.resolve("source-text.txt");
    try (InputStream in = Main.class.getResourceAsStream("source-text.txt")) {
      if (in == null) {
        throw new FileNotFoundException("the library's jar has no source text");
      }
      Files.write(text, in.readAllBytes());
    }
    TrainingOptions options =
        TrainingOptions.builder().batch(32).window(35).learningRate(2e-3).steps(steps).build();
    PrintStream out = System.out;
    try (Corpus corpus =
            Corpus.read(
                List.of(text),
                Optional.empty(),
                new Split(1, 0, 0),
                Tokenizers.CHARACTERS,
                1,
                folder);
        Device device = Device.of(args[0], Integer.parseInt(args[1]));
        LanguageModel model =
            LanguageModel.create(device, corpus.vocabulary(), new ModelConfig(50, 50), 1)) {
      Trainer trainer = new Trainer(model, corpus, options);
      trainer.listen(new Lines(device.toString(), seconds, trainer, out)).run();
    }
  }

  /** Prints lines, and stops the trainer when time is up. */
  private static final class Lines implements TrainingListener {
    private final String device;
    private final double seconds;
    private final Trainer trainer;
    private final PrintStream out;
    private long first;

    Lines(String device, double seconds, Trainer trainer, PrintStream out) {
      this.device = device;
      this.seconds = seconds;
      this.trainer = trainer;
      this.out = out;
    }

    @Override
    public void onStep(StepMetrics step) {
      long now = System.nanoTime();
      first = step.step() == 1 ? now : first;
      double passed = (now - first) / 1e9;
      if (step.step() <= TrainStage.COMPARED || step.step() % STRIDE == 0) {
        print(new Line(device, step.step(), step.loss(), step.tokens(), 1e3 * passed));
      }
      if (passed > seconds && step.step() >= TrainStage.COMPARED) {
        trainer.stop();
      }
    }

    private void print(Line line) {
      try {
        out.println(JSON.writeValueAsString(line));
      } catch (IOException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
