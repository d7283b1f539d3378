package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArchitecturesTest {
  private static final Architectures BUILD =
      new Architectures("cuda 13.0: sm_75 sm_80 sm_86 sm_90 sm_100 compute_120");

  @Test
  void machine_code_runs_on_its_own_architecture_and_later_ones_of_its_generation() {
    assertEquals(Optional.of("machine code for sm_90"), BUILD.covering(9, 0));
    assertEquals(Optional.of("machine code for sm_86"), BUILD.covering(8, 9));
    assertEquals(Optional.of("machine code for sm_80"), BUILD.covering(8, 5));
    assertEquals(Optional.of("machine code for sm_100"), BUILD.covering(10, 3));
  }

  @Test
  void ptx_is_compiled_for_anything_later() {
    assertEquals(Optional.of("PTX for compute_120"), BUILD.covering(12, 0));
    assertEquals(Optional.of("PTX for compute_120"), BUILD.covering(12, 1));
    assertEquals(Optional.of("PTX for compute_120"), BUILD.covering(13, 0));
  }

  @Test
  void what_is_older_than_all_of_it_is_not_covered() {
    assertEquals(Optional.empty(), BUILD.covering(7, 0));
    assertEquals(Optional.empty(), BUILD.covering(11, 0));
    assertEquals(Optional.empty(), new Architectures("emulated").covering(9, 0));
  }
}
