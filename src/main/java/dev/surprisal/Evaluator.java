package dev.surprisal;

import dev.surprisal.device.Arena;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.nn.State;
import dev.surprisal.text.Tokens;

/** Evaluates a text as one stream, window by window. */
final class Evaluator {
  private static final int LARGEST_WINDOW = 1024;

  private Evaluator() {}

  static Evaluation evaluate(Network network, Tokens text) {
    long predicted = text.size() - 1;
    if (predicted < 1) {
      throw new IllegalArgumentException(
          "a text has at least two tokens, one to read and one to predict; found " + text.size());
    }
    int window = (int) Math.min(predicted, LARGEST_WINDOW);
    long whole = predicted / window * window;
    try (Arena arena = new Arena(network.device())) {
      State state = new State(arena, network.recurrentConfig(), 1);
      double sum = stream(network, text, 0, whole, window, state);
      if (whole < predicted) {
        sum += stream(network, text, whole, predicted, (int) (predicted - whole), state);
      }
      return new Evaluation(sum / predicted, predicted);
    }
  }

  /**
   * Returns the summed surprisal of the tokens after [from, to), in windows that fill it exactly.
   */
  private static double stream(
      Network network, Tokens text, long from, long to, int window, State state) {
    int[] tokens = new int[window];
    float[] surprisals = new float[window];
    double sum = 0;
    try (Pass pass = network.inference(1, window);
        Surprisals loss = new Surprisals(network, window)) {
      pass.state().copyFrom(state);
      for (long at = from; at < to; at += window) {
        text.read(at, tokens, 0, window);
        pass.tokens().write(tokens);
        text.read(at + 1, tokens, 0, window);
        loss.write(tokens);
        pass.forward();
        loss.forward(pass.hidden());
        pass.carryState();
        loss.losses().read(surprisals);
        for (float surprisal : surprisals) {
          sum += surprisal;
        }
      }
      state.copyFrom(pass.state());
    }
    return sum;
  }
}
