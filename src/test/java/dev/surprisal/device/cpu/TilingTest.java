package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TilingTest {
  private static final int[] SIZES = {1, 2, 15, 16, 17, 31, 33, 127, 128, 300, 700, 1025, 10_000};

  @Test
  void tiles_cover_every_cell_once() {
    Tiling tiling = new Tiling();
    for (int rows : SIZES) {
      for (int columns : SIZES) {
        for (int terms : new int[] {0, 1, 33, 700, 10_000}) {
          int tiles = tiling.cut(rows, columns, terms);
          String what = rows + " by " + columns + " of " + terms + " terms";
          assertTrue(tiles >= 1 && tiles <= 64 * 64, what);
          assertCovers(tiling, tiles, rows, columns, what);
        }
      }
    }
  }

  /** In a grid, whose rows are of one height and follow upon one another, as do its columns. */
  private static void assertCovers(Tiling tiling, int tiles, int rows, int columns, String what) {
    int tile = 0;
    int row = 0;
    while (row < rows) {
      int height = tiling.rows(tile);
      int column = 0;
      while (column < columns) {
        assertTrue(tile < tiles, what);
        assertEquals(row, tiling.firstRow(tile), what);
        assertEquals(height, tiling.rows(tile), what);
        assertEquals(column, tiling.firstColumn(tile), what);
        assertTrue(height > 0 && tiling.columns(tile) > 0, what);
        column += tiling.columns(tile);
        tile++;
      }
      assertEquals(columns, column, what);
      row += height;
    }
    assertEquals(rows, row, what);
    assertEquals(tiles, tile, what);
  }

  @Test
  void large_products_are_cut_into_several_tiles_and_small_ones_are_not() {
    Tiling tiling = new Tiling();
    assertEquals(1, tiling.cut(20, 33, 33));
    assertTrue(tiling.cut(300, 200, 100) >= 2);
    assertTrue(tiling.cut(700, 10_000, 200) >= 16);
    assertTrue(tiling.cut(10_000, 10_000, 10_000) >= 32);
  }
}
