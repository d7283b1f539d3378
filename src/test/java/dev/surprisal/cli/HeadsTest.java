package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --tie} and {@code train --loss adaptive-softmax}, and what uses their models. */
class HeadsTest {
  private static final String ADAPTIVE = "adaptive-softmax:cutoffs=4+9,div=2,bias=true";

  private static final Object[] TIED = {"--tie"};

  @TempDir Path folder;
  private Path text;
  private Path out;

  @BeforeEach
  void make_a_text() throws IOException {
    text = TinyRun.text(folder.resolve("text.txt"), 400, 1);
    out = folder.resolve("run");
  }

  @Test
  void a_model_with_an_adaptive_softmax_learns_evaluates_generates_and_scores() throws IOException {
    TinyRun.trained(text, out, "--epochs", 4, "--lr", "0.01", "--loss", ADAPTIVE);
    double loss = assertLearnt();
    double evaluated = evaluate();
    Cli.Result trained = Cli.run("evaluate", "--model", out, "--device", "cpu", "--text", text);
    assertTrue(trained.out().contains("(" + ADAPTIVE + ")"), trained.out());
    assertEquals(loss, evaluated, 0.3);
    assertUsable();
  }

  @Test
  void a_model_with_a_tied_projection_learns_evaluates_generates_and_scores() throws IOException {
    trained(out, TIED, "--epochs", 4, "--lr", "0.01");
    assertLearnt();
    evaluate();
    assertUsable();
  }

  private double assertLearnt() throws IOException {
    double first = TinyRun.metrics(out).get(0).get("train_loss").asDouble();
    double last = TinyRun.metrics(out).get(3).get("train_loss").asDouble();
    assertTrue(last < first - 0.1, first + " to " + last);
    return TinyRun.metrics(out).get(3).get("valid_loss").asDouble();
  }

  private double evaluate() throws IOException {
    Cli.Result result =
        Cli.run("evaluate", "--model", out, "--device", "cpu", "--text", text, "--json");
    assertEquals(0, result.status(), result.err());
    double loss = TinyRun.json(result.out()).get("loss").asDouble();
    // What was trained with is the surprisal too.
    assertEquals(loss, TinyRun.json(result.out()).get("trained_loss").asDouble(), 1e-5);
    return loss;
  }

  private void assertUsable() throws IOException {
    Cli.Result drawn =
        Cli.run("generate", "--model", out, "--device", "cpu", "--prompt", "the", "--length", 20);
    assertEquals(0, drawn.status(), drawn.err());
    assertFalse(drawn.out().isBlank());
    Path lines = Files.writeString(folder.resolve("lines.txt"), "the cat sat\nmat\n");
    Cli.Result scored = Cli.run("score", "--model", out, "--device", "cpu", lines);
    assertEquals(0, scored.status(), scored.err());
    assertEquals(2, scored.outLines().size(), scored.out());
  }

  @Test
  void a_run_goes_on_as_if_it_had_never_stopped() throws IOException {
    Object[][] kinds = {{"--loss", ADAPTIVE}, TIED};
    for (int i = 0; i < kinds.length; i++) {
      Path stopped = folder.resolve("stopped" + i);
      trained(stopped, kinds[i], "--epochs", 1);
      Cli.Result result =
          Cli.run("train", "--resume", "--device", "cpu", "--out", stopped, "--epochs", 2);
      assertEquals(0, result.status(), result.err());
      Path whole = folder.resolve("whole" + i);
      trained(whole, kinds[i], "--epochs", 2);
      assertEquals(TinyRun.metrics(whole), TinyRun.metrics(stopped));
      assertEquals(
          -1,
          Files.mismatch(whole.resolve("model.safetensors"), stopped.resolve("model.safetensors")));
    }
    Cli.Result tied =
        Cli.run(
            "train", "--resume", "--device", "cpu", "--out", folder.resolve("stopped0"), "--tie");
    assertEquals(1, tied.status());
    assertTrue(tied.err().contains("--tie true differs from the run's false"), tied.err());
  }

  /** As {@link TinyRun#trained}, with an embedding of the hidden size. */
  private void trained(Path to, Object[] kind, Object... more) {
    List<Object> options = new ArrayList<>(Arrays.asList(kind));
    options.addAll(Arrays.asList(more));
    Object[] args = TinyRun.train(text, to, options.toArray());
    args[Arrays.asList(args).indexOf("--embed") + 1] = 8;
    Cli.Result result = Cli.run(args);
    assertEquals(0, result.status(), result.err());
  }

  @Test
  void what_does_not_fit_is_refused_before_a_run_begins() {
    assertRefused(2, "that increase, found 9+4", "--loss", "adaptive-softmax:cutoffs=9+4");
    assertRefused(
        2,
        "takes integers joined by + as in 2000+10000 for cutoffs, found \"4,9\""
            .replace(",9", "+x"),
        "--loss",
        "adaptive-softmax:cutoffs=4+x");
    assertRefused(2, "by 1 or more, found 0.5", "--loss", "adaptive-softmax:div=0.5");
    assertRefused(2, "true or false for bias", "--loss", "adaptive-softmax:bias=maybe");
    assertRefused(
        2,
        "--tie needs a projection, but the loss adaptive-softmax has another last layer",
        "--loss",
        ADAPTIVE,
        "--tie");
    assertRefused(2, "an embedding of the hidden size, found 4 and 8", "--tie");
    assertRefused(1, "classes are at most ", "--loss", "adaptive-softmax");
    assertRefused(1, "no hidden unit", "--loss", "adaptive-softmax:cutoffs=4+9,div=4");
  }

  private void assertRefused(int status, String why, Object... options) {
    Cli.Result result = Cli.run(TinyRun.train(text, out, options));
    assertEquals(status, result.status(), result.err());
    assertTrue(result.err().contains(why), result.err());
    assertFalse(RunSettings.exist(out), "a run that never began");
  }
}
