package dev.surprisal.device.cpu;

/**
 * How a product's result [M, N] is cut into tiles: by the sizes alone, so that the sums in every
 * tile, and with them the bits of the result, do not depend on the number of threads.
 */
final class Tiling {
  private static final long TILE_WORK = 1L << 25;
  private static final long SPLIT_WORK = 1L << 20;
  private static final int MOST_TILES = 64;
  private static final int SHORTEST_EDGE = 128;
  private static final int EDGE = 16;

  private int rows;
  private int columns;
  private int tileRows;
  private int tileColumns;
  private int acrossColumns;

  /** Chooses tiles; returns how many. */
  int cut(int newRows, int newColumns, long terms) {
    rows = newRows;
    columns = newColumns;
    long work = rows * (long) columns * terms;
    int wanted = work < SPLIT_WORK ? 1 : 2;
    if (work > 2 * TILE_WORK) {
      wanted = (int) Math.min(MOST_TILES, (work / TILE_WORK + 3) / 4 * 4);
    }
    // Both operands of a tile are repacked for it, so the best grid has the shortest edges; below
    // some length repacking costs more than another thread brings.
    double best = Double.POSITIVE_INFINITY;
    for (int across = 1; across <= Math.min(wanted, parts(columns)); across++) {
      int down = Math.min(wanted / across, parts(rows));
      int height = edge(rows, down);
      int width = edge(columns, across);
      double cost = (height + (double) width) * ((double) wanted / (across * down));
      if (cost < best) {
        best = cost;
        tileRows = height;
        tileColumns = width;
      }
    }
    acrossColumns = (columns + tileColumns - 1) / tileColumns;
    return acrossColumns * ((rows + tileRows - 1) / tileRows);
  }

  private static int parts(int size) {
    return (size + SHORTEST_EDGE - 1) / SHORTEST_EDGE;
  }

  private static int edge(int size, int parts) {
    int part = (size + parts - 1) / parts;
    return Math.max(EDGE, (part + EDGE - 1) / EDGE * EDGE);
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
