"""One step of Adam over parameters in float32."""

import torch

from operands import sizes, uniform
from refusal import Refusal, choose
from timing import Work


def plain(parameters):
    """On a GPU in one kernel; on a CPU as it is by default."""
    return torch.optim.Adam(parameters, lr=1e-3, fused=parameters[0].is_cuda)


def fused(parameters):
    return torch.optim.Adam(parameters, lr=1e-3, fused=True)


OPTIMISERS = {"pytorch": plain, "pytorch-fused-adam": fused}


def step(peer, case, device):
    optimiser = choose(OPTIMISERS, peer, "adam")
    if case["type"] == "bfloat16":
        raise Refusal("is measured with parameters in float32")
    (count,) = sizes(case)

    def operands():
        parameter = torch.nn.Parameter(uniform(device, torch.float32, count))
        parameter.grad = uniform(device, torch.float32, count)
        return parameter, optimiser([parameter])

    def run(_, adam):
        adam.step()

    return Work(operands, run, touched=28 * count)
