package dev.surprisal.train;

import dev.surprisal.loss.Projected;
import dev.surprisal.loss.Unlikelihood;

/** Unlikelihood against the tokens just before, within the window. */
final class RepetitionObjective extends TokenObjective {
  private static final int NONE = -1;

  private final Unlikelihood unlikelihood;
  private final int window;
  private final int context;
  private final int[] candidates;

  RepetitionObjective(Projected loss, Unlikelihood unlikelihood, int window) {
    super(loss, unlikelihood.targets());
    this.unlikelihood = unlikelihood;
    this.window = window;
    context = (int) unlikelihood.candidates().shape().size(1);
    candidates = new int[(int) unlikelihood.candidates().elements()];
  }

  @Override
  public void write(int[] inputs, int[] next, boolean carriesState) {
    super.write(inputs, next, carriesState);
    for (int token = 0; token < inputs.length; token++) {
      int t = token % window;
      for (int back = 0; back < context; back++) {
        candidates[token * context + back] = back <= t ? inputs[token - back] : NONE;
      }
    }
    unlikelihood.candidates().write(candidates);
  }
}
