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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A run's {@code training.json}: its options and texts, so that a resumed run is the same run.
 *
 * @param options values by option name
 * @param texts the files
 */
record RunSettings(Map<String, JsonNode> options, RunTexts texts) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES).build();

  static RunSettings of(CommandSpec command, RunTexts texts) {
    Map<String, JsonNode> options = new LinkedHashMap<>();
    groups(command).forEach((option, group) -> options.put(name(option), tree(option.getValue())));
    return new RunSettings(options, texts);
  }

  /** The options that belong to a run, with their groups, in the order of the help. */
  private static Map<OptionSpec, RunOptions> groups(CommandSpec command) {
    Map<OptionSpec, RunOptions> groups = new LinkedHashMap<>();
    for (CommandSpec mixin : command.mixins().values()) {
      if (mixin.userObject() instanceof RunOptions group) {
        for (OptionSpec option : mixin.options()) {
          if (option.auxiliaryTypes()[0] != Path.class) {
            groups.put(option, group);
          }
        }
      }
    }
    return groups;
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

  /** The value of an option; empty if the run is older than the option. */
  Optional<String> text(String name) {
    return Optional.ofNullable(options.get(name)).map(JsonNode::asText);
  }

  void save(Path folder) throws IOException {
    Json.write(file(folder), this);
  }

  /**
   * Sets options that are not on the command line to their values in the run, and rejects options
   * that differ from the run's and must not.
   */
  void adopt(CommandSpec command, Path folder) throws IOException {
    Map<OptionSpec, RunOptions> groups = groups(command);
    for (String name : options.keySet()) {
      if (groups.keySet().stream().noneMatch(option -> name(option).equals(name))) {
        throw damaged(folder, "unknown option " + name);
      }
    }
    for (Map.Entry<OptionSpec, RunOptions> entry : groups.entrySet()) {
      OptionSpec option = entry.getKey();
      Object value = value(option, folder);
      if (!Options.isGiven(command, name(option))) {
        option.setValue(value);
      } else if (!entry.getValue().mayChange() && !Objects.equals(option.getValue(), value)) {
        throw new IllegalArgumentException(
            name(option)
                + " "
                + option.getValue()
                + " differs from the run's "
                + value
                + ": leave it out, or start a new run in another folder");
      }
    }
  }

  /** The run's value of an option; the default if the run is older than the option. */
  private Object value(OptionSpec option, Path folder) throws IOException {
    JsonNode stored = options.get(name(option));
    if (stored == null) {
      boolean isFlag = option.defaultValue() == null;
      stored = tree(isFlag ? option.initialValue() : option.defaultValue());
    }
    try {
      Object value = MAPPER.treeToValue(stored, option.type());
      if (value != null) {
        return value;
      }
    } catch (JsonProcessingException e) {
      // Rejected below, like a missing value.
    }
    throw damaged(folder, "expected a value of " + name(option) + ", found " + stored);
  }

  private static String name(OptionSpec option) {
    return option.longestName();
  }

  private static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  private static Path file(Path folder) {
    return folder.resolve("training.json");
  }

  private static IOException damaged(Path folder, String why) {
    return new IOException(
        file(folder) + " is damaged, or from another version of surprisal: " + why);
  }
}
