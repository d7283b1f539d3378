package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The charts of a run, drawn beside its results. */
public final class Pictures {
  private Pictures() {}

  /**
   * Draws them.
   *
   * @param results of a run
   * @param folder that is there
   * @return the files, one for each group that has something to show
   */
  public static List<Path> draw(Results results, Path folder) throws IOException {
    List<Path> drawn = new ArrayList<>();
    for (Picture picture : Picture.all(new DeviceResults(results))) {
      picture.draw(folder);
      drawn.add(folder.resolve(picture.file()));
    }
    return drawn;
  }
}
