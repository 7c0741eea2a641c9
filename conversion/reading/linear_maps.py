"""The matrices of an affine step. Where it is a matrix for each axis, as most are, pixels along one axis show it:

    y = channels (x) rows (x) columns of x:      f(e_c v w) is the column c of `channels`, but for a factor

Other maps are one matrix over all numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np
import torch
from torch import Tensor

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.affine_steps import EQUAL, AffineStep
from spikewright.conversion.reading.shapes import Floats, grid
from spikewright.conversion.reading.terms import LARGEST
from spikewright.snn.synapses import Shape

AT_ONCE = 1 << 22
"""Numbers that are worked out at once."""
Triple = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class AxisMatrices:
    """One matrix for each axis, (outputs, inputs) each, of maps `(C, H, W)`; a sequence has one row."""

    channels: Floats
    rows: Floats
    columns: Floats


def matrices_of(step: AffineStep) -> AxisMatrices | None:
    """The map as a matrix for each axis; None where it is none."""
    if len(step.source) not in (2, 3):
        return None
    return next((found for shape in _as_maps(step.shape) if (found := _factors(step, shape)) is not None), None)


def matrix_of(step: AffineStep) -> Floats:
    """W `(outputs, inputs)` over all numbers. Raises Refusal where it were too large."""
    inputs, outputs = prod(step.source), prod(step.shape)
    if inputs * outputs > LARGEST:
        raise Refusal(
            f"a linear map of {inputs:,} numbers to {outputs:,}, no matrix along axes: {inputs * outputs * 8 / 1e9:,.1f} GB",
            "a map along rows, columns or channels, or fewer numbers in front of it",
        )
    if outputs < inputs:
        rows: Floats = torch.cat([_rows(step, one) for one in _units(outputs, inputs + outputs)]).numpy()
        return rows
    images = (one.reshape(-1, *step.source) for one in _units(inputs, inputs + outputs))
    matrix: Floats = torch.cat([step.linear(one).reshape(-1, outputs) for one in images]).T.contiguous().numpy()
    return matrix


def _rows(step: AffineStep, wanted: Tensor) -> Tensor:
    """Rows of W, `wanted (n, outputs)` times it, as derivatives."""
    x = torch.zeros(len(wanted), *step.source, dtype=torch.float64, requires_grad=True)
    y = step.apply(x)
    (found,) = torch.autograd.grad(y, x, wanted.reshape(y.shape))
    return found.reshape(len(wanted), -1)


def _as_maps(shape: Shape) -> Iterator[Triple]:
    """The ways in which a shape is one of a map: as it is, or with axes of one number put in."""
    for places in combinations(range(3), len(shape)) if len(shape) < 3 else [(0, 1, 2)] if len(shape) == 3 else []:
        whole = [1, 1, 1]
        for place, size in zip(places, shape, strict=True):
            whole[place] = size
        yield whole[0], whole[1], whole[2]


def _factors(step: AffineStep, shape: Triple) -> AxisMatrices | None:
    """The matrices if the outputs are seen as a map of `shape`."""
    sizes, generator = grid(step.source), torch.Generator().manual_seed(1)
    sides = [torch.rand(size, generator=generator, dtype=torch.float64) + 0.5 for size in sizes]

    def along(axis: int | None, probes: Tensor) -> Tensor:
        """What outer products of the sides become, with `probes (n, size)` in place of that of one axis."""
        one = [probes if place == axis else side[None] for place, side in enumerate(sides)]
        x = one[0][:, :, None, None] * one[1][:, None, :, None] * one[2][:, None, None, :]
        return step.linear(x.reshape(-1, *step.source)).reshape(-1, *shape)

    whole = along(None, sides[0][None])[0]
    top = np.unravel_index(int(whole.abs().argmax()), shape)
    height = float(whole[top])
    if height == 0.0:
        return None
    found: list[Floats] = []
    for axis, size in enumerate(sizes):
        line = tuple(slice(None) if place in (0, axis + 1) else int(top[place - 1]) for place in range(4))
        parts = [along(axis, one)[line] for one in _units(size, prod(sizes) + prod(shape))]
        found.append(torch.cat(parts).T.numpy())
    made = _tidied(found, height**-2.0)
    return made if _same(step, made, shape) else None


def _tidied(found: list[Floats], factor: float) -> AxisMatrices:
    """Matrices whose largest entries are one; the factor goes into the last of them that changes anything."""
    tops = [float(one.flat[np.abs(one).argmax()]) for one in found]
    parts = [one / top for one, top in zip(found, tops, strict=True)]
    total = factor * prod(tops)
    mixing = [place for place, one in enumerate(parts) if not is_identity(one)]
    place = mixing[-1] if mixing else 2
    parts[place] = parts[place] * total
    return AxisMatrices(*parts)


def is_identity(matrix: Floats) -> bool:
    """Whether a matrix changes nothing."""
    rows, columns = matrix.shape
    return rows == columns and bool(np.abs(matrix - np.eye(rows)).max() <= EQUAL)


def _same(step: AffineStep, made: AxisMatrices, shape: Triple) -> bool:
    x = torch.randn(1, *grid(step.source), generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    wanted = step.linear(x.reshape(1, *step.source)).reshape(1, *shape)
    a, r, c = (torch.tensor(one) for one in (made.channels, made.rows, made.columns))
    y = torch.einsum("yi,naij,xj->nayx", r, torch.einsum("ac,ncij->naij", a, x), c)
    return bool((y - wanted).abs().max() <= EQUAL * wanted.abs().max())


def _units(size: int, each: int) -> Iterator[Tensor]:
    """The unit vectors of so many numbers, as many at once as give not too many numbers, `each` for one."""
    step = max(1, AT_ONCE // each)
    for start in range(0, size, step):
        count = min(step, size - start)
        one = torch.zeros(count, size, dtype=torch.float64)
        one[torch.arange(count), start + torch.arange(count)] = 1.0
        yield one
