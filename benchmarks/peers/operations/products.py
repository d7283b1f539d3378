"""The three products of a projection and its gradients, on logits that exist."""

import torch

from operands import dtype, sizes, uniform
from refusal import choose
from timing import Work


def three(peer, case, device):
    choose({"pytorch": torch.mm}, peer, "projection_products")
    rows, width, vocabulary = sizes(case)
    kind = dtype(case)

    def operands():
        hidden = uniform(device, kind, rows, width)
        weight = uniform(device, kind, vocabulary, width)
        logits = torch.empty(rows, vocabulary, device=device, dtype=kind)
        grad_logits = uniform(device, kind, rows, vocabulary)
        return hidden, weight, logits, grad_logits, torch.empty_like(hidden), torch.empty_like(weight)

    def run(hidden, weight, logits, grad_logits, grad_hidden, grad_weight):
        torch.mm(hidden, weight.t(), out=logits)
        torch.mm(grad_logits, weight, out=grad_hidden)
        torch.mm(grad_logits.t(), hidden, out=grad_weight)

    return Work(operands, run)
