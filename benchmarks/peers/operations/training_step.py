"""All that a trainer does for a window, from tokens on the host to the loss on the host.

In bfloat16 it is autocast's: parameters and optimiser stay in float32.
"""

import functools

import torch
from torch.nn import functional as F

import synthetic_text
from model import LanguageModel
from late_losses import LateLosses
from operands import sizes
from operations import adam
from refusal import choose
from timing import Work


def forward(model, inputs, targets, state):
    """The mean loss, and the state behind the window."""
    logits, state = model(inputs, state)
    return F.cross_entropy(logits, targets), state


def compiled():
    """Recorded as CUDA graphs on a GPU, but for the recurrent layer, which stays cuDNN's."""
    recorded = torch.compile(forward, mode="reduce-overhead", dynamic=False)

    def run(*operands):
        torch.compiler.cudagraph_mark_step_begin()
        return recorded(*operands)

    return run


# How each goes forward, and its optimiser.
WAYS = {
    "pytorch": (lambda: forward, adam.plain),
    "pytorch-fused-adam": (lambda: forward, adam.fused),
    "torch.compile": (compiled, adam.fused),
}


class Training:
    def __init__(self, forward, optimiser, case, device):
        vocabulary, embed, hidden, self.batch, self.window = sizes(case)
        self.forward = forward
        self.device = device
        inputs, targets = synthetic_text.windows(vocabulary, self.batch * self.window)
        inputs = inputs.view(-1, self.batch, self.window)
        if device.type == "cuda":
            inputs, targets = inputs.pin_memory(), targets.pin_memory()
        self.text = list(zip(inputs, targets))
        self.next = 0
        self.model = LanguageModel(vocabulary, embed, hidden).to(device)
        self.adam = optimiser(list(self.model.parameters()))
        self.state = torch.zeros(1, self.batch, hidden, device=device)
        self.losses = LateLosses(device)
        self.autocast = functools.partial(
            torch.autocast, device.type, torch.bfloat16, enabled=case["type"] == "bfloat16"
        )

    def step(self):
        self.next = (self.next + 1) % len(self.text)
        inputs, targets = (
            tokens.to(self.device, non_blocking=True) for tokens in self.text[self.next]
        )
        with self.autocast():
            loss, state = self.forward(self.model, inputs, targets, self.state)
        # Not the tensor itself: a recorded graph writes it anew in the next step.
        self.state = state.detach().float().clone()
        self.adam.zero_grad()
        loss.backward()
        self.adam.step()
        self.losses.ask(loss)


def step(peer, case, device):
    way, optimiser = choose(WAYS, peer, "training_step")
    going = way()
    return Work(lambda: (Training(going, optimiser, case, device),), Training.step, whole=True)
