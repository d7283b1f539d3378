"""Takes turns: the time of a run on a CPU or a GPU, as a median and quartiles of many samples."""

import dataclasses
import functools
import gc
import itertools
import math
import statistics
import sys
import time
from typing import Callable

import torch

from refusal import Refusal

# Seconds that a sample takes if it can be, which is long against either clock, and at least.
LONG_SAMPLE = 1e-3
SHORTEST_SAMPLE = 1e-4
# By the host's clock, at whose end the host waits for the GPU, which costs some microseconds.
LONG_SAMPLE_WITH_WAIT = 4e-3
FEWEST_WARM_UPS = {"cpu": 2, "cuda": 3}
# Seconds in which the host issues no more than a GPU's queue takes.
LONGEST_ISSUE = 1.5e-3
ISSUE_PROBES = 5
CALIBRATION_CYCLES = 1_000_000
# All sets of operands together, against the cache.
BEYOND_CACHE = 4
MOST_BYTES_OF_SETS = 4 << 30
CPU_CACHE = "/sys/devices/system/cpu/cpu0/cache/index3/size"
CPU_CACHE_IF_UNKNOWN = 64 << 20


@dataclasses.dataclass
class Work:
    """
    operands: makes a set of them
    run: does the work once on a set
    touched: bytes of a set that a run reads or writes; 0 where its time does not follow from them, so
        that one set does
    whole: runs begin and end on the host, whose clock times them
    """

    operands: Callable
    run: Callable
    touched: int = 0
    whole: bool = False


def turn(work, device, warmup, seconds, samples):
    """The fields of measure/Answer.java's Turn, in microseconds."""
    first = work.operands()
    held = tensor_bytes(first)
    peak = peak_bytes(work, first, device)
    sets = [first]
    for _ in range(copies(work.touched, held, device) - 1):
        sets.append(work.operands())
    each = itertools.cycle(sets)

    def run():
        work.run(*next(each))

    clock = HostClock(device) if work.whole or device.type == "cpu" else GpuClock(device)
    gc.collect()
    gc.disable()
    try:
        warm_up(run, warmup, FEWEST_WARM_UPS[device.type], clock)
        runs = runs_in_sample(run, clock)
        times = []
        start = time.perf_counter()
        while len(times) < samples or time.perf_counter() - start < seconds:
            times.append(clock.sample(run, runs) / runs * 1e6)
    finally:
        gc.enable()
    lower, median, upper = quartiles(times)
    return {
        "median_us": median,
        "lower_us": lower,
        "upper_us": upper,
        "samples": len(times),
        "runs": runs,
        "peak_bytes": peak,
    }


def quartiles(times):
    if len(times) == 1:
        return times * 3
    return statistics.quantiles(times, n=4, method="inclusive")


def warm_up(run, seconds, fewest, clock):
    start = time.perf_counter()
    count = 0
    while count < fewest or time.perf_counter() - start < seconds:
        run()
        count += 1
        if count <= fewest or count % 64 == 0:
            clock.wait()
    clock.wait()


def runs_in_sample(run, clock):
    """How many runs a sample needs to be long enough."""
    most = clock.most_runs(run)
    runs = 1
    while True:
        sample = clock.sample(run, runs)
        if sample >= clock.long_sample or runs >= most and sample >= SHORTEST_SAMPLE:
            return runs
        if runs >= most:
            raise Refusal(f"too short to be measured: {runs} runs take {sample * 1e6:.1f} us")
        grown = math.ceil(runs * min(10, 1.2 * clock.long_sample / max(sample, 1e-7)))
        runs = min(most, max(runs + 1, grown))


class HostClock:
    def __init__(self, device):
        self.device = device
        self.long_sample = LONG_SAMPLE_WITH_WAIT if device.type == "cuda" else LONG_SAMPLE

    def wait(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def most_runs(self, run):
        return 1 << 20

    def sample(self, run, runs):
        start = time.perf_counter()
        for _ in range(runs):
            run()
        self.wait()
        return time.perf_counter() - start


class GpuClock:
    """Events in the stream. Before a sample the GPU is kept busy for as long as the host takes to issue it.

    So the GPU finds all runs waiting, and what is timed is its work and not the host's; a run that takes
    the host longer than a queue's worth is timed as it comes.
    """

    long_sample = LONG_SAMPLE

    def __init__(self, device):
        self.device = device

    def wait(self):
        torch.cuda.synchronize(self.device)

    def mark(self):
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def between(self, start, end):
        end.synchronize()
        return start.elapsed_time(end) / 1e3

    def most_runs(self, run):
        """Also finds how long the host takes for a run, and how fast the GPU counts, now that it is warm."""
        # The first one may load its kernel.
        for _ in range(2):
            start = self.mark()
            torch.cuda._sleep(CALIBRATION_CYCLES)
            self.cycles = CALIBRATION_CYCLES / self.between(start, self.mark())
        times = []
        for _ in range(ISSUE_PROBES):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
            self.wait()
        self.issue = statistics.median(times)
        return max(1, int(LONGEST_ISSUE / self.issue))

    def sample(self, run, runs):
        busy = min(2 * self.issue * runs, 2 * LONGEST_ISSUE)
        torch.cuda._sleep(int(busy * self.cycles))
        start = self.mark()
        for _ in range(runs):
            run()
        return self.between(start, self.mark())


def tensor_bytes(operands):
    return sum(item.nbytes for item in operands if isinstance(item, torch.Tensor))


def peak_bytes(work, operands, device):
    """The most that a run on one set holds, the set included; not known on a CPU."""
    if device.type == "cpu":
        return None
    torch.cuda.reset_peak_memory_stats(device)
    for _ in range(FEWEST_WARM_UPS[device.type]):
        work.run(*operands)
    torch.cuda.synchronize(device)
    return torch.cuda.max_memory_allocated(device)


def copies(touched, held, device):
    """How many sets it takes that none is found in the cache when its turn comes again."""
    if not touched:
        return 1
    needed = math.ceil(BEYOND_CACHE * cache_bytes(device) / touched)
    return max(1, min(needed, MOST_BYTES_OF_SETS // max(held, 1)))


@functools.lru_cache
def cache_bytes(device):
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).L2_cache_size
    try:
        with open(CPU_CACHE, encoding="ascii") as size:
            return int(size.read().strip().removesuffix("K")) << 10
    except (OSError, ValueError):
        return CPU_CACHE_IF_UNKNOWN


def release(device):
    """Frees what a case left, and says whether the device can still be used."""
    if hasattr(sys.modules.get("torch._dynamo"), "reset"):
        torch.compiler.reset()
    gc.collect()
    if device.type == "cpu":
        return True
    try:
        torch.cuda.synchronize(device)
        torch.cuda.empty_cache()
    except RuntimeError as failure:
        print(failure, file=sys.stderr)
        return False
    return True
