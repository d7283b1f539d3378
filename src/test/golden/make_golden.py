"""Makes the golden files beside this script with PyTorch. See README.md."""

import itertools
import json
import math
import pathlib
import struct

import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent
DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
}


def save(name, tensors, metadata):
    """Writes a safetensors file: header length (u64, little-endian), JSON header, data."""
    metadata = {"torch": torch.__version__.split("+")[0]} | metadata
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in metadata.items()}
    header = {"__metadata__": texts}
    data = bytearray()
    for key, tensor in tensors.items():
        raw = bytes(tensor.detach().contiguous().reshape(-1).view(torch.uint8).tolist())
        header[key] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    (HERE / name).write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(f"{name}: {len(tensors)} tensors, {8 + len(text) + len(data)} bytes")


def prefixed(prefix, tensors):
    return {f"{prefix}.{name}": tensor.detach().clone() for name, tensor in tensors}


# --- The reference model -------------------------------------------------------------------------

V, E, H, B, T = 31, 13, 33, 5, 7


class LanguageModel(nn.Module):
    def __init__(self, width=E, layers=1):
        super().__init__()
        self.embedding = nn.Embedding(V, width)
        self.rnn = nn.RNN(width, H, num_layers=layers, nonlinearity="tanh", batch_first=True)
        self.linear = nn.Linear(H, V)

    def forward(self, tokens, state):
        embedded = self.embedding(tokens)
        output, state = self.rnn(embedded, state)
        return embedded, output, self.linear(output), state


def loss_of(logits, targets):
    return F.cross_entropy(logits.reshape(-1, V), targets.reshape(-1))


def reference():
    """Forward and every gradient of one batch."""
    torch.manual_seed(1)
    model = LanguageModel()
    tokens, targets = torch.randint(V, (2, B, T))
    h0 = torch.randn(1, B, H).mul(0.5).requires_grad_()
    embedded, output, logits, hn = model(tokens, h0)
    for intermediate in (embedded, output, logits):
        intermediate.retain_grad()
    loss = loss_of(logits, targets)
    loss.backward()
    save(
        "reference.safetensors",
        prefixed("param", model.named_parameters())
        | {
            "input.tokens": tokens,
            "input.targets": targets,
            "input.h0": h0,
            "output.embedding": embedded,
            "output.rnn": output,
            "output.logits": logits,
            "output.hn": hn,
            "output.loss": loss,
        }
        | prefixed("grad", ((n, p.grad) for n, p in model.named_parameters()))
        | {
            "grad.input.h0": h0.grad,
            "grad.output.embedding": embedded.grad,
            "grad.output.rnn": output.grad,
            "grad.output.logits": logits.grad,
        },
        {"what": "one forward and backward pass of the reference model, float32"},
    )


def streams(steps):
    """B contiguous streams of a sparse random Markov chain, cut into windows of T."""
    successors = torch.randint(V, (V, 3))
    chance = torch.tensor([0.7, 0.2, 0.1])
    rows = torch.randint(V, (B, 1))
    for _ in range(steps * T):
        branch = torch.multinomial(chance, B, replacement=True)
        rows = torch.cat([rows, successors[rows[:, -1], branch].unsqueeze(1)], dim=1)

    def windows(begin):
        return rows[:, begin : begin + steps * T].reshape(B, steps, T).transpose(0, 1).contiguous()

    return windows(0), windows(1)


def train(initial, tokens, targets, lr, max_norm, dtype=torch.float32):
    """Adam over all windows, the state carried over and detached: losses, norms, final model."""
    model = LanguageModel()
    model.load_state_dict(initial)
    model.to(dtype)
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    state = torch.zeros(1, B, H, dtype=dtype)
    losses, norms = [], []
    for x, y in zip(tokens, targets):
        adam.zero_grad()
        _, _, logits, state = model(x, state)
        state = state.detach()
        loss = loss_of(logits, y)
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), max_norm))
        adam.step()
        losses.append(loss.detach())
    return torch.stack(losses), torch.stack(norms), model


def adam100():
    torch.manual_seed(2)
    lr, max_norm = 1e-2, 0.7
    initial = LanguageModel().state_dict()
    tokens, targets = streams(100)
    tensors = prefixed("param", initial.items())
    tensors |= {"input.tokens": tokens, "input.targets": targets}
    for variant, bound in (("plain", math.inf), ("clip", max_norm)):
        losses, norms, model = train(initial, tokens, targets, lr, bound)
        tensors |= {f"{variant}.losses": losses, f"{variant}.norms": norms}
        tensors |= prefixed(f"{variant}.final", model.named_parameters())
        exact, _, _ = train(initial, tokens, targets, lr, bound, torch.float64)
        drift = ((losses - exact) / exact).abs().max().item()
        print(
            f"adam100 {variant}: loss {losses[0]:.4f} -> {losses[-1]:.4f},"
            f" norm {norms.min():.3f} to {norms.max():.3f},"
            f" {(norms > max_norm).sum()} above {max_norm}, {drift:.1e} from float64"
        )
    save(
        "adam100.safetensors",
        tensors,
        {
            "what": "100 Adam steps of the reference model, float32, without and with clipping",
            "lr": lr,
            "max_norm": max_norm,
        },
    )


def tied():
    """The model with E = H and linear.weight the embedding's own: gradients, then ten Adam steps."""
    torch.manual_seed(7)
    lr = 1e-2
    initial = LanguageModel(H).state_dict()
    initial["linear.weight"] = initial["embedding.weight"]
    tokens, targets = streams(10)

    def run(dtype):
        model = LanguageModel(H)
        model.load_state_dict(initial)
        model.linear.weight = model.embedding.weight
        model.to(dtype)
        assert model.linear.weight is model.embedding.weight
        adam = torch.optim.Adam(model.parameters(), lr=lr)
        state = torch.zeros(1, B, H, dtype=dtype)
        losses, gradients = [], None
        for x, y in zip(tokens, targets):
            adam.zero_grad()
            _, _, logits, state = model(x, state)
            state = state.detach()
            loss = loss_of(logits, y)
            loss.backward()
            gradients = gradients or {n: p.grad.clone() for n, p in model.named_parameters()}
            adam.step()
            losses.append(loss.detach())
        return torch.stack(losses).float(), {n: g.float() for n, g in gradients.items()}

    losses, gradients = run(torch.float64)
    torch.testing.assert_close(run(torch.float32)[0], losses)
    # As PyTorch saves it, but for the second name of the shared weight.
    del initial["linear.weight"]
    save(
        "tied.safetensors",
        prefixed("param", initial.items())
        | {"input.tokens": tokens, "input.targets": targets, "losses": losses}
        | prefixed("grad", gradients.items()),
        {"what": "10 Adam steps with linear.weight = embedding.weight, state carried", "lr": lr},
    )


def layers():
    """Two recurrent layers: a pass from a given state, then Adam steps from a state of zeros."""
    torch.manual_seed(11)
    lr, steps, count = 1e-2, 100, 2
    initial = LanguageModel(layers=count).state_dict()
    tokens, targets = streams(steps)
    h0 = torch.randn(count, B, H).mul(0.5)

    def run(dtype):
        model = LanguageModel(layers=count)
        model.load_state_dict(initial)
        model.to(dtype)
        _, output, logits, hn = model(tokens[0], h0.to(dtype))
        loss_of(logits, targets[0]).backward()
        found = {"output.rnn": output, "output.hn": hn}
        found |= prefixed("grad", ((n, p.grad) for n, p in model.named_parameters()))
        adam = torch.optim.Adam(model.parameters(), lr=lr)
        state = torch.zeros(count, B, H, dtype=dtype)
        losses = []
        for x, y in zip(tokens, targets):
            adam.zero_grad()
            _, _, logits, state = model(x, state)
            state = state.detach()
            loss = loss_of(logits, y)
            loss.backward()
            adam.step()
            losses.append(loss.detach())
        found["losses"] = torch.stack(losses)
        return {name: tensor.detach().float() for name, tensor in found.items()}

    expected = run(torch.float64)
    for name, single in run(torch.float32).items():
        tolerances = {"rtol": 1e-4, "atol": 1e-6} if name == "losses" else {}
        torch.testing.assert_close(single, expected[name], **tolerances)
    save(
        "layers.safetensors",
        prefixed("param", initial.items())
        | {"input.tokens": tokens, "input.targets": targets, "input.h0": h0}
        | expected,
        {"what": "two tanh layers: the first batch from h0, then 100 Adam steps", "lr": lr},
    )


# --- Single operations ---------------------------------------------------------------------------
# Inputs are float32. What is expected of them is computed in float64 and then rounded to float32,
# so that a difference found is ours; PyTorch's own float32 result must agree with it first.


def cross_entropy_case(tensors, inputs, reduction, smoothing, ignore_index=-100):
    """Loss and gradient for the tensors named by inputs, in float64 and checked in float32."""

    def run(dtype):
        def of(role):
            tensor = tensors[inputs[role]] if role in inputs else None
            return tensor.to(dtype) if tensor is not None and tensor.is_floating_point() else tensor

        logits = of("logits").clone().requires_grad_()
        loss = F.cross_entropy(
            logits,
            of("targets"),
            weight=of("weights"),
            ignore_index=ignore_index,
            reduction=reduction,
            label_smoothing=smoothing,
        )
        loss.backward(of("upstream"))
        return loss.detach().float(), logits.grad.float()

    loss, gradient = run(torch.float64)
    for actual, expected in zip(run(torch.float32), (loss, gradient)):
        torch.testing.assert_close(actual, expected)
    return loss, gradient


def cross_entropy():
    torch.manual_seed(3)
    rows = 7
    tensors, cases = {}, {}

    def add(name, inputs, reduction, smoothing, ignore_index=-100):
        loss, gradient = cross_entropy_case(tensors, inputs, reduction, smoothing, ignore_index)
        tensors[f"{name}.loss"] = loss
        tensors[f"{name}.gradient"] = gradient
        cases[f"case.{name}"] = inputs | {
            "reduction": reduction,
            "label_smoothing": smoothing,
            "ignore_index": ignore_index,
            "loss": f"{name}.loss",
            "gradient": f"{name}.gradient",
        }

    def inputs_of(group, targets, weights, reduction):
        names = {"logits": f"{group}.logits", "targets": f"{group}.{targets}"}
        if weights:
            names["weights"] = f"{group}.weights"
        if reduction == "none":
            names["upstream"] = f"{group}.upstream"
        return names

    for classes in (1, 31, 33, 127):
        group = f"V{classes}"
        tensors[f"{group}.logits"] = 3 * torch.randn(rows, classes)
        tensors[f"{group}.weights"] = 0.25 + 2 * torch.rand(classes)
        tensors[f"{group}.upstream"] = torch.randn(rows)
        tensors[f"{group}.soft"] = torch.softmax(2 * torch.randn(rows, classes), dim=1)
        targets = torch.randint(classes, (rows,))
        tensors[f"{group}.hard"] = targets
        tensors[f"{group}.holes"] = targets.clone().index_fill_(0, torch.tensor([0, 3]), -100)
        options = list(itertools.product(("none", "sum", "mean"), (0.0, 0.1), (False, True)))
        for kind in ("hard", "holes", "soft"):
            for reduction, smoothing, weights in options:
                name = f"{group}.{kind}.{reduction}.s{smoothing:g}{'.weights' * weights}"
                add(name, inputs_of(group, kind, weights, reduction), reduction, smoothing)
    # An ignore index that is a class of the vocabulary, and much smoothing.
    tensors["V31.ignored"] = tensors["V31.hard"].clone().index_fill_(0, torch.tensor([1, 2, 6]), 4)
    options = itertools.product(("none", "sum", "mean"), (0.0, 0.1, 0.9), (False, True))
    for reduction, smoothing, weights in options:
        add(
            f"V31.ignored.{reduction}.s{smoothing:g}{'.weights' * weights}",
            inputs_of("V31", "ignored", weights, reduction),
            reduction,
            smoothing,
            ignore_index=4,
        )

    def hard_case(group, logits, targets):
        tensors[f"{group}.logits"] = logits
        tensors[f"{group}.targets"] = targets
        tensors[f"{group}.upstream"] = torch.randn(len(targets))
        for reduction in ("none", "mean"):
            add(
                f"{group}.{reduction}",
                inputs_of(group, "targets", False, reduction),
                reduction,
                0.0,
            )

    # Two equal logits: the loss is log 2 whatever they are. 2^24 + 2 is the next float.
    far = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]]) + 2.0**24
    hard_case("offset", torch.cat([far, -far]), torch.tensor([0, 1, 0, 1, 0, 1, 1, 0]))
    masked = 3 * torch.randn(rows, 33)
    masked_targets = torch.randint(33, (rows,))
    mask = torch.rand(rows, 33) < 0.5
    mask[-1] = True  # Only the target is left.
    mask[torch.arange(rows), masked_targets] = False
    hard_case("masked", masked.masked_fill(mask, -math.inf), masked_targets)
    # The gradient at the target is p - 1, down to -1e-10: nothing is left of it in float32.
    certain = torch.randn(rows, 31)
    certain_targets = torch.randint(31, (rows,))
    certain[torch.arange(rows), certain_targets] = torch.linspace(4, 28, rows)
    hard_case("certain", certain, certain_targets)
    # Classes of weight 0: what has them as target costs nothing, and counts nothing in the mean.
    tensors["V5.logits"] = 3 * torch.randn(rows, 5)
    tensors["V5.weights"] = torch.tensor([0.0, 2.0, 0.0, 0.5, 1.0])
    tensors["V5.upstream"] = torch.randn(rows)
    tensors["V5.hard"] = torch.tensor([0, 1, 2, 3, 4, 0, 1])
    tensors["V5.soft"] = torch.softmax(2 * torch.randn(rows, 5), dim=1)
    options = itertools.product(("hard", "soft"), ("none", "sum", "mean"), (0.0, 0.1))
    for kind, reduction, smoothing in options:
        name = f"V5.{kind}.{reduction}.s{smoothing:g}.weights"
        add(name, inputs_of("V5", kind, True, reduction), reduction, smoothing)
    save(
        "cross_entropy.safetensors",
        tensors,
        {"what": "torch.nn.functional.cross_entropy, a case a key; values are names of tensors"}
        | cases,
    )


def divergence(kind, beta, log_q, log_p):
    """kl_div of each row: between teacher's p and student's q, or between each and their mixture."""

    def kl(log_of, log_from):
        return F.kl_div(log_from, log_of, reduction="none", log_target=True).sum(1)

    if kind == "kl":
        return kl(log_p, log_q)
    if kind == "reverse_kl":
        return kl(log_q, log_p)
    log_m = torch.logaddexp(log_p + math.log(beta), log_q + math.log1p(-beta))
    return beta * kl(log_p, log_m) + (1 - beta) * kl(log_q, log_m)


def distillation():
    """kl_div with a temperature, mixed with cross_entropy where the weight is not 1."""
    torch.manual_seed(5)
    rows, ignore_index = 7, -100
    tensors, cases = {}, {}
    kinds = [("kl", 0.5), ("reverse_kl", 0.5), ("jensen_shannon", 0.5), ("jensen_shannon", 0.1)]

    def add(group, kind, beta, temperature, weight, reduction):
        targets = tensors[f"{group}.targets"]
        counts = targets != ignore_index if weight != 1 else torch.ones(rows, dtype=torch.bool)

        def run(dtype):
            logits = tensors[f"{group}.logits"].to(dtype, copy=True).requires_grad_()
            log_p = F.log_softmax(tensors[f"{group}.teacher"].to(dtype) / temperature, dim=1)
            log_q = F.log_softmax(logits / temperature, dim=1)
            soft = temperature**2 * divergence(kind, beta, log_q, log_p)
            hard = F.cross_entropy(logits, targets, reduction="none", ignore_index=ignore_index)
            loss = torch.where(counts, weight * soft + (1 - weight) * hard, 0)
            if reduction == "mean":
                loss = loss.sum() / counts.sum()
                if kind == "kl" and weight == 1:
                    mean = F.kl_div(log_q, log_p, reduction="batchmean", log_target=True)
                    torch.testing.assert_close(loss, temperature**2 * mean)
                loss.backward()
            else:
                loss.backward(tensors[f"{group}.upstream"].to(dtype))
            return loss.detach().float(), logits.grad.float()

        loss, gradient = run(torch.float64)
        for actual, expected in zip(run(torch.float32), (loss, gradient)):
            torch.testing.assert_close(actual, expected)
        name = f"{group}.{kind}{f'.b{beta:g}' * (kind == 'jensen_shannon')}.T{temperature:g}"
        name += f".w{weight:g}.{reduction}"
        tensors[f"{name}.loss"] = loss
        tensors[f"{name}.gradient"] = gradient
        cases[f"case.{name}"] = {
            "group": group,
            "kind": kind,
            "beta": beta,
            "temperature": temperature,
            "weight": weight,
            "ignore_index": ignore_index,
            "reduction": reduction,
        }

    for classes in (1, 5, 33):
        group = f"V{classes}"
        tensors[f"{group}.logits"] = 3 * torch.randn(rows, classes)
        tensors[f"{group}.teacher"] = 3 * torch.randn(rows, classes)
        targets = torch.randint(classes, (rows,))
        tensors[f"{group}.targets"] = targets.index_fill_(0, torch.tensor([1, 4]), ignore_index)
        tensors[f"{group}.upstream"] = torch.randn(rows)
        options = itertools.product(kinds, (1.0, 2.5), (1.0, 0.75), ("none", "mean"))
        for (kind, beta), temperature, weight, reduction in options:
            add(group, kind, beta, temperature, weight, reduction)
    save(
        "distillation.safetensors",
        tensors,
        {"what": "torch.nn.functional.kl_div with a temperature, mixed with cross_entropy"} | cases,
    )


def adaptive_softmax():
    """torch.nn.AdaptiveLogSoftmaxWithLoss: loss, log_prob, predict and every gradient."""
    torch.manual_seed(6)
    rows = 9
    tensors, cases = {}, {}
    settings = {
        "one_tail": (8, 13, [5], 2.0, False),
        "head_bias": (8, 13, [5], 2.0, True),
        "two_tails": (17, 31, [4, 12], 4.0, False),
        "three_tails": (12, 31, [1, 9, 30], 2.0, True),
        "no_division": (6, 11, [2, 6], 1.0, True),
        "uneven_division": (11, 20, [6, 12], 1.5, False),
    }
    for name, (width, classes, cutoffs, div_value, head_bias) in settings.items():
        module = nn.AdaptiveLogSoftmaxWithLoss(width, classes, cutoffs, div_value, head_bias)
        # Larger than at the start of training, so that the most probable class is anywhere.
        weights = {key: 3 * value for key, value in module.state_dict().items()}
        hidden = torch.randn(rows, width)
        # The first and the last class of every part.
        edges = [0, classes - 1] + [c + side for c in cutoffs for side in (-1, 0)]
        targets = torch.cat([torch.tensor(edges), torch.randint(classes, (rows,))])[:rows]

        def run(dtype):
            module.load_state_dict(weights)
            module.to(dtype).zero_grad()
            h = hidden.to(dtype, copy=True).requires_grad_()
            output, loss = module(h, targets)
            loss.backward()
            gradients = {key: p.grad.float() for key, p in module.named_parameters()}
            return {
                "output": output.detach().float(),
                "loss": loss.detach().float(),
                "log_prob": module.log_prob(h).detach().float(),
                "predicted": module.predict(h),
                "grad.hidden": h.grad.float(),
            } | {f"grad.{key}": gradient for key, gradient in gradients.items()}

        # In float64 first: what it is loaded into rounds nothing.
        module.to(torch.float64)
        expected = run(torch.float64)
        torch.testing.assert_close(run(torch.float32), expected)
        inputs = {"hidden": hidden, "targets": targets} | {
            f"weight.{key}": value for key, value in weights.items()
        }
        tensors |= {f"{name}.{key}": value for key, value in (inputs | expected).items()}
        cases[f"case.{name}"] = {
            "classes": classes,
            "cutoffs": cutoffs,
            "div_value": div_value,
            "weights": list(weights),
        }
    save(
        "adaptive_softmax.safetensors",
        tensors,
        {"what": "torch.nn.AdaptiveLogSoftmaxWithLoss, gradients of the mean loss"} | cases,
    )


def adam():
    """The optimiser alone, on given gradients."""
    torch.manual_seed(4)
    steps, size = 10, 33
    settings = {
        "default": (1.0, 1.0, {}),
        "fast": (1.0, 1.0, {"lr": 0.1, "betas": (0.8, 0.99)}),
        "eps": (1.0, 1e-3, {"lr": 0.01, "eps": 1e-3}),
        "no_momentum": (1.0, 1.0, {"betas": (0.0, 0.9)}),
        "decay": (1.0, 0.1, {"lr": 0.01, "weight_decay": 0.1}),
        "tiny_lr": (1e-7, 1.0, {"lr": 1e-10}),
        "tiny_gradients": (1e-2, 1e-12, {"lr": 1e-2}),
        "huge_gradients": (1.0, 1e12, {"lr": 1e-2}),
    }
    tensors, cases = {}, {}
    for name, (parameter_scale, gradient_scale, options) in settings.items():
        start = parameter_scale * torch.randn(size)
        gradients = gradient_scale * torch.randn(steps, size)
        gradients[:, 0] = 0  # Never touched: must stay as it is, but for decay.
        gradients[5:, 1] = 0  # Touched, then moved by momentum alone.

        def run(dtype):
            parameter = start.to(dtype, copy=True).requires_grad_()
            optimiser = torch.optim.Adam([parameter], **options)
            history = []
            for gradient in gradients:
                parameter.grad = gradient.to(dtype)
                optimiser.step()
                state = optimiser.state[parameter]
                moments = state["exp_avg"].clone(), state["exp_avg_sq"].clone()
                history.append((parameter.detach().clone(), *moments))
            return [torch.stack(column).float() for column in zip(*history)], optimiser.defaults

        expected, defaults = run(torch.float64)
        scales = parameter_scale, gradient_scale, gradient_scale**2
        for single, double, scale in zip(run(torch.float32)[0], expected, scales):
            torch.testing.assert_close(single / scale, double / scale)
        tensors[f"{name}.start"] = start
        tensors[f"{name}.gradients"] = gradients
        for key, tensor in zip(("parameters", "exp_avg", "exp_avg_sq"), expected):
            tensors[f"{name}.{key}"] = tensor
        cases[f"case.{name}"] = {
            "lr": defaults["lr"],
            "beta1": defaults["betas"][0],
            "beta2": defaults["betas"][1],
            "eps": defaults["eps"],
            "weight_decay": defaults["weight_decay"],
            "parameter_scale": parameter_scale,
            "gradient_scale": gradient_scale,
        }
    save("adam.safetensors", tensors, {"what": "torch.optim.Adam after each of 10 steps"} | cases)


# --- The file format -----------------------------------------------------------------------------


def tensor_types():
    """Every type the library reads; for the short floats also the float32 they stand for."""
    limits = {t: torch.finfo(t) for t in (torch.float32, torch.float16, torch.bfloat16)}

    def edges(dtype):
        info = limits[dtype]
        values = [0.0, -0.0, 1.0, -1.0, 1 / 3, math.pi, info.max, info.min, info.tiny]
        values += [info.smallest_normal / 4, math.inf, -math.inf, math.nan]
        return torch.tensor(values, dtype=torch.float64).to(dtype)

    # Halfway cases go to the even neighbour, and what is too large to infinity.
    rounding = torch.tensor(
        [1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-8, 1 + 3 * 2**-8, 65519.0, 65520.0, -65520.0, 3.4e38]
        + [2**-24, 2**-25, 3 * 2**-25, 2**-133, 2**-134, 1e-3, -0.1],
        dtype=torch.float32,
    )
    save(
        "tensor_types.safetensors",
        {
            "f32": edges(torch.float32),
            "f16": edges(torch.float16),
            "f16.as_f32": edges(torch.float16).float(),
            "bf16": edges(torch.bfloat16),
            "bf16.as_f32": edges(torch.bfloat16).float(),
            "i32": torch.tensor([[0, 1, -1], [2**31 - 1, -(2**31), 42]], dtype=torch.int32),
            "i64": torch.tensor([[0, 1], [-1, 2**63 - 1], [-(2**63), 2**32]]),
            "scalar": torch.tensor(2.5),
            "empty": torch.zeros(0, 3),
            "rounding.f32": rounding,
            "rounding.f16": rounding.to(torch.float16),
            "rounding.bf16": rounding.to(torch.bfloat16),
        },
        {"what": "every type, with its edges"},
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    reference()
    adam100()
    tied()
    layers()
    cross_entropy()
    distillation()
    adaptive_softmax()
    adam()
    tensor_types()
