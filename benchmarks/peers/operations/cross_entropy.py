"""Loss and gradient of rows of logits that are in memory, as a mean."""

import torch
from torch.nn import functional as F

from operands import dtype, sizes, target_windows, uniform
from refusal import choose
from timing import Work


def compiled():
    return torch.compile(F.cross_entropy, dynamic=False)


def liger():
    """Writes the gradient over the logits."""
    from liger_kernel.transformers import LigerCrossEntropyLoss

    return LigerCrossEntropyLoss()


def quack():
    from quack.cross_entropy import cross_entropy

    return lambda logits, targets: cross_entropy(logits, targets).mean()


LOSSES = {
    "pytorch": lambda: F.cross_entropy,
    "torch.compile": compiled,
    "liger": liger,
    "quack": quack,
}


def forward_backward(peer, case, device):
    loss = choose(LOSSES, peer, "cross_entropy")()
    rows, vocabulary = sizes(case)
    targets = target_windows(vocabulary, rows, device)

    def operands():
        return uniform(device, dtype(case), rows, vocabulary).requires_grad_(), next(targets)

    def run(logits, labels):
        value = loss(logits, labels)
        return value, torch.autograd.grad(value, logits)

    touched = 2 * rows * vocabulary * dtype(case).itemsize
    return Work(operands, run, touched)
