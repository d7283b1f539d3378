package dev.surprisal.benchmarks.deeplearning4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Measures training steps, asked case by case: JSON in lines, as ../peer.py documents it. What is
 * no answer goes to standard error.
 */
public final class Peer {
  private static final String NAME = "deeplearning4j";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Peer() {}

  /**
   * Answers until its input ends.
   *
   * @param args none
   * @throws IOException if it is no longer listened to
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

  /** With what its native threads do while they wait, which decides its speed. */
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

  private static Map<String, Object> answer(JsonNode request) {
    JsonNode which = request.get("case");
    String operation = which.get("operation").textValue();
    String type = which.get("type").textValue();
    if (!operation.equals("training_step")) {
      return Map.of("refusal", "has no " + operation + " of its own");
    }
    if (!type.equals("float32")) {
      return Map.of("refusal", "does not train in " + type);
    }
    try {
      return Map.of(
          "turn", Turn.of(new TrainingStep(which.get("shape"))::run, request.get("effort")));
    } catch (RuntimeException | OutOfMemoryError failure) {
      failure.printStackTrace();
      return Map.of("refusal", failure.toString());
    }
  }
}
