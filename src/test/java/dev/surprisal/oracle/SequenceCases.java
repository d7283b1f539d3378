package dev.surprisal.oracle;

import dev.surprisal.oracle.SequenceOracle.Lists;
import dev.surprisal.oracle.SequenceOracle.Options;
import java.util.Arrays;
import java.util.List;

/** Seeded n-best lists, and all ways to judge them. */
public final class SequenceCases {
  /**
   * Both losses, with and without a margin, of scores that are sums and means, alone and with the
   * likelihood of the cheapest.
   */
  public static final List<Options> OPTIONS =
      List.of(
          new Options(false, 1, 0, 0, false),
          new Options(false, 0.25, 0, 0, true),
          new Options(false, 2.5, 0, 0, true),
          new Options(true, 1, 0, 0, false),
          new Options(true, 0.5, 1.5, 0, true),
          new Options(true, 3, 2, 0, false),
          new Options(false, 1, 0, 0.5, true),
          new Options(true, 1, 1, 2, false));

  private SequenceCases() {}

  /**
   * Lists of those sizes, of sequences of 1 to {@code longest} tokens, with up to 2 tokens of none
   * before each and at the end; costs are quarters of small integers, so that some are equal.
   *
   * @param seed same seed, same lists
   * @param longest the most tokens of a sequence
   * @param sizes hypotheses of each list
   * @return lists for {@link #tokens} tokens
   */
  public static Lists lists(long seed, int longest, int... sizes) {
    int[] lists = new int[sizes.length + 1];
    for (int l = 0; l < sizes.length; l++) {
      lists[l + 1] = lists[l] + sizes[l];
    }
    int count = lists[sizes.length];
    int[] lengths = Arrays.stream(Samples.integers(seed, count, longest)).map(n -> n + 1).toArray();
    int[] gaps = Samples.integers(seed + 1, count, 3);
    int[] starts = new int[count];
    for (int i = 0; i < count; i++) {
      starts[i] = (i == 0 ? 0 : starts[i - 1] + lengths[i - 1]) + gaps[i];
    }
    double[] costs =
        Arrays.stream(Samples.integers(seed + 2, count, 7)).mapToDouble(n -> n / 4.0).toArray();
    return new Lists(starts, lengths, lists, costs);
  }

  /**
   * How many tokens lists are of.
   *
   * @param lists at least one
   * @return with two of no sequence at the end
   */
  public static int tokens(Lists lists) {
    int last = lists.starts().length - 1;
    return lists.starts()[last] + lists.lengths()[last] + 2;
  }

  /**
   * Losses of tokens.
   *
   * @param seed same seed, same losses
   * @param count how many
   * @return 0 or more
   */
  public static double[] losses(long seed, int count) {
    return Arrays.stream(Samples.normal(seed, count, 2)).map(Math::abs).toArray();
  }
}
