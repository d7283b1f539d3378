"""Reads a text by characters, and evaluates a model over it as one stream."""

import pathlib

import torch
from torch.nn import functional as F

WINDOW = 1024


def read(path):
    """The text as it is: no change of line ends, a byte order mark dropped."""
    return pathlib.Path(path).read_bytes().decode("utf-8-sig")


def encode(text, ids):
    """Token ids; one that the vocabulary lacks is <unk>, or an error if there is none."""
    unknown = ids.get("<unk>")
    tokens = [ids.get(character, unknown) for character in text]
    if None in tokens:
        raise SystemExit(f"{text[tokens.index(None)]!r} is not in the vocabulary")
    return torch.tensor(tokens)


@torch.no_grad()
def evaluate(model, tokens):
    """Mean surprisal in nats of every token but the first, the state carried from zero."""
    state = torch.zeros(1, 1, model.rnn.hidden_size)
    inputs, targets = tokens[:-1], tokens[1:]
    total = 0.0
    for start in range(0, len(inputs), WINDOW):
        logits, state = model(inputs[None, start : start + WINDOW], state)
        losses = F.cross_entropy(logits, targets[start : start + WINDOW], reduction="none")
        total += losses.double().sum().item()
    return total / len(inputs)
