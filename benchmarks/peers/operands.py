"""What operations work on."""

import itertools

import torch

import synthetic_text


def dtype(case):
    return torch.bfloat16 if case["type"] == "bfloat16" else torch.float32


def sizes(case):
    """In the operation's order."""
    return case["shape"].values()


def uniform(device, kind, *shape, bound=0.5):
    """Random numbers from -bound to bound."""
    return torch.empty(shape, device=device, dtype=kind).uniform_(-bound, bound)


def target_windows(vocabulary, rows, device):
    """Targets of [rows] on the device, window after window."""
    _, targets = synthetic_text.windows(vocabulary, rows)
    return itertools.cycle(targets.to(device))
