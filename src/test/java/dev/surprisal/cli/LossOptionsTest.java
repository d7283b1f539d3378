package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.surprisal.train.LossKind;
import dev.surprisal.train.LossOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train --loss} and {@code --teacher}, and what evaluate says of them. */
class LossOptionsTest {
  @TempDir static Path shared;
  private static Path text;
  private static Path teacher;

  @TempDir Path folder;

  @BeforeAll
  static void train_a_teacher() throws IOException {
    text = TinyRun.text(shared.resolve("text.txt"), 400, 1);
    teacher = TinyRun.trained(text, shared.resolve("teacher"), "--epochs", 2);
  }

  @Test
  void help_lists_every_loss_and_every_option() {
    String help = Cli.run("train", "--help").out();
    for (LossKind kind : LossKind.all()) {
      assertTrue(help.contains("\n  " + kind.name() + ": "), kind.name());
      for (LossOption option : kind.options()) {
        assertTrue(help.contains("    " + option.name() + " "), option.name());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cross-entropy:smoothing=0.1,z=1e-4,cap=20,chunk=3",
        "confidence-penalty",
        "focal",
        "unlikelihood",
        "sampled-softmax:samples=5",
        "nce:samples=5,sampler=log-uniform",
        "adaptive-softmax:cutoffs=5+10,div=2"
      })
  void every_loss_trains_goes_on_and_is_evaluated_beside_cross_entropy(String loss)
      throws IOException {
    Path out = TinyRun.trained(text, folder.resolve("run"), "--epochs", 1, "--loss", loss);
    Cli.Result resumed = Cli.run("train", "--out", out, "--resume", "--epochs", 2);
    assertEquals(0, resumed.status(), resumed.err());
    ObjectNode result =
        TinyRun.json(Cli.run("evaluate", "--model", out, "--text", text, "--json").out());
    assertEquals(loss, result.get("trained_with").asText());
    assertTrue(result.get("loss").asDouble() < Math.log(20), result.toString());
    assertTrue(Double.isFinite(result.get("trained_loss").asDouble()), result.toString());
    String lines = Cli.run("evaluate", "--model", out, "--text", text).out();
    assertTrue(lines.contains("trained loss "), lines);
    assertTrue(lines.contains("(" + loss + ")"), lines);
  }

  @ParameterizedTest
  @ValueSource(strings = {"kl", "reverse-kl:weight=1", "jensen-shannon:beta=0.3,temperature=1"})
  void a_student_learns_from_a_teacher_and_goes_on_learning_from_it(String loss)
      throws IOException {
    Path out =
        TinyRun.trained(
            text, folder.resolve("run"), "--epochs", 1, "--loss", loss, "--teacher", teacher);
    Cli.Result resumed = Cli.run("train", "--out", out, "--resume", "--epochs", 2);
    assertEquals(0, resumed.status(), resumed.err());
    Path whole =
        TinyRun.trained(
            text, folder.resolve("whole"), "--epochs", 2, "--loss", loss, "--teacher", teacher);
    assertEquals(TinyRun.metrics(whole), TinyRun.metrics(out));
    ObjectNode result =
        TinyRun.json(Cli.run("evaluate", "--model", out, "--text", text, "--json").out());
    assertEquals(loss, result.get("trained_with").asText());
    assertTrue(Double.isFinite(result.get("trained_loss").asDouble()), result.toString());
  }

  @Test
  void a_loss_that_learns_from_a_teacher_needs_one_and_others_take_none() {
    assertWrongUse("the loss kl learns from another model: add --teacher DIR", "--loss", "kl");
    assertWrongUse(
        "the loss focal has no teacher: leave --teacher out",
        "--loss",
        "focal",
        "--teacher",
        teacher);
  }

  @Test
  void a_teacher_of_another_vocabulary_is_refused() throws IOException {
    Path other = Files.writeString(folder.resolve("other.txt"), "xyz\n".repeat(200));
    Path stranger = TinyRun.trained(other, folder.resolve("stranger"), "--epochs", 1);
    Cli.Result result =
        Cli.run(TinyRun.train(text, folder.resolve("run"), "--loss", "kl", "--teacher", stranger));
    assertEquals(1, result.status());
    assertTrue(result.err().contains("the teacher's vocabulary of 4 tokens differs"), result.err());
  }

  @Test
  void a_wrong_loss_is_told_which_there_are() {
    assertWrongUse("unknown loss \"hinge\"; expected one of cross-entropy, ", "--loss", "hinge");
    assertWrongUse(
        "the loss focal takes option=value for gamma, ", "--loss", "focal:smoothing=0.1");
    assertWrongUse("label smoothing is a number in [0, 1)", "--loss", "cross-entropy:smoothing=1");
  }

  @Test
  void more_samples_than_classes_are_refused() {
    Cli.Result result =
        Cli.run(TinyRun.train(text, folder.resolve("run"), "--loss", "sampled-softmax"));
    assertEquals(1, result.status());
    assertTrue(result.err().contains("found 1024"), result.err());
  }

  private void assertWrongUse(String expected, Object... more) {
    Cli.Result result = Cli.run(TinyRun.train(text, folder.resolve("run"), more));
    assertEquals(2, result.status(), result.err());
    assertTrue(result.err().contains(expected), result.err());
  }
}
