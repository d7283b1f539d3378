package dev.surprisal.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Answer.Refusal;
import dev.surprisal.benchmarks.measure.Answer.Turn;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Operation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real program, on a CPU: the variable PEERS_PYTHON names a Python that has PyTorch. */
class PyTorchPeerTest {
  private static final String PYTHON = System.getenv("PEERS_PYTHON");
  private static final Effort SHORT = new Effort(0.01, 0.02, 3);

  private static final List<String> absent = new ArrayList<>();
  private static List<Contestant> found = List.of();
  private static Contestant pytorch;

  @BeforeAll
  static void open() {
    assumeTrue(PYTHON != null, "PEERS_PYTHON names no Python that has PyTorch");
    found = Peers.open("cpu", PYTHON, absent::add);
    pytorch =
        found.stream()
            .filter(peer -> peer.name().equals("pytorch"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(absent));
  }

  @AfterAll
  static void close() {
    found.forEach(Contestant::close);
  }

  static Stream<Case> cases() {
    return Stream.of(
        Case.of(Operation.CROSS_ENTROPY, 64, 100),
        Case.of(Operation.CROSS_ENTROPY, 64, 100).ofType("bfloat16"),
        Case.of(Operation.PROJECTED_CROSS_ENTROPY, 64, 32, 100),
        Case.of(Operation.PROJECTION_PRODUCTS, 64, 32, 100),
        Case.of(Operation.RNN_FORWARD, 4, 5, 16).variant("tanh"),
        Case.of(Operation.RNN_TRAINING, 4, 5, 16).variant("tanh"),
        Case.of(Operation.EMBEDDING, 64, 100, 16),
        Case.of(Operation.EMBEDDING_BACKWARD, 64, 100, 16),
        Case.of(Operation.ADAM, 100_000),
        Case.of(Operation.TRAINING_STEP, 100, 16, 16, 4, 5));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void each_operation_has_a_turn(Case which) {
    Answer answer = pytorch.time(which, SHORT);
    Turn turn = assertInstanceOf(Turn.class, answer, answer::toString);
    assertTrue(0 < turn.lower() && turn.lower() <= turn.median(), turn::toString);
    assertTrue(turn.median() <= turn.upper() && turn.upper() < 10e6, turn::toString);
    assertTrue(turn.samples() >= 3 && turn.runs() >= 1, turn::toString);
    assertEquals(null, turn.peakBytes(), "a CPU's is not known");
  }

  @Test
  void what_it_cannot_do_is_refused_with_why() {
    Case products = Case.of(Operation.CROSS_ENTROPY, 64, 100);
    assertEquals(new Refusal("a CPU has no TF32"), pytorch.time(products.ofType("tf32"), SHORT));
    assertEquals(
        new Refusal("does not do projected_loss"),
        pytorch.time(Case.of(Operation.PROJECTED_LOSS, 64, 32, 100).variant("focal"), SHORT));
  }

  @Test
  void what_does_not_fit_into_memory_is_refused_and_the_next_case_is_measured() {
    Case huge = Case.of(Operation.CROSS_ENTROPY, 1024, 1L << 40);
    assertEquals(new Refusal("out of memory"), pytorch.time(huge, SHORT));
    assertInstanceOf(Turn.class, pytorch.time(Case.of(Operation.CROSS_ENTROPY, 64, 100), SHORT));
  }

  @Test
  void kernels_for_gpus_are_not_offered_on_a_cpu() {
    assertTrue(absent.contains("liger: needs a GPU"), absent::toString);
  }

  /** In Python: the work by formulas, the protocol, and the measuring by work of known cost. */
  @ParameterizedTest
  @ValueSource(strings = {"check_operations", "check_peer", "check_timing"})
  void what_is_timed_and_how_is_as_it_should_be(String module)
      throws IOException, InterruptedException {
    Path checks = PeerFiles.find(module + ".py").orElseThrow();
    Process process =
        new ProcessBuilder(PYTHON, "-B", "-m", "unittest", module)
            .directory(checks.getParent().toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), said);
  }
}
