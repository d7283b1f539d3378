package dev.surprisal.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Contest;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Results;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RunCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine commands =
        Benchmarks.commands().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
    return commands.execute(arguments);
  }

  @Test
  void a_run_leaves_the_environment_the_ceilings_and_a_row_a_case() {
    // Of the ceilings' time alone: what is left for no case is recorded all the same.
    int status =
        run(
            "run",
            "--device",
            "cpu",
            "--quick",
            "--only",
            "cross-entropy",
            "--seconds",
            "0.001",
            "--out",
            folder.toString());

    assertEquals(0, status, err::toString);
    Results results = Results.load(folder);
    assertEquals("cpu", results.environment().get("device"));
    assertTrue(results.environment().containsKey("load_average"));
    assertEquals(
        "benchmarks/run --device cpu --quick --only cross-entropy --seconds 0.001",
        results.environment().get("command"));
    assertTrue(results.ceilings().copyBytesPerSecond() > 0);
    assertEquals(2, results.rows().size());
    assertEquals(Contest.NO_TIME, results.rows().get(0).refused().get(Contestant.OURS));
    assertTrue(out.toString().endsWith("written: " + folder.resolve(Results.FILE) + "\n"));
    assertTrue(out.toString().startsWith("cross-entropy"), out::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "--only,growht,'one of [step, cross-entropy'",
    "--rounds,0,'--rounds is 1 or more, found 0'",
    "--seconds,-1,'--seconds is 0 or more, found -1.0'",
  })
  void wrong_use_is_explained(String option, String value, String words) {
    assertEquals(2, run("run", "--device", "cpu", option, value));
    assertTrue(err.toString().contains(words), err::toString);
  }

  @Test
  void a_device_that_there_is_not_is_named() {
    assertEquals(1, run("run", "--device", "tpu"));
    assertEquals("benchmarks: a device is auto, cpu or cuda:N, found 'tpu'\n", err.toString());
  }

  @Test
  void results_lie_by_date_and_hardware_and_replace_none() {
    Machine machine = new Machine("cuda:0", "NVIDIA H200 (PCIe)");
    Path first = machine.newFolder(folder);
    new Results(Map.of(), null, List.of()).save(first);
    Path second = machine.newFolder(folder);

    assertTrue(
        first.getFileName().toString().matches("\\d{4}-\\d\\d-\\d\\d-gpu-nvidia-h200-pcie"),
        first::toString);
    assertEquals(first + "-2", second.toString());
  }

  @Test
  void what_is_not_whole_does_not_lie_among_results_that_last() {
    Machine machine = new Machine("cpu", "AMD EPYC");

    assertTrue(machine.newFolder(true).getParent().endsWith("results"));
    assertTrue(machine.newFolder(false).getParent().endsWith("target/results"));
  }
}
