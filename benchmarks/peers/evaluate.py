"""Evaluates a model that Surprisal trained on characters, and prints a JSON object.

MODEL is the folder of a run. The loss is the mean surprisal in nats over the text as one stream.
"""

import argparse
import json
import math
import pathlib
import struct

import torch

import text_stream
from model import LanguageModel


def read_safetensors(path):
    """Float32 tensors by name: header length (u64, little-endian), JSON header, data."""
    raw = bytearray(path.read_bytes())
    (length,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise SystemExit(f"{path}: expected F32 for {name}, found {entry['dtype']}")
        first = 8 + length + entry["data_offsets"][0]
        count = math.prod(entry["shape"])
        flat = torch.frombuffer(raw, dtype=torch.float32, count=count, offset=first)
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def load(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("level", "char") != "char":
        raise SystemExit(f"{folder}: expected a model of characters, found {config['level']}")
    ids = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    model = LanguageModel(len(ids), config["embed"], config["hidden"])
    model.load_state_dict(read_safetensors(folder / "model.safetensors"))
    return model, ids


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path, help="the folder of a run")
    parser.add_argument("text", type=pathlib.Path, help="a UTF-8 file")
    arguments = parser.parse_args()
    model, ids = load(arguments.model)
    tokens = text_stream.encode(text_stream.read(arguments.text), ids)
    loss = text_stream.evaluate(model, tokens)
    print(json.dumps({"loss": loss, "perplexity": math.exp(loss), "tokens": len(tokens) - 1}))


if __name__ == "__main__":
    main()
