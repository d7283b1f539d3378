"""A linear layer without a bias, its cross-entropy, and the gradients of hidden states and weight.

In bfloat16 all of a peer's tensors are bfloat16, the logits and the gradients too, where it does not
choose another type by itself.
"""

import torch
from torch.nn import functional as F

from operands import dtype, sizes, target_windows, uniform
from refusal import choose
from timing import Work


def plain(hidden, weight, targets):
    return F.cross_entropy(F.linear(hidden, weight), targets)


def compiled():
    return torch.compile(plain, dynamic=False)


def liger():
    from liger_kernel.transformers import LigerFusedLinearCrossEntropyLoss

    loss = LigerFusedLinearCrossEntropyLoss()
    return lambda hidden, weight, targets: loss(weight, hidden, targets)


def quack():
    from quack.linear_cross_entropy import chunked_linear_cross_entropy

    return chunked_linear_cross_entropy


def cut():
    from cut_cross_entropy import linear_cross_entropy

    return linear_cross_entropy


LOSSES = {
    "pytorch": lambda: plain,
    "torch.compile": compiled,
    "liger": liger,
    "quack": quack,
    "cce": cut,
}


def forward_backward(peer, case, device):
    loss = choose(LOSSES, peer, "projected_cross_entropy")()
    rows, width, vocabulary = sizes(case)
    targets = target_windows(vocabulary, rows, device)

    def operands():
        hidden = uniform(device, dtype(case), rows, width).requires_grad_()
        weight = uniform(device, dtype(case), vocabulary, width, bound=width**-0.5).requires_grad_()
        return hidden, weight

    def run(hidden, weight):
        value = loss(hidden, weight, next(targets))
        return value, *torch.autograd.grad(value, (hidden, weight))

    return Work(operands, run)
