package dev.surprisal.benchmarks.deeplearning4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Meter;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.RefusedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A program that measures training steps by Deeplearning4j. It reads a case a line and answers each
 * in a line of JSON, as ../peer.py documents; everything else goes to standard error.
 */
public final class Peer {
  private static final String NAME = "deeplearning4j";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Peer() {}

  /**
   * Answers until its input ends.
   *
   * @param args none
   * @throws IOException if nobody reads the answers any more
   */
  public static void main(String[] args) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    write(answers, Map.of("peers", Map.of(NAME, version()), "absent", Map.of()));
    BufferedReader cases =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = cases.readLine(); line != null; line = cases.readLine()) {
      write(answers, answer(JSON.readTree(line)));
    }
  }

  /** Includes how its native threads wait, which decides its speed. */
  private static String version() throws IOException {
    try (InputStream version = Peer.class.getResourceAsStream("version.txt")) {
      String waiting = System.getenv("OMP_WAIT_POLICY");
      return new String(version.readAllBytes(), StandardCharsets.UTF_8).strip()
          + ", "
          + Nd4j.getBackend().getClass().getSimpleName()
          + (waiting == null ? "" : ", OMP_WAIT_POLICY=" + waiting);
    }
  }

  private static void write(PrintStream answers, Object answer) throws IOException {
    answers.println(JSON.writeValueAsString(answer));
    answers.flush();
  }

  private static Map<String, Object> answer(JsonNode request) throws JsonProcessingException {
    Case which = JSON.treeToValue(request.get("case"), Case.class);
    Effort effort = JSON.treeToValue(request.get("effort"), Effort.class);
    if (which.operation() != Operation.TRAINING_STEP) {
      return refusal("has no " + which.operation().text() + " of its own");
    }
    if (!which.type().equals("float32")) {
      return refusal("does not train in " + which.type());
    }
    try {
      TrainingStep step = new TrainingStep(which);
      return Map.of("turn", Meter.ofCalls(effort).time(run -> finite(step.run())));
    } catch (RefusedException refused) {
      return refusal(refused.getMessage());
    } catch (RuntimeException | OutOfMemoryError failure) {
      failure.printStackTrace();
      return refusal(failure.toString());
    }
  }

  private static Map<String, Object> refusal(String why) {
    return Map.of("refusal", why);
  }

  private static void finite(double loss) {
    if (!Double.isFinite(loss)) {
      throw new IllegalStateException("the loss of a step is " + loss);
    }
  }
}
