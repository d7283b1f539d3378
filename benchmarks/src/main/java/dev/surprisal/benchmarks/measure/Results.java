package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The results of a run: {@code benchmarks.json} in a folder of its own.
 *
 * @param environment machine and versions of the run: date, device, commit and so on
 * @param ceilings of the device; null if they were not measured
 * @param rows in the order they were measured
 */
public record Results(
    @JsonProperty("environment") Map<String, String> environment,
    @JsonProperty("ceilings") Ceilings ceilings,
    @JsonProperty("rows") List<Row> rows) {
  /** The file's name in its folder. */
  public static final String FILE = "benchmarks.json";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A name as a part of the names of files: {@code amd-epyc}. */
  public static String slug(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }

  /** Rows by group, in the order in which they were measured. */
  public Map<String, List<Row>> groups() {
    return rows.stream()
        .collect(Collectors.groupingBy(Row::group, LinkedHashMap::new, Collectors.toList()));
  }

  /** Writes the file whole, in place of an earlier one. */
  public void save(Path folder) {
    try {
      Files.createDirectories(folder);
      Path whole = Files.createTempFile(folder, FILE, ".part");
      JSON.writeValue(whole.toFile(), this);
      Files.move(whole, folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Reads the file of a folder, or a file. */
  public static Results load(Path place) {
    Path file = Files.isDirectory(place) ? place.resolve(FILE) : place;
    try {
      return JSON.readValue(file.toFile(), Results.class);
    } catch (IOException failure) {
      throw new UncheckedIOException("no results can be read in " + file, failure);
    }
  }
}
