"""One step of Adam over parameters in float32."""

import torch

from operands import sizes, uniform
from refusal import Refusal, choose
from timing import Work


def fused(parameters):
    """Adam in one kernel, or as it is where the device has none."""
    try:
        return torch.optim.Adam(parameters, lr=1e-3, fused=True)
    except RuntimeError:
        return torch.optim.Adam(parameters, lr=1e-3)


def step(peer, case, device):
    optimiser = choose({"pytorch": fused}, peer, "adam")
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
