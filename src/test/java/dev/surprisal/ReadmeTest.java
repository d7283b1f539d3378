package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("<!-- example -->\\s*```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void the_fifteen_lines_of_java_compile_run_and_leave_a_model() throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of("README.md")));
    assertTrue(example.find(), "README.md has an example");
    long statements =
        example
            .group(1)
            .lines()
            .filter(line -> !line.isBlank() && !line.strip().equals("}"))
            .count();
    assertTrue(statements <= 15, statements + " lines, closing braces not counted");
    Path source = Files.writeString(folder.resolve("Train.java"), example.group(1));
    String classPath = System.getProperty("java.class.path");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-cp", classPath, "-d", folder.toString(), source.toString());
    assertEquals(0, compiled);
    Files.writeString(
        folder.resolve("shakespeare.txt"), "ROMEO: good night, good night!\n".repeat(90));

    String output = run(classPath);

    assertTrue(output.contains("EpochMetrics[epoch=3"), output);
    assertTrue(Files.exists(folder.resolve("run/model.safetensors")), output);
  }

  private String run(String classPath) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path log = folder.resolve("log");
    String all = folder + System.getProperty("path.separator") + classPath;
    Process process =
        new ProcessBuilder(List.of(java.toString(), "-cp", all, "Train"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int status = process.waitFor();
    String output = Files.readString(log);
    assertEquals(0, status, output);
    return output;
  }
}
