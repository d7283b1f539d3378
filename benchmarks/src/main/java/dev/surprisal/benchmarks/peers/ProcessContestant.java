package dev.surprisal.benchmarks.peers;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import java.util.Map;

/** A peer that runs in a process. After a hang it is not asked again. */
final class ProcessContestant implements Contestant {
  private final String name;
  private final String version;
  private final PeerProcess process;
  private Answer.Refusal given;

  ProcessContestant(String name, String version, PeerProcess process) {
    this.name = name;
    this.version = version;
    this.process = process;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of(name, version);
  }

  @Override
  public Answer time(Case which, Effort effort) {
    if (given != null) {
      return given;
    }
    try {
      return process.ask(name, which, effort);
    } catch (PeerFailure failure) {
      if (failure.hung()) {
        given = new Answer.Refusal("did not answer to " + which + " and is not asked again");
      }
      return new Answer.Refusal(failure.getMessage());
    }
  }

  /** Ends the process, which others of it start anew if they are still used. */
  @Override
  public void close() {
    process.close();
  }
}
