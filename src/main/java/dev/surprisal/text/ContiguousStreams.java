package dev.surprisal.text;

/**
 * A text cut into contiguous streams of equal length, one for each row of a batch. Window w of a
 * stream follows its window w−1, and the state is carried over. Tokens that do not fill a window at
 * the end of a stream are left out.
 */
public final class ContiguousStreams implements Batches {
  private final Tokens tokens;
  private final BatchShape shape;
  private final long streamLength;

  /**
   * Cuts a text.
   *
   * @param tokens the text; must stay open
   * @param batch the number of streams, B
   * @param window tokens of a window, T
   * @throws IllegalArgumentException if either is below 1, or the text has fewer than B · T + 1
   *     tokens
   */
  public ContiguousStreams(Tokens tokens, int batch, int window) {
    this.tokens = tokens;
    this.shape = BatchShape.of(tokens, batch, window);
    this.streamLength = (tokens.size() - 1) / batch;
  }

  @Override
  public int batch() {
    return shape.batch();
  }

  @Override
  public int window() {
    return shape.window();
  }

  @Override
  public long count() {
    return streamLength / shape.window();
  }

  @Override
  public boolean carriesState() {
    return true;
  }

  @Override
  public void fill(long epoch, long index, int[] inputs, int[] targets) {
    shape.check(epoch, index, count(), inputs, targets);
    for (int row = 0; row < shape.batch(); row++) {
      long start = row * streamLength + index * shape.window();
      shape.fillRow(row, tokens, start, inputs, targets);
    }
  }
}
