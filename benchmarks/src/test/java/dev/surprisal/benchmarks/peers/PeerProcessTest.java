package dev.surprisal.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Answer.Refusal;
import dev.surprisal.benchmarks.measure.Answer.Turn;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The protocol, with shell scripts for peers. */
@Timeout(60)
class PeerProcessTest {
  private static final String HELLO = "echo '{\"peers\": {\"it\": \"1.2\"}, \"absent\": {}}'\n";
  private static final String TURN =
      "{\"turn\": {\"median_us\": 4.5, \"lower_us\": 4.25, \"upper_us\": 5, \"samples\": 7,"
          + " \"runs\": 3, \"peak_bytes\": null}, \"last\": false}";
  private static final Case CASE = Case.of(Operation.ADAM, 1000);
  private static final Effort EFFORT = new Effort(0.125, 0.25, 5);

  @TempDir private Path folder;
  private PeerProcess process;
  private ProcessContestant it;

  /** A peer that says what it offers, then does this; it counts its starts in a file. */
  private void peer(String script) throws IOException {
    raw("cd " + folder + "\necho x >> starts\n" + HELLO + script, Duration.ofSeconds(20));
  }

  private void raw(String script, Duration patience) throws IOException {
    Path file = folder.resolve("peer.sh");
    Files.writeString(file, script);
    process = new PeerProcess(List.of("sh", file.toString()), Map.of("SETTING", "set"), patience);
    it = new ProcessContestant("it", "1.2", process);
  }

  private int starts() throws IOException {
    return Files.readAllLines(folder.resolve("starts")).size();
  }

  private String refusal() {
    return assertInstanceOf(Refusal.class, it.time(CASE, EFFORT)).why();
  }

  @AfterEach
  void close() {
    if (process != null) {
      process.close();
    }
  }

  @Test
  void a_program_says_what_it_offers() throws IOException, PeerFailure {
    raw(
        "echo '{\"peers\": {\"a\": \"1\", \"b\": \"2\"}, \"absent\": {\"c\": \"why\"}}'\ncat\n",
        Duration.ofSeconds(20));
    PeerProcess.Hello hello = process.start();
    assertEquals(Map.of("a", "1", "b", "2"), hello.peers());
    assertEquals(Map.of("c", "why"), hello.absent());
  }

  @Test
  void it_is_asked_for_a_case_in_one_line_and_its_turn_is_read() throws IOException {
    peer("while read -r line; do echo \"$line\" >> asked; echo '" + TURN + "'; done\n");
    for (int time = 0; time < 2; time++) {
      assertEquals(new Turn(4.5, 4.25, 5, 7, 3, null), it.time(CASE, EFFORT));
    }
    List<String> asked = Files.readAllLines(folder.resolve("asked"));
    assertEquals(2, asked.size());
    ObjectMapper json = new ObjectMapper();
    JsonNode request = json.readTree(asked.get(0));
    assertEquals("it", request.get("peer").asText());
    assertEquals(json.readTree(json.writeValueAsString(CASE)), request.get("case"));
    assertEquals("adam", request.get("case").get("operation").asText());
    assertEquals(
        json.readTree("{\"warmup\":0.125,\"seconds\":0.25,\"samples\":5}"), request.get("effort"));
    assertEquals(1, starts());
  }

  @Test
  void it_has_the_settings_that_it_is_given() throws IOException {
    peer("read -r line\necho '{\"refusal\": \"'$SETTING'\"}'\n");
    assertEquals("set", refusal());
  }

  @Test
  void its_refusal_is_handed_on() throws IOException {
    peer("while read -r line; do echo '{\"refusal\": \"out of memory\"}'; done\n");
    assertEquals(new Refusal("out of memory"), it.time(CASE, EFFORT));
  }

  @Test
  void one_that_hangs_is_ended_and_is_not_asked_again() throws IOException {
    raw("echo x >> " + folder + "/starts\n" + HELLO + "sleep 300\n", Duration.ofSeconds(1));
    assertEquals("did not answer within 2 s and was ended", refusal());
    assertEquals("did not answer to " + CASE + " and is not asked again", refusal());
    assertEquals(1, starts());
    assertFalse(
        ProcessHandle.current()
            .descendants()
            .anyMatch(child -> child.info().toString().contains("sleep")),
        "nothing of it is left");
  }

  @Test
  void another_of_a_program_that_hung_is_asked_in_a_new_process() throws IOException {
    raw(
        HELLO
            + "while read -r line; do\ncase $line in *other*) echo '"
            + TURN
            + "';; *) sleep 300;; esac\ndone\n",
        Duration.ofSeconds(1));
    ProcessContestant other = new ProcessContestant("other", "1", process);
    refusal();
    assertInstanceOf(Turn.class, other.time(CASE, EFFORT));
  }

  @Test
  void one_that_ends_says_so_with_its_last_words_and_is_started_anew() throws IOException {
    peer("read -r line\necho 'some trouble' >&2\necho 'out of luck' >&2\nexit 3\n");
    assertEquals("ended with status 3: out of luck", refusal());
    assertEquals("ended with status 3: out of luck", refusal());
    assertEquals(2, starts());
  }

  @Test
  void behind_its_last_answer_it_is_started_anew() throws IOException {
    peer("read -r line\necho '{\"refusal\": \"broken\", \"last\": true}'\nread -r line\n");
    assertEquals("broken", refusal());
    assertEquals("broken", refusal());
    assertEquals(2, starts());
  }

  @Test
  void what_is_no_answer_is_refused() throws IOException {
    peer("while read -r line; do echo 'hello there'; done\n");
    String refusal = refusal();
    assertTrue(refusal.startsWith("gave an answer that is none: "), refusal);
  }

  @Test
  void it_may_say_much_that_is_no_answer() throws IOException {
    peer(
        "while read -r line; do\ni=0\nwhile [ $i -lt 5000 ]; do echo 'a line of forty characters"
            + " or so, and more' >&2; i=$((i+1)); done\necho '"
            + TURN
            + "'\ndone\n");
    assertInstanceOf(Turn.class, it.time(CASE, EFFORT));
  }

  @Test
  void a_program_that_is_not_there_is_named_as_such() {
    PeerProcess none =
        new PeerProcess(List.of("/no/such/program"), Map.of(), Duration.ofSeconds(1));
    PeerFailure failure = assertThrows(PeerFailure.class, none::start);
    assertTrue(failure.getMessage().startsWith("cannot be started: "), failure.getMessage());
  }

  @Test
  void closed_twice_it_is_closed() throws IOException {
    peer("while read -r line; do echo '" + TURN + "'; done\n");
    Answer first = it.time(CASE, EFFORT);
    it.close();
    it.close();
    assertInstanceOf(Turn.class, first);
  }
}
