package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A run that is interrupted and taken up again gives what one gives that never was. */
@EnabledOnOs(OS.LINUX)
class InterruptionTest {
  private static final int EPOCHS = 8;
  private static final int KILLED = 128 + 9;

  @TempDir Path folder;
  private Path text;
  private Path out;

  @BeforeEach
  void make_a_text() throws IOException {
    text = TinyRun.text(folder.resolve("text.txt"), 8_000, 1);
    out = folder.resolve("run");
  }

  @Test
  void ctrl_c_saves_exits_130_and_says_how_to_go_on() throws Exception {
    assumeFalse(ignoresInterrupts(), "a child of this process would not see it either");
    interrupt("INT", 130);
  }

  @Test
  void a_request_to_terminate_is_as_ctrl_c_with_a_status_of_its_own() throws Exception {
    interrupt("TERM", 143);
  }

  private void interrupt(String signal, int status) throws Exception {
    Fork run = Fork.start(folder, Map.of(), arguments("--epochs", 1_000_000));
    TinyRun.json(run.line());
    Thread.sleep(50);
    new ProcessBuilder("kill", "-" + signal, Long.toString(run.pid())).start().waitFor();
    Cli.Result result = run.end();
    assertEquals(status, result.status(), result.err());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().contains("surprisal train --resume --out " + out), result.err());
    int epochs = TinyRun.metrics(out).size() + 2;
    resume(epochs);
    assertSameAsUninterrupted(epochs);
  }

  @Test
  void kill_9_at_any_moment_costs_nothing_but_time() throws Exception {
    int kills = 0;
    for (int delay : new int[] {0, 20, 60}) {
      Fork run = Fork.start(folder, Map.of(), arguments("--epochs", EPOCHS, "--resume"));
      run.line();
      Thread.sleep(delay);
      run.kill();
      kills += run.end().status() == KILLED ? 1 : 0;
    }
    assertTrue(kills >= 2, kills + " of 3 kills came before the end");
    resume(EPOCHS);
    assertSameAsUninterrupted(EPOCHS);
  }

  @Test
  void kill_9_before_the_first_checkpoint_costs_nothing_either() throws Exception {
    Fork run = Fork.start(folder, Map.of(), arguments("--epochs", EPOCHS));
    while (!RunSettings.exist(out)) {
      Thread.sleep(1);
    }
    run.kill();
    run.end();
    resume(EPOCHS);
    assertSameAsUninterrupted(EPOCHS);
  }

  @Test
  void a_disk_that_fills_up_is_a_failure_and_what_was_saved_is_still_there() throws Exception {
    text = TinyRun.text(text, 400, 1);
    Object[] large = {"--embed", 64, "--hidden", 128};
    train(out, 2, large);
    Cli.Result full =
        Fork.startWithLittleSpace(
                folder, "train", "--resume", "--out", out, "--epochs", 4, "--device", "cpu")
            .end();
    assertEquals(1, full.status(), full.out());
    assertEquals(1, full.errLines().size(), full.err());
    assertTrue(full.err().contains("cannot be written: File too large"), full.err());
    resume(4);
    Path whole = folder.resolve("whole");
    train(whole, 4, large);
    assertEquals(TinyRun.metrics(whole), TinyRun.metrics(out));
  }

  private void train(Path folder, int epochs, Object... more) {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("train", "--text", text, "--out", folder, "--device", "cpu"));
    args.addAll(List.of("--batch", 4, "--window", 8, "--epochs", epochs));
    args.addAll(List.of(more));
    Cli.Result result = Cli.run(args.toArray());
    assertEquals(0, result.status(), result.err());
  }

  private void resume(int epochs) {
    Cli.Result result =
        Cli.run("train", "--resume", "--out", out, "--epochs", epochs, "--device", "cpu");
    assertEquals(0, result.status(), result.err());
  }

  private void assertSameAsUninterrupted(int epochs) throws IOException {
    Path whole = TinyRun.trained(text, folder.resolve("whole"), "--epochs", epochs);
    assertEquals(TinyRun.metrics(whole), TinyRun.metrics(out));
    assertEquals(
        -1, Files.mismatch(whole.resolve("model.safetensors"), out.resolve("model.safetensors")));
  }

  private Object[] arguments(Object... more) {
    List<Object> args = new ArrayList<>(Arrays.asList(TinyRun.train(text, out, "--json")));
    args.addAll(Arrays.asList(more));
    return args.toArray();
  }

  /** As processes do that a shell without job control started in the background. */
  private static boolean ignoresInterrupts() throws IOException {
    String ignored =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow()
            .substring("SigIgn:".length())
            .strip();
    return (Long.parseUnsignedLong(ignored, 16) & 1 << 1) != 0;
  }
}
