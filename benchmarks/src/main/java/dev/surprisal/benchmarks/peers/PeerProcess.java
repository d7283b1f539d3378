package dev.surprisal.benchmarks.peers;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Effort;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A program that measures. It speaks JSON, one object per line: it lists its peers, then answers
 * each case that it is asked, and ends with its input; peers/peer.py documents the fields. A
 * process that has ended is restarted for the next case. Used by one thread.
 */
final class PeerProcess implements AutoCloseable {
  /** What peers it has, with their versions, and why it does not have others. */
  record Hello(
      @JsonProperty("peers") Map<String, String> peers,
      @JsonProperty("absent") Map<String, String> absent) {}

  private record Request(
      @JsonProperty("peer") String peer,
      @JsonProperty("case") Case which,
      @JsonProperty("effort") Effort effort) {}

  private record Reply(
      @JsonProperty("turn") Answer.Turn turn,
      @JsonProperty("refusal") String refusal,
      @JsonProperty("last") boolean last) {}

  /** A case takes about this many times its effort at most, beside what its setup takes. */
  private static final int TIMES_EFFORT = 4;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> command;
  private final Map<String, String> settings;
  private final Duration patience;
  private LineProcess process;

  /**
   * Starts nothing yet.
   *
   * @param command the program
   * @param settings variables of its environment
   * @param patience how long it may take to start, or to set a case up
   */
  PeerProcess(List<String> command, Map<String, String> settings, Duration patience) {
    this.command = command;
    this.settings = settings;
    this.patience = patience;
  }

  /** Starts it anew, and returns what it says first. */
  Hello start() throws PeerFailure {
    close();
    try {
      process = new LineProcess(command, settings);
    } catch (IOException failure) {
      throw PeerFailure.ended("cannot be started: " + failure.getMessage());
    }
    return read(Hello.class, patience);
  }

  /** One peer's answer to a case. */
  Answer ask(String peer, Case which, Effort effort) throws PeerFailure {
    if (process == null) {
      start();
    }
    try {
      process.write(JSON.writeValueAsString(new Request(peer, which, effort)));
    } catch (IOException gone) {
      throw discarded(PeerFailure.ended("ended before it was asked: " + gone.getMessage()));
    }
    long milliseconds = (long) ((effort.warmup() + effort.seconds()) * 1e3 * TIMES_EFFORT);
    Reply reply = read(Reply.class, patience.plusMillis(milliseconds));
    if (reply.last()) {
      close();
    }
    return reply.turn() == null ? new Answer.Refusal(reply.refusal()) : reply.turn();
  }

  private <T> T read(Class<T> type, Duration limit) throws PeerFailure {
    try {
      String line = process.read(limit);
      if (line != null) {
        return JSON.readValue(line, type);
      }
    } catch (JsonProcessingException strange) {
      throw discarded(
          PeerFailure.ended("gave an answer that is none: " + strange.getOriginalMessage()));
    } catch (IOException end) {
      throw discarded(PeerFailure.ended(end.getMessage()));
    }
    throw discarded(
        PeerFailure.hung("did not answer within " + limit.toSeconds() + " s and was ended"));
  }

  private PeerFailure discarded(PeerFailure failure) {
    process.kill();
    process = null;
    return failure;
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
      process = null;
    }
  }
}
