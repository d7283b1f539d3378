"""Measures PyTorch, and what builds on it, for the benchmarks in Java.

One process for all cases. It speaks JSON on standard output, an object a line; all else goes to
standard error. First it says what it offers:

    {"peers": {"pytorch": "2.13.0, 2 threads"}, "absent": {"liger": "needs a GPU"}}

Then it answers each line of standard input, and it ends with its input:

    {"peer": "pytorch", "case": CASE, "effort": EFFORT}
    {"turn": {"median_us": 4.1, "lower_us": ..., "upper_us": ..., "samples": 50, "runs": 250}}
    {"refusal": "out of memory"}

An answer with "last": true is the process's last: the GPU can no longer be used. A case and an
effort have the fields of measure/Case.java and measure/Effort.java; the operations are those of
measure/Operation.java.
"""

import argparse
import json
import os
import queue
import sys
import threading
import traceback

try:
    import torch
except ImportError as missing:
    raise SystemExit(f"{sys.executable} has no PyTorch ({missing}): pip install torch, or name another")

import offers
import timing
from operations import OPERATIONS
from refusal import Refusal


def private_stdout():
    """Where answers go. What anybody else prints goes to standard error from now on."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def requests():
    """Lines of standard input. At its end nobody waits for an answer any more, so a case at work ends too."""
    lines = queue.SimpleQueue()

    def read():
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield json.loads(lines.get())


def exact(case, device):
    """Sets what the case's type says of products, or refuses it."""
    tf32 = case["type"] == "tf32"
    if tf32 and device.type == "cpu":
        raise Refusal("a CPU has no TF32")
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32


def measure(request, device):
    case = request["case"]
    operation = OPERATIONS.get(case["operation"])
    if operation is None:
        raise Refusal(f"does not do {case['operation']}")
    exact(case, device)
    torch.manual_seed(1)
    work = operation(request["peer"], case, device)
    return timing.turn(work, device, **request["effort"])


def words(failure):
    """What a failure comes to, in one line."""
    if isinstance(failure, Refusal):
        return str(failure)
    text = str(failure).strip()
    if isinstance(failure, torch.cuda.OutOfMemoryError) or "can't allocate memory" in text:
        return "out of memory"
    return f"{type(failure).__name__}: {text.splitlines()[0] if text else 'no message'}"


def answer(request, device):
    try:
        return {"turn": measure(request, device)}
    except Exception as failure:
        if not isinstance(failure, Refusal):
            traceback.print_exc()
        return {"refusal": words(failure)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", required=True, help="cpu, or as in cuda:0")
    device = torch.device(parser.parse_args().device)
    answers = private_stdout()
    found, absent = offers.look(device)
    if device.type == "cuda":
        # Of events and of kernels that are not PyTorch's own.
        torch.cuda.set_device(device)
    print(json.dumps({"peers": found, "absent": absent}), file=answers, flush=True)
    for request in requests():
        reply = answer(request, device)
        # Behind the handler of a failure, which holds the tensors of all frames that it went through.
        reply["last"] = not timing.release(device)
        print(json.dumps(reply), file=answers, flush=True)
        if reply["last"]:
            break


if __name__ == "__main__":
    main()
