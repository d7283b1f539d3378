"""Losses on the host a few steps after they were asked for, as a trainer takes them that does not wait for a GPU."""

import collections

import torch

DEPTH = 8


class LateLosses:
    """
    taken: those that have arrived, in order
    """

    def __init__(self, device):
        self.cuda = device.type == "cuda"
        self.taken = []
        if self.cuda:
            self.waiting = collections.deque()
            self.free = [(torch.zeros((), pin_memory=True), torch.cuda.Event()) for _ in range(DEPTH)]

    def ask(self, loss):
        """Asks for one, and takes the oldest if there is no more room."""
        if not self.cuda:
            self.taken.append(loss.item())
            return
        if not self.free:
            self.take()
        host, arrived = self.free.pop()
        host.copy_(loss.detach(), non_blocking=True)
        arrived.record()
        self.waiting.append((host, arrived))

    def take(self):
        host, arrived = self.waiting.popleft()
        arrived.synchronize()
        self.taken.append(host.item())
        self.free.append((host, arrived))

    def finish(self):
        """All that were asked for."""
        while self.cuda and self.waiting:
            self.take()
        return self.taken
