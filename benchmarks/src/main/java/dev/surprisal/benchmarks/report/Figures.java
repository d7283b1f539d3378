package dev.surprisal.benchmarks.report;

import dev.surprisal.benchmarks.measure.Answer.Turn;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Row;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** The figures that follow from the turns of a row. */
record Figures(Row row) {
  /** The peers that have turns or a reason for having none, in the row's order. */
  Set<String> peers() {
    Set<String> peers = new LinkedHashSet<>(row.turns().keySet());
    peers.addAll(row.refused().keySet());
    peers.remove(Contestant.OURS);
    return peers;
  }

  List<Turn> turns(String who) {
    return row.turns().getOrDefault(who, List.of());
  }

  boolean has(String who) {
    return !turns(who).isEmpty();
  }

  /** The median of the turns' medians, in microseconds. */
  OptionalDouble time(String who) {
    return row.median(who);
  }

  /** The most bytes that a turn held, if that is known. */
  OptionalLong memory(String who) {
    return turns(who).stream()
        .map(Turn::peakBytes)
        .filter(Objects::nonNull)
        .mapToLong(Long::longValue)
        .max();
  }

  /** A peer's time over ours; empty where one of them has none. */
  Optional<Ratio> ratio(String peer) {
    return Ratio.of(turns(peer), turns(Contestant.OURS));
  }

  /** Why a contestant has no turn. */
  String whyNot(String who) {
    return row.refused().getOrDefault(who, "not measured in this run");
  }
}
