"""Trains the reference model on characters in PyTorch, and prints a JSON object an epoch.

Takes the options of surprisal train that shape the work, and does the same work: contiguous
streams with the state carried within an epoch, Adam, and after each epoch the loss of the held-out
text as one stream. The seed draws other random numbers than Surprisal's.
"""

import argparse
import json
import math
import pathlib
import time
from fractions import Fraction

import torch
from torch.nn import functional as F

import text_stream
from model import LanguageModel


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=pathlib.Path, required=True, help="a UTF-8 file")
    parser.add_argument("--split", default="0.9,0.1,0", help="training, validation and test")
    parser.add_argument("--embed", type=int, default=64)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--clip", type=float, default=0, help="global norm; 0 for none")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def split(tokens, fractions):
    """The training and the validation part."""
    train, valid = [Fraction(part) for part in fractions.split(",")][:2]
    end = math.floor(train * len(tokens))
    return tokens[:end], tokens[end : math.floor((train + valid) * len(tokens))]


def windows(tokens, batch, window):
    """Inputs and targets [B, T] in order; what does not fill a window is left out."""
    length = (len(tokens) - 1) // batch
    inputs = tokens[: batch * length].view(batch, length)
    targets = tokens[1 : batch * length + 1].view(batch, length)
    for start in range(0, length - window + 1, window):
        yield inputs[:, start : start + window], targets[:, start : start + window]


def train_epoch(model, adam, tokens, arguments):
    """One pass over the text: the mean of the steps' losses, and the number of tokens read."""
    state = torch.zeros(1, arguments.batch, arguments.hidden)
    losses = []
    for inputs, targets in windows(tokens, arguments.batch, arguments.window):
        logits, state = model(inputs, state)
        state = state.detach()
        loss = F.cross_entropy(logits, targets.flatten())
        adam.zero_grad()
        loss.backward()
        if arguments.clip > 0:
            torch.nn.utils.clip_grad_norm_(model.parameters(), arguments.clip)
        adam.step()
        losses.append(loss.item())
    return sum(losses) / len(losses), len(losses) * arguments.batch * arguments.window


def main():
    arguments = parse()
    torch.manual_seed(arguments.seed)
    text = text_stream.read(arguments.text)
    ids = {character: index for index, character in enumerate(sorted(set(text)))}
    train, valid = split(text_stream.encode(text, ids), arguments.split)
    model = LanguageModel(len(ids), arguments.embed, arguments.hidden)
    adam = torch.optim.Adam(model.parameters(), lr=arguments.lr)
    for epoch in range(1, arguments.epochs + 1):
        start = time.perf_counter()
        train_loss, count = train_epoch(model, adam, train, arguments)
        trained = time.perf_counter()
        result = {
            "epoch": epoch,
            "train_loss": train_loss,
            "valid_loss": text_stream.evaluate(model, valid),
            "tokens_per_second": round(count / (trained - start)),
            "seconds": round(time.perf_counter() - start, 3),
        }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
