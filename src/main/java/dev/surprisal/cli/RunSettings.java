package dev.surprisal.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.surprisal.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A run's {@code training.json}: what was asked for, so that a resumed run is the same run.
 *
 * @param options values by option name
 * @param texts the files
 */
record RunSettings(Map<String, JsonNode> options, RunTexts texts) {
  private static final List<String> STORED =
      List.of(
          "--split",
          "--level",
          "--min-count",
          "--embed",
          "--hidden",
          "--tie",
          "--batch",
          "--window",
          "--shuffle",
          "--lr",
          "--clip",
          "--epochs",
          "--steps",
          "--patience",
          "--loss",
          "--teacher",
          "--seed");
  private static final Set<String> MAY_CHANGE = Set.of("--epochs", "--steps", "--patience");
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES).build();

  static RunSettings of(CommandSpec command, RunTexts texts) {
    Map<String, JsonNode> options = new LinkedHashMap<>();
    for (String name : STORED) {
      options.put(name, MAPPER.valueToTree(command.findOption(name).getValue()));
    }
    return new RunSettings(options, texts);
  }

  /** Whether a folder holds a run. */
  static boolean exist(Path folder) {
    return Files.exists(file(folder));
  }

  static RunSettings load(Path folder) throws IOException {
    try {
      return MAPPER.treeToValue(Json.read(file(folder)), RunSettings.class);
    } catch (JsonProcessingException e) {
      throw damaged(folder, e.getOriginalMessage());
    }
  }

  /** The value of an option of the run. */
  String text(String name) {
    return options.get(name).asText();
  }

  void save(Path folder) throws IOException {
    Json.write(file(folder), this);
  }

  /** Gives options that are not on the command line their values of the run; refuses others. */
  void adopt(CommandSpec command, Path folder) throws IOException {
    for (String name : STORED) {
      OptionSpec option = command.findOption(name);
      Object value = value(option, name, folder);
      if (!Options.isGiven(command, name)) {
        // A new number of epochs also takes the place of a number of steps.
        if (!(name.equals("--steps") && Options.isGiven(command, "--epochs"))) {
          option.setValue(value);
        }
      } else if (!MAY_CHANGE.contains(name) && !Objects.equals(option.getValue(), value)) {
        throw new IllegalArgumentException(
            name
                + " "
                + option.getValue()
                + " differs from the run's "
                + value
                + ": leave it out, or start a new run in another folder");
      }
    }
  }

  private Object value(OptionSpec option, String name, Path folder) throws IOException {
    try {
      Object value = MAPPER.treeToValue(options.get(name), option.type());
      if (value != null) {
        return value;
      }
    } catch (JsonProcessingException e) {
      // Refused below, as a value that is missing is.
    }
    throw damaged(folder, "expected a value of " + name + ", found " + options.get(name));
  }

  private static Path file(Path folder) {
    return folder.resolve("training.json");
  }

  private static IOException damaged(Path folder, String why) {
    return new IOException(file(folder) + " is not what train wrote: " + why);
  }
}
