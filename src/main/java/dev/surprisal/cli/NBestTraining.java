package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import dev.surprisal.train.NBest;
import dev.surprisal.train.NBestOptions;
import dev.surprisal.train.NBestTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Trains a model further on n-best lists, and saves it at the end or when stopped.
 *
 * @param file of the lists
 * @param from folder of the model to start from, which stays as it is
 * @param out folder of the trained model
 */
record NBestTraining(String file, Path from, Path out) {
  /** Trains and prints one line for each epoch. */
  void run(NBestOptions options, Device device, PrintWriter print, boolean json)
      throws IOException {
    if (Files.exists(out)) {
      throw new FileAlreadyExistsException(
          out.toString(), null, "exists already: choose another --out for the trained model");
    }
    List<NBest> lists = NBestFile.read(file);
    try (LanguageModel model = LanguageModel.load(from, device)) {
      NBestTrainer trainer = new NBestTrainer(model, lists, options);
      try (StopOnSignal signal = new StopOnSignal(trainer::stop)) {
        trainer.run(new Epochs(print, json)::print);
        model.save(out);
        if (!json) {
          print.println((signal.requested() ? "stopped, " : "") + "model in " + out);
          print.flush();
        }
      }
    }
  }

  /** Prints an epoch as a line on standard output. */
  private static final class Epochs {
    private final PrintWriter print;
    private final boolean json;
    private long epoch;

    Epochs(PrintWriter print, boolean json) {
      this.print = print;
      this.json = json;
    }

    void print(double loss) {
      epoch++;
      print.println(
          json
              ? JsonLine.object().put("epoch", epoch).put("train_loss", JsonLine.finite(loss))
              : Text.format("epoch %d: mean loss of a list %.6f", epoch, loss));
      print.flush();
    }
  }
}
