package dev.surprisal.train;

import dev.surprisal.text.Batches;
import dev.surprisal.text.ContiguousStreams;
import dev.surprisal.text.ShuffledWindows;
import dev.surprisal.text.Tokens;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The way training cuts a text into batches.
 *
 * @param batch B, the number of windows in a step, 1 or more
 * @param window T, the number of tokens that gradients go back through (truncated backpropagation),
 *     1 or more
 * @param shuffled whether windows come in random order, each from a zero state; if not, a batch is
 *     B streams through the text that carry their states from window to window
 * @param seed of the random order and of dropout masks
 */
public record Batching(int batch, int window, boolean shuffled, long seed) {
  private static final int MOST_TOKENS = 1 << 24;

  /**
   * Checks the options.
   *
   * @param batch B, the number of windows in a step, 1 or more
   * @param window T, the number of tokens that gradients go back through, 1 or more
   * @param shuffled whether windows come in random order
   * @param seed of the random order
   * @throws IllegalArgumentException if a value is outside its range
   */
  public Batching {
    long tokens = (long) batch * window;
    Require.option(batch >= 1, "a batch of 1 or more", batch);
    Require.option(window >= 1, "a window of 1 or more", window);
    Require.option(tokens <= MOST_TOKENS, "batch × window up to 2^24", tokens);
  }

  /** The number of tokens in a step. */
  int tokens() {
    return batch * window;
  }

  /** Cuts a text into batches. */
  Batches of(Tokens text) {
    return shuffled
        ? new ShuffledWindows(text, batch, window, seed)
        : new ContiguousStreams(text, batch, window);
  }

  /** What must stay the same when a run resumes. */
  Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("batch", Integer.toString(batch));
    identity.put("window", Integer.toString(window));
    identity.put("shuffled", Boolean.toString(shuffled));
    identity.put("seed", Long.toString(seed));
    return identity;
  }
}
