"""Times training steps of one shape in PyTorch, and prints a JSON object.

The same work as TrainingStepTimer.java does in Surprisal, on the same tokens.
"""

import argparse
import json
import statistics
import time

import torch
from torch.nn import functional as F

from model import LanguageModel

WINDOWS = 64
FEWEST_STEPS = 5


def synthetic_text(vocabulary, count):
    """Tokens as SyntheticText.java makes them: token k has a probability of about 1/k."""
    state = 1
    tokens = []
    for _ in range(count):
        state = (state * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFF
        tokens.append(int((vocabulary + 1) ** (state / 2**32)) - 1)
    return torch.tensor(tokens)


def training(vocabulary, embed, hidden, batch, window):
    """Does a step each time it is asked for the next loss."""
    torch.manual_seed(1)
    text = synthetic_text(vocabulary, WINDOWS * batch * window + 1)
    inputs = text[:-1].view(WINDOWS, batch, window)
    targets = text[1:].view(WINDOWS, batch * window)
    model = LanguageModel(vocabulary, embed, hidden)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    state = torch.zeros(1, batch, hidden)
    step = 0
    while True:
        step += 1
        logits, state = model(inputs[step % WINDOWS], state)
        state = state.detach()
        loss = F.cross_entropy(logits, targets[step % WINDOWS])
        adam.zero_grad()
        loss.backward()
        adam.step()
        yield loss.item()


def timed(steps, seconds):
    """Milliseconds of single steps."""
    times = []
    start = time.perf_counter()
    while len(times) < FEWEST_STEPS or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        next(steps)
        times.append((time.perf_counter() - before) * 1e3)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shape", help="VxExHxBxT, such as 100x50x50x32x35")
    parser.add_argument("seconds", type=float, help="to warm up, and then to measure")
    arguments = parser.parse_args()
    steps = training(*map(int, arguments.shape.split("x")))
    timed(steps, arguments.seconds)
    times = timed(steps, arguments.seconds)
    result = {
        "shape": arguments.shape,
        "steps": len(times),
        "median_ms": round(statistics.median(times), 4),
        "min_ms": round(min(times), 4),
        "loss": round(next(steps), 4),
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
