package dev.surprisal.device.cpu;

/**
 * The tiles of a product's result [M, N]. They depend on the sizes alone, so that the sums in every
 * tile, and the bits of the result, do not depend on the number of threads.
 */
final class Tiling {
  /** The number of multiplications from which a second thread pays. */
  private static final long SPLIT_WORK = 1L << 20;

  /**
   * The shortest edge: OpenBLAS repacks both operands for each tile, which costs too much for
   * shorter ones.
   */
  private static final int EDGE = 384;

  private static final int MOST_PARTS = 64;
  private static final int MULTIPLE = 16;

  private int rows;
  private int columns;
  private int tileRows;
  private int tileColumns;
  private int acrossColumns;

  /** Chooses tiles; returns their number. */
  int cut(int newRows, int newColumns, long terms) {
    rows = newRows;
    columns = newColumns;
    int down = parts(rows);
    int across = parts(columns);
    if (down * across == 1 && rows * (long) columns * terms >= SPLIT_WORK) {
      if (rows > columns) {
        down = 2;
      } else {
        across = 2;
      }
    }
    tileRows = edge(rows, down);
    tileColumns = edge(columns, across);
    acrossColumns = (columns + tileColumns - 1) / tileColumns;
    return acrossColumns * ((rows + tileRows - 1) / tileRows);
  }

  private static int parts(int size) {
    return Math.max(1, Math.min(MOST_PARTS, (size + EDGE / 2) / EDGE));
  }

  private static int edge(int size, int parts) {
    int part = (size + parts - 1) / parts;
    return (part + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
  }

  int firstRow(int tile) {
    return tile / acrossColumns * tileRows;
  }

  int rows(int tile) {
    return Math.min(tileRows, rows - firstRow(tile));
  }

  int firstColumn(int tile) {
    return tile % acrossColumns * tileColumns;
  }

  int columns(int tile) {
    return Math.min(tileColumns, columns - firstColumn(tile));
  }
}
