package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.nn.Pass;
import dev.surprisal.text.Tokens;
import java.util.Arrays;

/** Evaluates a model's training loss on a text. */
public final class TrainedLoss {
  private static final int LARGEST_WINDOW = 1024;

  private TrainedLoss() {}

  /**
   * Computes the mean loss over a text that the model reads as one stream, like {@link
   * LanguageModel#evaluate}.
   *
   * @param loss the training loss
   * @param model the model to evaluate
   * @param teacher the model that the loss learns from; null for a loss without a teacher
   * @param text at least two tokens
   * @return nats per token
   * @throws IllegalArgumentException if there are fewer tokens, or a teacher is missing
   */
  public static double of(
      TokenLossSpec loss, LanguageModel model, LanguageModel teacher, Tokens text) {
    long predicted = text.size() - 1;
    if (predicted < 1) {
      throw new IllegalArgumentException(
          "expected a text of at least two tokens, one to read and one to predict; found "
              + text.size());
    }
    int window = (int) Math.min(predicted, LARGEST_WINDOW);
    int[] inputs = new int[window];
    int[] targets = new int[window];
    double sum = 0;
    try (Pass pass = model.network().inference(1, window);
        TokenObjective objective =
            loss.start(new LossContext(model.network(), 1, window, teacher, text))) {
      for (long at = 0; at < predicted; at += window) {
        int count = (int) Math.min(window, predicted - at);
        // The rest of the last window is ignored.
        Arrays.fill(targets, CrossEntropyOptions.DEFAULT_IGNORE_INDEX);
        text.read(at, inputs, 0, count);
        text.read(at + 1, targets, 0, count);
        objective.write(inputs, targets, at > 0);
        pass.tokens().write(inputs);
        pass.forward();
        objective.forward(pass);
        pass.carryState();
        sum += (double) objective.total().toFloats()[0] * count;
      }
    }
    return sum / predicted;
  }
}
