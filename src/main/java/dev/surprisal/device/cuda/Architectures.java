package dev.surprisal.device.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The GPUs that a build of the kernel library runs on, from the text of {@code surprisal_build}, as
 * in "cuda 13.0: sm_75 sm_90 compute_120". Machine code for sm_XY runs on GPUs of compute
 * capability X.Z with Z ≥ Y; The driver compiles PTX for compute_XY for any later GPU.
 */
final class Architectures {
  private static final Pattern NAME = Pattern.compile("\\b(sm|compute)_(\\d+)(\\d)[af]?\\b");

  private final List<MatchResult> names;

  Architectures(String build) {
    names = new ArrayList<>(NAME.matcher(build).results().toList());
  }

  /** Returns the code for a GPU, "machine code for sm_80" or "PTX for compute_120", if any. */
  Optional<String> covering(int major, int minor) {
    return best("sm", major, minor)
        .map(name -> "machine code for " + name)
        .or(() -> best("compute", major, minor).map(name -> "PTX for " + name));
  }

  private Optional<String> best(String kind, int major, int minor) {
    return names.stream()
        .filter(name -> name.group(1).equals(kind))
        .filter(name -> runs(kind, number(name, 2), number(name, 3), major, minor))
        .max((a, b) -> Integer.compare(capability(a), capability(b)))
        .map(MatchResult::group);
  }

  private static boolean runs(String kind, int codeMajor, int codeMinor, int major, int minor) {
    return codeMajor == major ? codeMinor <= minor : kind.equals("compute") && codeMajor < major;
  }

  private static int capability(MatchResult name) {
    return 10 * number(name, 2) + number(name, 3);
  }

  private static int number(MatchResult name, int group) {
    return Integer.parseInt(name.group(group));
  }
}
