package dev.surprisal.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The change of a case from one run to the next, new over old: above 1 is slower.
 *
 * @param group of the case
 * @param which the case, as text
 * @param before our time in microseconds; null if there was none
 * @param after our time now; null if there is none
 * @param change of our time
 * @param noise by how much a change may differ from 1 and say nothing
 * @param peer that was measured in both runs and shows what the machine does; null if there is none
 * @param drift the change of that peer's time
 * @param judged the change that counts: of our time over the peer's, or of our time alone
 * @param verdict what that comes to
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Change(
    @JsonProperty("group") String group,
    @JsonProperty("case") String which,
    @JsonProperty("old_us") Double before,
    @JsonProperty("new_us") Double after,
    @JsonProperty("change") Double change,
    @JsonProperty("noise") Double noise,
    @JsonProperty("peer") String peer,
    @JsonProperty("drift") Double drift,
    @JsonProperty("judged") Double judged,
    @JsonProperty("verdict") Verdict verdict) {

  /** As results name them. */
  enum Verdict {
    @JsonProperty("slower")
    SLOWER("SLOWER"),
    @JsonProperty("faster")
    FASTER("faster"),
    @JsonProperty("within noise")
    WITHIN_NOISE("within noise"),
    @JsonProperty("only in old")
    ONLY_OLD("only in old"),
    @JsonProperty("only in new")
    ONLY_NEW("only in new");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
