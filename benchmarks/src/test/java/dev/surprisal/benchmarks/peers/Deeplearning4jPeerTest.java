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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class Deeplearning4jPeerTest {
  private static final Effort SHORT = new Effort(0.01, 0.02, 3);

  @Test
  void built_on_demand_it_answers_for_a_training_step_alone() {
    assumeTrue(
        PeerFiles.find("deeplearning4j/target/deeplearning4j-peer.jar").isPresent(),
        "benchmarks/peers/deeplearning4j is not built");
    List<String> absent = new ArrayList<>();
    List<Contestant> found = Peers.open("cpu", null, absent::add);
    try {
      Contestant peer =
          found.stream()
              .filter(any -> any.name().equals("deeplearning4j"))
              .findFirst()
              .orElseThrow(() -> new AssertionError(absent));
      assertTrue(peer.environment().get("deeplearning4j").endsWith("OMP_WAIT_POLICY=PASSIVE"));
      Answer step = peer.time(Case.of(Operation.TRAINING_STEP, 100, 16, 16, 4, 5), SHORT);
      Turn turn = assertInstanceOf(Turn.class, step, step::toString);
      assertTrue(0 < turn.lower() && turn.lower() <= turn.median(), turn::toString);
      assertTrue(turn.median() <= turn.upper() && turn.samples() >= 3, turn::toString);
      assertEquals(
          new Refusal("has no adam of its own"), peer.time(Case.of(Operation.ADAM, 100), SHORT));
    } finally {
      found.forEach(Contestant::close);
    }
  }

  @Test
  void it_is_not_there_on_a_gpu() {
    List<Contestant> found = Peers.open("cuda:0", null, why -> {});
    assertTrue(found.stream().noneMatch(any -> any.name().equals("deeplearning4j")));
    found.forEach(Contestant::close);
  }
}
