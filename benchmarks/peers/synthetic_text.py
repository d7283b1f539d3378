"""A made-up text, token for token the one of SyntheticText.java: token k has a probability of about 1/k."""

import torch

WINDOWS = 64
FACTOR = 1_664_525
INCREMENT = 1_013_904_223
MASK = 0xFFFF_FFFF


def states(count):
    """The first states of the generator, which starts from 1; doubled until there are enough."""
    factor, increment = FACTOR, INCREMENT
    known = torch.tensor([FACTOR + INCREMENT & MASK])
    while len(known) < count:
        # What overflows lies above the bits that are kept.
        known = torch.cat([known, (known * factor + increment) & MASK])
        factor, increment = factor * factor & MASK, (factor + 1) * increment & MASK
    return known[:count]


def tokens(vocabulary, count):
    """The first tokens of the text of a vocabulary."""
    exponents = states(count).double() / 2**32
    return torch.pow(torch.tensor(vocabulary + 1.0).double(), exponents).long() - 1


def windows(vocabulary, rows):
    """Inputs and targets, each [64, rows]: a target is the token behind its input."""
    text = tokens(vocabulary, WINDOWS * rows + 1)
    return text[:-1].view(WINDOWS, rows), text[1:].view(WINDOWS, rows)
