"""One recurrent layer with inputs of its own size, from [B, T, H] to [B, T, H]; cuDNN's on a GPU."""

import torch
from torch import nn

from operands import dtype, sizes, uniform
from refusal import Refusal, choose
from timing import Work


def layer(peer, case, device):
    choose({"pytorch": nn.RNN}, peer, case["operation"])
    if case.get("variant") != "tanh":
        raise Refusal(f"expected the cell tanh, found {case.get('variant')}")
    _, _, hidden = sizes(case)
    return nn.RNN(hidden, hidden, batch_first=True, device=device, dtype=dtype(case))


def inputs(case, device):
    batch, window, hidden = sizes(case)
    return uniform(device, dtype(case), batch, window, hidden), uniform(
        device, dtype(case), 1, batch, hidden
    )


def forward(peer, case, device):
    rnn = layer(peer, case, device)

    def run(sequence, state):
        with torch.no_grad():
            return rnn(sequence, state)

    return Work(lambda: inputs(case, device), run)


def forward_backward(peer, case, device):
    """To the gradients of input, state and parameters."""
    rnn = layer(peer, case, device)

    def operands():
        sequence, state = inputs(case, device)
        return sequence.requires_grad_(), state.requires_grad_(), torch.rand_like(sequence) - 0.5

    def run(sequence, state, grad_output):
        output, _ = rnn(sequence, state)
        return torch.autograd.grad(output, (sequence, state, *rnn.parameters()), grad_output)

    return Work(operands, run)
