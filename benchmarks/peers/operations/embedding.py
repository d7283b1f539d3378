"""Rows of a table by tokens, and the table's dense gradient."""

import torch
from torch.nn import functional as F

import synthetic_text
from operands import dtype, sizes, uniform
from refusal import choose
from timing import Work


def tokens(peer, case, device):
    """Tokens of [N], window after window."""
    choose({"pytorch": F.embedding}, peer, case["operation"])
    rows, vocabulary, _ = sizes(case)
    inputs, _ = synthetic_text.windows(vocabulary, rows)
    inputs = inputs.to(device)
    while True:
        yield from inputs


def forward(peer, case, device):
    rows, vocabulary, width = sizes(case)
    windows = tokens(peer, case, device)
    next(windows)

    def operands():
        return next(windows), uniform(device, dtype(case), vocabulary, width)

    def run(window, weight):
        with torch.no_grad():
            return F.embedding(window, weight)

    return Work(operands, run, touched=2 * rows * width * dtype(case).itemsize)


def backward(peer, case, device):
    """To the table's type, as autograd does."""
    rows, vocabulary, width = sizes(case)
    windows = tokens(peer, case, device)
    next(windows)

    def operands():
        return next(windows), uniform(device, dtype(case), rows, width)

    def run(window, grad_output):
        return torch.ops.aten.embedding_dense_backward(grad_output, window, vocabulary, -1, False)

    return Work(operands, run, touched=(rows + vocabulary) * width * dtype(case).itemsize)
