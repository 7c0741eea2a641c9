"""Inputs that excite every channel of a model: some of the samples, drawn ones of their range and of both signs, and zero.

Samples alone can be black, or leave channels silent; drawn inputs alone can be nothing that a model takes.
"""

from math import prod

import torch

SEED = 20_210
_SMALL = 1 << 11
"""Numbers of an input from which half as many are enough: a map then has many places, each an input of its own."""
_OVER = 4.0
"""One input reaches this far beyond the range of the samples, so that a limit that was lost shows."""


def probes(samples: torch.Tensor, *, signed: bool = True) -> tuple[torch.Tensor, ...]:
    """Batches of inputs `(n, ...)` float32 to compare on, the best first, for models that fail on some.

    The first has 4 samples (2 of large ones) spread over all of them, zero, and 8 (4) drawn ones: uniform over the range
    of the samples, with `signed` half of them over its mirror image too and one beyond it. The second draws from the values
    that the samples have, as a model of indices needs; the last has samples only. Samples of one value, such as zeros for a
    shape, have the range 0 to 1.
    """
    count = 4 if prod(samples.shape[1:]) <= _SMALL else 2
    given = (
        samples[torch.linspace(0, len(samples) - 1, min(count, len(samples))).long()].detach().to("cpu", torch.float32)
    )
    draw = torch.Generator().manual_seed(SEED)
    low, high = float(samples.min()), float(samples.max())
    low, high = (0.0, 1.0) if low == high else (low, high)
    uniform = torch.rand(2 * count, *samples.shape[1:], generator=draw)
    inside = low + (high - low) * uniform
    if signed:
        top = max(abs(low), abs(high))
        inside[count:] = top * (2 * uniform[count:] - 1)
        inside[-1] *= _OVER
    zero = torch.zeros(1, *samples.shape[1:])
    seen = given.flatten()[torch.randint(given.numel(), (2 * count, *samples.shape[1:]), generator=draw)]
    return torch.cat([given, zero, inside]), torch.cat([given, seen]), given
