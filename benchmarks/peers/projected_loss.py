"""Times linear + cross_entropy + backward in PyTorch, and prints a JSON object.

The same work as LossTimer.java does in Surprisal, on the same tokens.
"""

import argparse
import json
import statistics

import torch
from torch import nn
from torch.nn import functional as F

from training_step import WINDOWS, synthetic_text, timed


def steps(rows, width, vocabulary):
    """Does a step each time it is asked for the next loss."""
    torch.manual_seed(1)
    targets = synthetic_text(vocabulary, WINDOWS * rows + 1)[1:].view(WINDOWS, rows)
    linear = nn.Linear(width, vocabulary)
    hidden = (torch.rand(rows, width) * 2 - 1).requires_grad_()
    step = 0
    while True:
        step += 1
        loss = F.cross_entropy(linear(hidden), targets[step % WINDOWS])
        linear.zero_grad()
        hidden.grad = None
        loss.backward()
        yield loss.item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shape", help="NxHxV, such as 700x200x33278")
    parser.add_argument("seconds", type=float, help="to warm up, and then to measure")
    arguments = parser.parse_args()
    work = steps(*map(int, arguments.shape.split("x")))
    timed(work, arguments.seconds)
    times = timed(work, arguments.seconds)
    result = {
        "shape": arguments.shape,
        "steps": len(times),
        "median_ms": round(statistics.median(times), 4),
        "min_ms": round(min(times), 4),
        "value": round(next(work), 4),
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
