package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void every_chunk_runs_once(int threads) {
    try (Workers workers = new Workers(threads)) {
      assertEquals(threads, workers.count());
      for (int chunks : new int[] {0, 1, 2, 3, 7, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(chunks);
        workers.run((chunk, scratch) -> runs.incrementAndGet(chunk), chunks);
        for (int chunk = 0; chunk < chunks; chunk++) {
          assertEquals(1, runs.get(chunk), chunk + " of " + chunks);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void many_small_tasks_see_what_the_caller_wrote_before_and_are_seen_after(int threads) {
    try (Workers workers = new Workers(threads)) {
      int[] plain = new int[8];
      CpuTask task = (chunk, scratch) -> plain[chunk]++;
      for (int i = 1; i <= 100_000; i++) {
        workers.run(task, 1 + i % 8);
        plain[7] = i;
        assertEquals(i, plain[0]);
      }
    }
  }

  @Test
  void a_sleeping_pool_wakes_up() throws InterruptedException {
    try (Workers workers = new Workers(3)) {
      for (int i = 0; i < 20; i++) {
        Thread.sleep(10);
        // All three must be there at once, or the latch stays shut.
        CountDownLatch all = new CountDownLatch(3);
        workers.run(
            (chunk, scratch) -> {
              all.countDown();
              await(all);
            },
            3);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS), "a thread is missing");
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void each_thread_has_a_scratch_of_its_own() {
    try (Workers workers = new Workers(3)) {
      Map<Thread, Scratch> scratches = new ConcurrentHashMap<>();
      CountDownLatch all = new CountDownLatch(3);
      workers.run(
          (chunk, scratch) -> {
            all.countDown();
            await(all);
            scratches.put(Thread.currentThread(), scratch);
          },
          3);
      Set<Scratch> different = Collections.newSetFromMap(new IdentityHashMap<>());
      different.addAll(scratches.values());
      assertEquals(3, different.size());
      workers.run(
          (chunk, scratch) -> assertSame(scratches.get(Thread.currentThread()), scratch), 100);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void a_failure_reaches_the_caller_and_the_pool_stays_usable(int threads) {
    try (Workers workers = new Workers(threads)) {
      for (int failing = 0; failing < 10; failing++) {
        RuntimeException exception = new IllegalArgumentException("chunk " + failing);
        Error error = new StackOverflowError();
        assertSame(exception, failure(workers, failing, exception));
        assertSame(error, failure(workers, failing, error));
        AtomicInteger runs = new AtomicInteger();
        workers.run((chunk, scratch) -> runs.incrementAndGet(), 10);
        assertEquals(10, runs.get());
      }
    }
  }

  private static Throwable failure(Workers workers, int failing, Throwable thrown) {
    return assertThrows(
        Throwable.class,
        () ->
            workers.run(
                (chunk, scratch) -> {
                  if (chunk == failing && thrown instanceof Error error) {
                    throw error;
                  }
                  if (chunk == failing) {
                    throw (RuntimeException) thrown;
                  }
                },
                10));
  }

  @Test
  void when_every_chunk_fails_one_failure_is_thrown_after_the_last() {
    try (Workers workers = new Workers(3)) {
      for (int i = 0; i < 1000; i++) {
        AtomicInteger running = new AtomicInteger();
        assertThrows(
            ArithmeticException.class,
            () ->
                workers.run(
                    (chunk, scratch) -> {
                      running.incrementAndGet();
                      throw new ArithmeticException();
                    },
                    7));
        assertEquals(7, running.get());
        workers.run((chunk, scratch) -> running.decrementAndGet(), 7);
        assertEquals(0, running.get());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void several_callers_take_turns(int threads) throws InterruptedException {
    try (Workers workers = new Workers(threads)) {
      List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
      AtomicInteger tasks = new AtomicInteger();
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        Thread thread = new Thread(() -> callOften(workers, tasks));
        thread.setUncaughtExceptionHandler((who, thrown) -> failures.add(thrown));
        callers.add(thread);
        thread.start();
      }
      for (Thread thread : callers) {
        thread.join();
      }
      assertEquals(List.of(), failures);
      assertEquals(0, tasks.get());
    }
  }

  private static void callOften(Workers workers, AtomicInteger tasks) {
    for (int i = 0; i < 2000; i++) {
      AtomicInteger runs = new AtomicInteger();
      int id = 1 + i % 5;
      workers.run(
          (chunk, scratch) -> {
            // No other caller's task runs while this one does.
            int before = tasks.getAndAdd(id);
            assertTrue(before % id == 0 && before < 7 * id, "found " + before);
            runs.incrementAndGet();
            tasks.addAndGet(-id);
          },
          7);
      assertEquals(7, runs.get());
    }
  }

  @Test
  void a_closed_pool_ends_its_threads_and_refuses_tasks() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Workers workers = new Workers(3);
    CountDownLatch all = new CountDownLatch(3);
    workers.run(
        (chunk, scratch) -> {
          threads.add(Thread.currentThread());
          all.countDown();
          await(all);
        },
        3);
    workers.close();
    threads.remove(Thread.currentThread());
    assertEquals(2, threads.size());
    for (Thread thread : threads) {
      assertNotSame(Thread.currentThread(), thread);
      thread.join(20_000);
      assertTrue(!thread.isAlive() && thread.isDaemon());
    }
    for (int chunks : new int[] {0, 1, 5}) {
      assertThrows(IllegalStateException.class, () -> workers.run((c, s) -> {}, chunks));
    }
  }
}
