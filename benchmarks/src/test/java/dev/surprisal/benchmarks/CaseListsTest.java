package dev.surprisal.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Entry;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaseListsTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda:0"})
  void what_is_on_the_short_list_is_on_the_long_one(String device) {
    assertTrue(CaseLists.of(device, false).containsAll(CaseLists.of(device, true)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "cuda:0"})
  void no_case_is_measured_twice(String device) {
    List<Entry> all = CaseLists.of(device, false);

    assertEquals(all.size(), new HashSet<>(all).size());
  }

  @Test
  void a_group_is_taken_by_its_name_or_the_first_words_of_it() {
    List<Entry> all = CaseLists.of("cpu", false);

    assertTrue(
        CaseLists.only(all, List.of("step")).stream()
            .allMatch(entry -> entry.group().equals("step")));
    assertEquals(
        4, CaseLists.only(all, List.of("growth")).stream().map(Entry::group).distinct().count());
    assertEquals(all, CaseLists.only(all, List.of()));
  }

  @Test
  void a_group_that_there_is_not_is_named() {
    IllegalArgumentException wrong =
        assertThrows(
            IllegalArgumentException.class,
            () -> CaseLists.only(CaseLists.of("cpu", true), List.of("step", "growht")));

    assertTrue(wrong.getMessage().endsWith("found 'growht'"), wrong.getMessage());
  }
}
