package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * The results of one case.
 *
 * @param group the table that it belongs to, such as {@code cross-entropy} or {@code growth in V}
 * @param which the case
 * @param bytes its fewest bytes, or 0
 * @param flops its fewest operations, or 0
 * @param turns of each contestant that had any, ours first
 * @param refused why the others had none, or one of them no more
 */
public record Row(
    @JsonProperty("group") String group,
    @JsonProperty("case") Case which,
    @JsonProperty("bytes") double bytes,
    @JsonProperty("flops") double flops,
    @JsonProperty("turns") Map<String, List<Answer.Turn>> turns,
    @JsonProperty("refused") Map<String, String> refused) {
  /** The median of a contestant's turns, in microseconds; empty if it had none. */
  public OptionalDouble median(String contestant) {
    List<Answer.Turn> all = turns.getOrDefault(contestant, List.of());
    return all.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            new Samples(all.stream().mapToDouble(Answer.Turn::median).toArray()).median());
  }
}
