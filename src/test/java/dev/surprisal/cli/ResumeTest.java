package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --resume}. */
class ResumeTest {
  @TempDir Path folder;
  private Path text;
  private Path out;

  @BeforeEach
  void train_for_two_epochs() throws IOException {
    text = TinyRun.text(folder.resolve("text.txt"), 400, 1);
    out = TinyRun.trained(text, folder.resolve("run"), "--epochs", 2);
  }

  @Test
  void a_run_goes_on_as_if_it_had_never_stopped() throws IOException {
    Path whole = TinyRun.trained(text, folder.resolve("whole"), "--epochs", 4);
    resume(0, "--epochs", 4);
    assertEquals(TinyRun.metrics(whole), TinyRun.metrics(out));
    assertEquals(
        -1, Files.mismatch(whole.resolve("model.safetensors"), out.resolve("model.safetensors")));
  }

  @Test
  void a_run_that_is_done_has_nothing_left_to_do() throws IOException {
    Cli.Result result = resume(0);
    assertEquals(1, result.outLines().size());
    assertTrue(result.out().startsWith("lowest loss "), result.out());
    assertEquals(2, TinyRun.metrics(out).size());
  }

  @Test
  void without_resume_a_run_is_not_overwritten() throws IOException {
    byte[] before = Files.readAllBytes(out.resolve("model.safetensors"));
    Cli.Result result = Cli.run(TinyRun.train(text, out, "--epochs", 1));
    assertRefused(result, "holds a run already");
    assertEquals(2, TinyRun.metrics(out).size());
    assertEquals(before.length, Files.size(out.resolve("model.safetensors")));
  }

  @Test
  void an_option_that_differs_from_the_run_is_refused_by_name() {
    assertRefused(resume(1, "--hidden", 16), "--hidden 16 differs from the run's 8");
    assertRefused(resume(1, "--seed", 2), "--seed 2 differs from the run's 1");
    assertRefused(resume(1, "--shuffle"), "--shuffle true differs from the run's false");
    assertRefused(
        resume(1, "--split", "0.8,0.2"), "--split 0.8,0.2 differs from the run's 0.9,0.1,0");
  }

  @Test
  void an_option_that_repeats_the_run_is_welcome() {
    resume(0, "--hidden", 8, "--lr", "0.002", "--split", "0.9,0.1,0", "--text", text);
  }

  @Test
  void steps_may_take_the_place_of_epochs_and_epochs_that_of_steps() throws IOException {
    long steps = TinyRun.metrics(out).get(1).get("step").asLong();
    resume(0, "--steps", steps + 1);
    assertEquals(steps + 1, TinyRun.metrics(out).get(2).get("step").asLong());
    resume(0, "--epochs", 4);
    assertEquals(2 * steps, TinyRun.metrics(out).get(3).get("step").asLong());
  }

  @Test
  void an_option_that_the_run_is_older_than_has_its_default() throws IOException {
    Path settings = out.resolve("training.json");
    String without = Files.readString(settings).replaceFirst("\"--clip\" : [^,]*,", "");
    Files.writeString(settings, without);
    assertRefused(resume(1, "--clip", "1"), "--clip 1.0 differs from the run's 0.0");
    Path whole = TinyRun.trained(text, folder.resolve("whole"), "--epochs", 4);
    resume(0, "--epochs", 4);
    assertEquals(TinyRun.metrics(whole), TinyRun.metrics(out));
    assertTrue(Files.readString(settings).contains("\"--clip\" : 0.0"));
  }

  @Test
  void a_changed_text_is_refused() throws IOException {
    Files.writeString(text, "!", StandardOpenOption.APPEND);
    assertRefused(resume(1, "--epochs", 3), "is not the text that the run was trained on");
  }

  @Test
  void the_same_text_in_another_place_is_the_same_text() throws IOException {
    Path moved = Files.move(text, folder.resolve("moved.txt"));
    assertRefused(resume(1, "--epochs", 3), "no such file");
    resume(0, "--epochs", 3, "--text", moved);
    assertEquals(3, TinyRun.metrics(out).size());
  }

  @Test
  void a_validation_file_must_stay_the_same() throws IOException {
    Path valid = TinyRun.text(folder.resolve("valid.txt"), 50, 2);
    Path whole = TinyRun.trained(text, folder.resolve("whole"), "--epochs", 3, "--valid", valid);
    out = TinyRun.trained(text, folder.resolve("other"), "--epochs", 2, "--valid", valid);
    resume(0, "--epochs", 3);
    assertEquals(TinyRun.metrics(whole), TinyRun.metrics(out));
    assertRefused(resume(1, "--valid", text), "is not the text that the run was trained on");
  }

  @Test
  void a_validation_file_cannot_be_added() throws IOException {
    out = TinyRun.trained(text, folder.resolve("other"), "--epochs", 1, "--split", "1,0,0");
    assertRefused(resume(1, "--valid", text), "--valid: the run was started with 0 files, found 1");
  }

  @Test
  void where_there_is_no_run_one_begins() throws IOException {
    Path other = folder.resolve("other");
    TinyRun.trained(text, other, "--epochs", 2, "--resume");
    assertEquals(TinyRun.metrics(out), TinyRun.metrics(other));
  }

  @Test
  void where_there_is_no_run_a_text_is_needed() {
    Cli.Result result = Cli.run("train", "--resume", "--out", folder.resolve("other"));
    assertEquals(2, result.status());
    assertTrue(result.err().contains("'--text=FILE'"), result.err());
  }

  @Test
  void damaged_settings_are_refused() throws IOException {
    Path settings = out.resolve("training.json");
    String whole = Files.readString(settings);
    Files.writeString(settings, whole.substring(0, whole.length() / 2));
    assertRefused(resume(1), "training.json: not valid JSON");
    Files.writeString(settings, whole.replace("\"--lr\"", "\"--learning\""));
    assertRefused(resume(1), "unknown option --learning");
    Files.writeString(settings, whole.replace("\"--batch\" : 4", "\"--batch\" : \"four\""));
    assertRefused(resume(1), "expected a value of --batch, found \"four\"");
    Files.writeString(settings, "{}");
    assertRefused(resume(1), "training.json is damaged, or from another version");
  }

  private Cli.Result resume(int status, Object... more) {
    Object[] args = new Object[more.length + 6];
    System.arraycopy(
        new Object[] {"train", "--resume", "--out", out, "--device", "cpu"}, 0, args, 0, 6);
    System.arraycopy(more, 0, args, 6, more.length);
    Cli.Result result = Cli.run(args);
    assertEquals(status, result.status(), result.err());
    return result;
  }

  private static void assertRefused(Cli.Result result, String why) {
    assertEquals(1, result.status());
    assertEquals("", result.out());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().contains(why), result.err());
  }
}
