package dev.surprisal.text;

/**
 * A text cut into independent windows that do not overlap, in an order that depends only on the
 * seed and the epoch. Tokens that do not fill a window at the end of the text are left out, and so
 * are windows that do not fill a batch at the end of an epoch.
 */
public final class ShuffledWindows implements Batches {
  private final Tokens tokens;
  private final BatchShape shape;
  private final Permutation order;

  /**
   * Cuts a text.
   *
   * @param tokens the text; must stay open
   * @param batch windows of a batch, B
   * @param window tokens of a window, T
   * @param seed chooses the orders
   * @throws IllegalArgumentException if {@code batch} or {@code window} is below 1, or the text has
   *     fewer than B · T + 1 tokens
   */
  public ShuffledWindows(Tokens tokens, int batch, int window, long seed) {
    this.tokens = tokens;
    this.shape = BatchShape.of(tokens, batch, window);
    this.order = new Permutation((tokens.size() - 1) / window, seed);
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
    return order.size() / shape.batch();
  }

  @Override
  public boolean carriesState() {
    return false;
  }

  @Override
  public void fill(long epoch, long index, int[] inputs, int[] targets) {
    shape.check(epoch, index, count(), inputs, targets);
    for (int row = 0; row < shape.batch(); row++) {
      long start = order.at(epoch, index * shape.batch() + row) * shape.window();
      shape.fillRow(row, tokens, start, inputs, targets);
    }
  }
}
