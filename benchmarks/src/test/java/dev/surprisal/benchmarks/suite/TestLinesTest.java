package dev.surprisal.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class TestLinesTest {
  @TempDir Path folder;

  /** Run by the test below alone: a nested class that is not annotated is no test. */
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Sample {
    @Test
    @Order(1)
    void passes() {}

    @Test
    @Order(2)
    void fails() {
      assertEquals(1, 2);
    }

    @Test
    @Order(3)
    void is_aborted() {
      abort("no such thing here");
    }
  }

  private JavaTests run(String more, Ending ending) throws IOException {
    Path file = folder.resolve("tests.jsonl");
    String before = System.getProperty(TestLines.PROPERTY);
    System.setProperty(TestLines.PROPERTY, file.toString());
    try {
      LauncherFactory.create(
              LauncherConfig.builder()
                  .enableTestExecutionListenerAutoRegistration(false)
                  .addTestExecutionListeners(new TestLines())
                  .build())
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectClass(Sample.class))
                  .build());
    } finally {
      if (before == null) {
        System.clearProperty(TestLines.PROPERTY);
      } else {
        System.setProperty(TestLines.PROPERTY, before);
      }
    }
    Files.writeString(file, more, StandardOpenOption.APPEND);
    return JavaTests.read(file, ending);
  }

  @Test
  void the_results_of_tests_are_read_as_they_were() throws IOException {
    JavaTests tests = run("", new Ending(1, false));
    assertEquals(1, tests.count());
    assertEquals(1, tests.skipped());
    assertEquals(List.of(), List.copyOf(tests.running()));
    assertEquals(1, tests.failures().size());
    assertTrue(tests.failures().get(0).test().endsWith(" / fails()"), tests.summary());
    assertTrue(tests.failures().get(0).message().contains("expected: <1> but was: <2>"));
    assertFalse(tests.passed());
    assertTrue(tests.summary().startsWith("1 tests passed, 1 failed, the first is "));
  }

  @Test
  void the_test_that_hung_is_named_though_its_process_was_stopped_as_it_wrote() throws IOException {
    JavaTests tests =
        run(
            """
            {"test":"RnnTest / hangs","result":"begun"}
            {"test":"RnnTest / ha\
            """,
            new Ending(-1, true));
    assertEquals(List.of("RnnTest / hangs"), List.copyOf(tests.running()));
    assertFalse(tests.passed());
  }

  @Test
  void no_tests_at_all_do_not_pass() throws IOException {
    JavaTests none = JavaTests.read(folder.resolve("absent"), new Ending(0, false));
    assertFalse(none.passed());
    assertEquals("0 tests passed", none.summary());
  }
}
