"""Which peers there are on a device, in which version, and why the others are not."""

import importlib
import importlib.metadata
import os
import shutil
import sysconfig

import torch

from refusal import Refusal

# By peer: the package to import, and the distribution that it comes in.
KERNELS = {
    "liger": ("liger_kernel.transformers", "liger-kernel"),
    "quack": ("quack", "quack-kernels"),
    "cce": ("cut_cross_entropy", "cut-cross-entropy"),
}


def torch_version(device):
    if device.type == "cpu":
        return f"{torch.__version__}, {torch.get_num_threads()} threads"
    index = device.index or 0
    if not torch.cuda.is_available() or index >= torch.cuda.device_count():
        raise SystemExit(
            f"PyTorch {torch.__version__} finds no {device}: its GPUs are {torch.cuda.device_count()},"
            f" its CUDA is {torch.version.cuda}"
        )
    cudnn = torch.backends.cudnn.version()
    return f"{torch.__version__}, CUDA {torch.version.cuda}, cuDNN {cudnn}"


def fused_adam_version(device):
    """On a CPU it is not the default; on a GPU it is what pytorch is measured with."""
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], fused=True)
    return torch_version(device)


def compiler_version(device):
    """What torch.compile needs beside PyTorch itself: a C++ compiler, or Triton with one for C."""
    names = ("gcc", "clang", "cc")
    variable = "CC"
    if device.type == "cpu":
        names = ("g++", "clang++", "c++")
        variable = "CXX"
    names = (os.environ.get(variable), *names)
    compiler = next((name for name in names if name and shutil.which(name)), None)
    if compiler is None:
        raise Refusal(f"no compiler: none of {', '.join(filter(None, names))} is there")
    if not os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h")):
        raise Refusal("no Python.h for its compiler: install Python's headers")
    importlib.import_module("torch._inductor.compile_fx")
    if device.type == "cpu":
        return compiler
    return f"Triton {importlib.import_module('triton').__version__}, {compiler}"


def kernels_version(device, package, distribution):
    if device.type == "cpu":
        raise Refusal("needs a GPU")
    importlib.import_module(package)
    return importlib.metadata.version(distribution)


def look(device):
    """Versions by name, and reasons by name."""
    found = {"pytorch": torch_version(device)}
    absent = {}
    looks = {"torch.compile": lambda: compiler_version(device)}
    if device.type == "cpu":
        looks["pytorch-fused-adam"] = lambda: fused_adam_version(device)
    for peer, (package, distribution) in KERNELS.items():
        looks[peer] = lambda package=package, name=distribution: kernels_version(device, package, name)
    for peer, version in looks.items():
        try:
            found[peer] = version()
        # What a package of kernels throws when it does not fit PyTorch may be anything.
        except Exception as failure:
            absent[peer] = str(failure)
    return found, absent
