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

# Seconds that a sample takes at least, which is long against either clock.
SHORTEST_SAMPLE = 1e-3
FEWEST_WARM_UPS = 3
# Samples on their way to the GPU, and the seconds beyond which no more are sent ahead.
AHEAD = 8
AHEAD_SECONDS = 0.05
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
    whole: a run ends on the host, and is a sample by itself
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

    clock = HostClock() if work.whole or device.type == "cpu" else GpuClock(device)
    gc.collect()
    gc.disable()
    try:
        warm_up(run, warmup, clock)
        runs = 1 if work.whole else runs_in_sample(run, clock)
        times = []
        start = time.perf_counter()
        while len(times) < samples or time.perf_counter() - start < seconds:
            times += [sample / runs * 1e6 for sample in clock.samples(run, runs)]
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


def warm_up(run, seconds, clock):
    start = time.perf_counter()
    count = 0
    while count < FEWEST_WARM_UPS or time.perf_counter() - start < seconds:
        run()
        count += 1
        if count <= FEWEST_WARM_UPS or count % 64 == 0:
            clock.wait()
    clock.wait()


def runs_in_sample(run, clock):
    """How many runs a sample needs to be long enough."""
    runs = 1
    while True:
        shortest = min(clock.samples(run, runs))
        if shortest >= SHORTEST_SAMPLE:
            return runs
        runs = max(runs + 1, math.ceil(runs * min(10, 1.2 * SHORTEST_SAMPLE / max(shortest, 1e-7))))


class HostClock:
    def wait(self):
        pass

    def samples(self, run, runs):
        start = time.perf_counter()
        for _ in range(runs):
            run()
        return [time.perf_counter() - start]


class GpuClock:
    """Events in the stream, with more work behind each than the GPU can finish before it is sent."""

    def __init__(self, device):
        self.device = device
        self.ahead = 1

    def wait(self):
        torch.cuda.synchronize(self.device)

    def mark(self):
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def samples(self, run, runs):
        # Not counted: the GPU is busy with it while what follows is sent.
        run()
        marks = [self.mark()]
        for _ in range(self.ahead):
            for _ in range(runs):
                run()
            marks.append(self.mark())
        marks[-1].synchronize()
        times = [start.elapsed_time(end) / 1e3 for start, end in zip(marks, marks[1:])]
        longest = max(max(times), 1e-7)
        self.ahead = max(1, min(AHEAD, int(AHEAD_SECONDS / longest)))
        return times


def tensor_bytes(operands):
    return sum(item.nbytes for item in operands if isinstance(item, torch.Tensor))


def peak_bytes(work, operands, device):
    """The most that a run on one set holds, the set included; not known on a CPU."""
    if device.type == "cpu":
        return None
    torch.cuda.reset_peak_memory_stats(device)
    for _ in range(FEWEST_WARM_UPS):
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
