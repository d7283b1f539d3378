package dev.surprisal.cli;

import dev.surprisal.train.NBest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of n-best lists to train on: lines {@code id ||| hypothesis ||| cost}; consecutive lines
 * of one id are a list.
 */
final class NBestFile {
  private NBestFile() {}

  /**
   * Reads all lists of a file.
   *
   * @param file its name, or - for standard input
   * @throws IOException if it cannot be read, holds no list, a line is malformed, or a list has a
   *     single hypothesis; the message names the line
   */
  static List<NBest> read(String file) throws IOException {
    List<NBest> lists = new ArrayList<>();
    List<NBestEntry> list = new ArrayList<>();
    try (Utf8Lines lines = Utf8Lines.open(file)) {
      for (TextLine line = lines.next(); line != null; line = lines.next()) {
        NBestEntry entry = NBestEntry.parse(line);
        if (!list.isEmpty() && !list.get(0).id().equals(entry.id())) {
          lists.add(of(list));
          list.clear();
        }
        list.add(entry);
      }
    }
    if (list.isEmpty()) {
      throw new IOException(file + ": expected lines id ||| hypothesis ||| cost, found none");
    }
    lists.add(of(list));
    return lists;
  }

  private static NBest of(List<NBestEntry> list) throws IOException {
    TextLine first = list.get(0).hypothesis();
    if (list.size() < 2) {
      throw new IOException(
          first.where()
              + ": expected 2 hypotheses or more of the id "
              + list.get(0).id()
              + ", found 1: one alone leaves no choice");
    }
    float[] costs = new float[list.size()];
    for (int i = 0; i < costs.length; i++) {
      costs[i] = (float) list.get(i).score();
      if (Float.isInfinite(costs[i])) {
        throw new IOException(
            list.get(i).hypothesis().where()
                + ": expected a cost that is finite as a float, found "
                + list.get(i).score());
      }
    }
    return new NBest(list.stream().map(entry -> entry.hypothesis().text()).toList(), costs);
  }
}
