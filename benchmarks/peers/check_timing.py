"""Checks the measuring itself, by work of known cost: on the host's clock, and on a GPU that is made up.

    python -m unittest check_timing
"""

import time
import unittest
from unittest import mock

import torch

import timing
from refusal import Refusal
from timing import Work

CPU = torch.device("cpu")


def busy(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


class SimulatedGpu:
    """A queue: the host takes its time to issue work, and the GPU its own, from when both are ready."""

    CYCLES = 2e9

    def __init__(self):
        self.host = 0.0
        self.idle_at = 0.0

    def work(self, issue, seconds):
        self.host += issue
        self.idle_at = max(self.idle_at, self.host) + seconds

    def wait(self, device=None):
        self.host = max(self.host, self.idle_at)

    def event(self, enable_timing):
        gpu = self

        class Event:
            def record(self):
                gpu.host += 1e-6
                self.at = max(gpu.idle_at, gpu.host)

            def synchronize(self):
                gpu.host = max(gpu.host, self.at)

            def elapsed_time(self, end):
                return (end.at - self.at) * 1e3

        return Event()

    def turn(self, issue, seconds, whole=False):
        """Of work that takes the host and the GPU so long."""
        patches = (
            mock.patch.multiple(
                torch.cuda,
                create=True,
                Event=self.event,
                synchronize=self.wait,
                _sleep=lambda cycles: self.work(5e-6, cycles / self.CYCLES),
                reset_peak_memory_stats=lambda device: None,
                max_memory_allocated=lambda device: 123,
            ),
            mock.patch.object(time, "perf_counter", lambda: self.host),
        )
        work = Work(lambda: (), lambda: self.work(issue, seconds), whole=whole)
        with patches[0], patches[1]:
            return timing.turn(work, torch.device("cuda:0"), warmup=0.01, seconds=0.05, samples=5)


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

    def test_whole_steps_on_a_gpu_are_over_when_the_host_has_waited_for_it(self):
        gpu = SimulatedGpu()
        turn = gpu.turn(issue=1e-5, seconds=1e-4, whole=True)
        self.assertAlmostEqual(100, turn["median_us"], delta=2)
        self.assertGreaterEqual(turn["runs"], 40)

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

    def test_a_gpu_is_timed_by_its_own_clock_and_not_by_the_hosts(self):
        for issue, seconds in ((1e-5, 2e-6), (1e-5, 3e-4), (1e-4, 5e-5), (1e-5, 0.2)):
            with self.subTest(issue=issue, seconds=seconds):
                turn = SimulatedGpu().turn(issue, seconds)
                self.assertAlmostEqual(seconds * 1e6, turn["median_us"], delta=seconds * 1e4)

    def test_what_takes_the_host_longer_than_a_queue_is_timed_as_it_comes(self):
        turn = SimulatedGpu().turn(issue=0.01, seconds=1e-4)
        self.assertEqual(1, turn["runs"])
        self.assertGreater(turn["median_us"], 5000)

    def test_what_stays_too_short_is_refused(self):
        with self.assertRaisesRegex(Refusal, "too short to be measured: 150 runs take"):
            SimulatedGpu().turn(issue=1e-5, seconds=1e-7)

    def test_the_peak_is_of_one_set_and_not_known_on_a_cpu(self):
        self.assertEqual(123, SimulatedGpu().turn(1e-5, 1e-4)["peak_bytes"])
        work = Work(lambda: (), lambda: busy(1e-3))
        self.assertIsNone(timing.turn(work, CPU, warmup=0, seconds=0, samples=1)["peak_bytes"])


if __name__ == "__main__":
    unittest.main()
