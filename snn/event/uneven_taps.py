"""The taps of a map that is one matrix for the rows and one for the columns: each source has a window of targets of its own.

    rows of a bilinear enlarging, 3 inputs to 6:      .   input 0: targets 0 to 2,  1  3/4  1/4
     1  3/4 1/4  .   .   .                                input 1: targets 1 to 4,  1/4 3/4  3/4  1/4
     .  1/4 3/4 3/4 1/4  .    (inputs downwards)          input 2: targets 3 to 5
     .   .   .  1/4 3/4  1

The base of a source is the first target of its window. Sources whose windows hold the same weights share a slab of each channel.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.taps import Ints, Tap, Taps, Values
from spikewright.snn.synapses import Matrix, Pair


class Windows1d(NamedTuple):
    """Along one axis: `first (inputs,)` target of each input, and which row of `weights (kinds, places)` it has."""

    first: Ints
    kind: Ints
    weights: NDArray[Any]


NOWHERE = Windows1d(*[np.zeros(0, np.int64)] * 3)


@dataclass(frozen=True, eq=False)
class SeparableTaps(Taps):
    """Taps whose bases are not evenly apart: they are looked up, along `down` and `across`."""

    down: Windows1d = NOWHERE
    across: Windows1d = NOWHERE

    def place(self, rows: Ints, columns: Ints) -> tuple[Ints, Ints, Ints]:
        """Base row and base column of each source position; there is one phase."""
        return self.down.first[rows], self.across.first[columns], np.zeros_like(rows)

    def slabs(self, channel: Ints, rows: Ints, columns: Ints) -> Ints:
        """The number of the slab of each source neuron."""
        kind = self.down.kind[rows] * len(self.across.weights) + self.across.kind[columns]
        return kind * self.channel_base.size + channel


def separable_taps(shape: tuple[int, ...], matrices: tuple[Matrix, Matrix], gain: Values) -> Taps:
    """Taps over an input grid `shape`. `matrices`: (outputs, inputs) for rows and columns; `gain (channels,)` as weights are."""
    down, across = map(_windows, matrices)
    wide: Any = gain.astype(np.result_type(gain, matrices[0], matrices[1]))
    every = np.einsum("ay,bx,c->abcyx", down.weights, across.weights, wide).astype(gain.dtype)
    places = [(y, x) for y in range(every.shape[3]) for x in range(every.shape[4])]
    slabs = every.reshape(-1, len(places))
    target: Pair = (len(matrices[0]), len(matrices[1]))
    return SeparableTaps(
        taps=tuple(Tap(0, y, x, number) for number, (y, x) in enumerate(places)),
        weights=slabs.reshape(-1),
        length=1,
        channel_base=np.arange(shape[0]),
        stride=(1, 1),
        padding=(0, 0),
        slab=len(places),
        survivors=(slabs != 0).T.astype(np.int64),
        sites=(1, 1),
        target=target,
        down=down,
        across=across,
    )


def _windows(matrix: Matrix) -> Windows1d:
    """The targets of each input, from its first to its last; those of nothing have a window of zeros."""
    alive = matrix != 0
    first = np.where(alive.any(axis=0), alive.argmax(axis=0), 0)
    last = np.where(alive.any(axis=0), len(matrix) - 1 - alive[::-1].argmax(axis=0), 0)
    places = first[:, None] + np.arange(int((last - first).max()) + 1)
    inside = places < len(matrix)
    taken = np.where(inside, matrix[np.where(inside, places, 0), np.arange(matrix.shape[1])[:, None]], 0)
    weights, kind = np.unique(taken, axis=0, return_inverse=True)
    return Windows1d(first.astype(np.int64), kind.reshape(-1).astype(np.int64), weights)
