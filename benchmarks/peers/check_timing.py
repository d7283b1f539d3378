"""Checks the measuring itself, by work of known cost: on the host's clock, and on a GPU that is made up.

    python -m unittest check_timing
"""

import time
import unittest
from unittest import mock

import torch

import timing
from timing import Work

CPU = torch.device("cpu")


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


class SimulatedGpu:
    """Works in order, each piece for as long as it is told, by a clock of its own; its events are marks in that."""

    def __init__(self):
        self.now = 0.0
        self.synchronisations = 0

    def work(self, seconds):
        self.now += seconds

    def event(self, enable_timing):
        gpu = self

        class Event:
            def record(self):
                self.at = gpu.now

            def synchronize(self):
                gpu.synchronisations += 1

            def elapsed_time(self, end):
                return (end.at - self.at) * 1e3

        return Event()


class Timing(unittest.TestCase):
    def test_work_of_a_known_time_takes_that_time(self):
        work = Work(lambda: (), lambda: busy(3e-3))
        turn = timing.turn(work, CPU, warmup=0.01, seconds=0.1, samples=5)
        self.assertGreaterEqual(turn["lower_us"], 3000)
        self.assertLess(turn["lower_us"], 4500)
        self.assertEqual(1, turn["runs"])
        self.assertGreaterEqual(turn["samples"], 5)

    def test_what_is_short_is_run_often_in_a_sample(self):
        work = Work(lambda: (), lambda: busy(1e-5))
        turn = timing.turn(work, CPU, warmup=0.01, seconds=0.05, samples=5)
        self.assertGreater(turn["runs"], 20)
        self.assertGreaterEqual(turn["lower_us"], 10)
        self.assertLess(turn["lower_us"], 30)

    def test_a_step_that_ends_on_the_host_is_a_sample_by_itself(self):
        work = Work(lambda: (), lambda: busy(1e-5), whole=True)
        turn = timing.turn(work, CPU, warmup=0.01, seconds=0.01, samples=5)
        self.assertEqual(1, turn["runs"])

    def test_there_are_as_many_samples_as_asked_for_however_long_they_take(self):
        work = Work(lambda: (), lambda: busy(0.02))
        turn = timing.turn(work, CPU, warmup=0, seconds=0, samples=4)
        self.assertEqual(4, turn["samples"])

    def test_sets_of_operands_take_turns(self):
        made = iter(range(100))
        used = []
        with mock.patch.object(timing, "cache_bytes", lambda device: 1000):
            work = Work(lambda: (next(made),), lambda number: used.append(number), touched=1500)
            timing.turn(work, CPU, warmup=0, seconds=0, samples=1)
        # 4 times the cache takes 3 sets.
        self.assertEqual([0, 1, 2, 0, 1, 2], used[:6])

    def test_sets_are_as_many_as_the_cache_needs_and_memory_has(self):
        with mock.patch.object(timing, "cache_bytes", lambda device: 100 << 20):
            self.assertEqual(1, timing.copies(0, 1 << 20, CPU))
            self.assertEqual(1, timing.copies(1 << 30, 1 << 30, CPU))
            self.assertEqual(400, timing.copies(1 << 20, 1 << 20, CPU))
            self.assertEqual(4, timing.copies(1 << 20, 1 << 30, CPU))
            self.assertEqual(1, timing.copies(1 << 20, 1 << 40, CPU))

    def test_quartiles_are_of_the_samples(self):
        self.assertEqual([2, 3, 4], timing.quartiles([5, 1, 4, 2, 3]))
        self.assertEqual([7, 7, 7], timing.quartiles([7]))

    def test_a_gpu_is_timed_by_its_own_clock(self):
        for seconds in (2e-6, 3e-4, 0.2):
            with self.subTest(seconds):
                gpu = SimulatedGpu()
                with mock.patch.object(torch.cuda, "Event", gpu.event):
                    clock = timing.GpuClock(torch.device("cuda:0"))
                    runs = timing.runs_in_sample(lambda: gpu.work(seconds), clock)
                    self.assertGreaterEqual(runs * seconds, timing.SHORTEST_SAMPLE)
                    samples = clock.samples(lambda: gpu.work(seconds), runs)
                    for sample in samples:
                        self.assertAlmostEqual(seconds, sample / runs, delta=seconds * 1e-6)

    def test_short_samples_are_sent_ahead_and_long_ones_are_not(self):
        gpu = SimulatedGpu()
        with mock.patch.object(torch.cuda, "Event", gpu.event):
            clock = timing.GpuClock(torch.device("cuda:0"))
            clock.samples(lambda: gpu.work(1e-3), 1)
            self.assertEqual(timing.AHEAD, len(clock.samples(lambda: gpu.work(1e-3), 1)))
            clock.samples(lambda: gpu.work(1), 1)
            self.assertEqual(1, len(clock.samples(lambda: gpu.work(1), 1)))

    def test_the_peak_is_of_one_set(self):
        with mock.patch.multiple(
            torch.cuda,
            reset_peak_memory_stats=mock.DEFAULT,
            synchronize=mock.DEFAULT,
            max_memory_allocated=lambda device: 123,
        ):
            runs = []
            work = Work(lambda: (), lambda: runs.append(0))
            self.assertEqual(123, timing.peak_bytes(work, (), torch.device("cuda:0")))
            self.assertTrue(runs)
        self.assertIsNone(timing.peak_bytes(work, (), CPU))


if __name__ == "__main__":
    unittest.main()
