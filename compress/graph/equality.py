"""One check for every rewrite: it computes what it came from, on inputs that excite every channel, in float64.

    error = max |found - truth| / max(max |truth|, 0.01 largest)        for each input, `largest` over all inputs

Zero is among the inputs, and each input counts at its own size: what only biases do is seen. A staircase (QuantizedReLU) may take
the neighbouring step for a sum that rounding moved; so what enters it is compared, and both go on with one result.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from typing import Any

import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.copies import passing_copy
from spikewright.compress.graph.probing import probes
from spikewright.compress.graph.recording import Agree, Recording, Wanted, blamed, is_staircase, record, replayed

TOLERANCE = 1e-4
"""Rewrites store float32: 6e-8 for each weight, below 1e-5 at the end of a hundred layers; a wrong one is off by more than
1e-3. Where a model itself cancels large numbers, what float32 does to it is measured, and `_OWN` times as much allowed. Inputs
that float32 alone moves by more than `_MOST`, as deep products of activations do far from what the model was made for, tell
nothing and are left out."""
TOLERANCE_FLOAT32 = 1e-3
"""For models that cannot be run in float64: the order of sums differs, and both sides round."""
_DTYPES = (torch.float64, torch.float32)
_OWN, _MOST = 8.0, 0.02
_FLOOR = 1e-2
_LARGE = 1 << 25
"""Weights from which copies in float64 are no longer made: a quarter of a gigabyte each."""


@dataclass(frozen=True)
class Difference:
    """`node`: the first step that differs; `error`: of the output; `dtype`: in which it was seen; `why`: if it did not run."""

    node: str
    error: float
    dtype: torch.dtype = torch.float64
    why: str = ""

    def __str__(self) -> str:
        if self.why:
            return f"{self.why} at {self.node}"
        wide = "" if self.dtype == torch.float64 else " (in float32, since it does not run in float64)"
        return f"other outputs than the model itself, by {self.error:.2g} of the largest{wide}, first at {self.node}"


@dataclass(frozen=True, eq=False)
class Truth:
    """What a model gives for `inputs (n, ...)` in `dtype`."""

    dtype: torch.dtype
    inputs: torch.Tensor
    record: Recording


def check_equal(original: nn.Module, rewritten: fx.GraphModule, samples: torch.Tensor, what: str, way: str) -> None:
    """Raise InvalidInput, with the first step that differs, unless `rewritten` computes what `original` computes.

    `samples (n, ...)` are inputs of the model (zeros where only the shape is known), see `probes` for what is run. `what`
    is the rewrite in words, `way` what to try instead. Neither module is changed. Evaluation mode is the caller's.
    """
    found = first_difference(original, rewritten, samples)
    if found is not None:
        raise InvalidInput(f"expected {what} to compute what the model computes, got {found}; try {way}")


def first_difference(
    original: nn.Module, rewritten: fx.GraphModule, samples: torch.Tensor, dtypes: tuple[torch.dtype, ...] = _DTYPES
) -> Difference | None:
    """Where `rewritten` first differs from `original`, or None. Raises InvalidInput for an original that does not run."""
    known = truth_of(original, samples, is_staircase, dtypes=dtypes)
    dtype, inputs, truth = known.dtype, known.inputs, known.record
    try:
        with _as(rewritten, dtype) as model:
            found = replayed(model, inputs, truth, agreement(dtype), is_staircase)
    except Exception as failure:  # a rewrite may raise whatever its layers raise
        if dtype == torch.float64:
            return first_difference(original, rewritten, samples, (torch.float32,))
        return Difference("its graph", float("inf"), dtype, f"a failure ({_first_line(failure)})")
    error = _worst(truth, found)
    if error <= tolerance(dtype) or _is_rounding(original, inputs, truth, found):
        return None
    with _as(original, dtype) as model:
        everything = record(model, inputs, _all)
    with _as(rewritten, dtype) as model:
        followed = replayed(model, inputs, everything, agreement(dtype), _all)
        return Difference(blamed(model, everything, followed, agreement(dtype)), error, dtype)


def relative_error(truth: torch.Tensor, found: torch.Tensor) -> float:
    """max |found - truth| of each sample over its largest |truth| (at least 0.01 of the largest of all); the worst one.

    Infinity for other shapes, and where one is NaN or infinite and the other is not.
    """
    if truth.shape != found.shape or not torch.equal(torch.isfinite(truth), torch.isfinite(found)):
        return inf
    return float(_errors(truth, found).detach().max()) if truth.numel() else 0.0


def _errors(truth: torch.Tensor, found: torch.Tensor) -> torch.Tensor:
    """The relative error of each sample, where both are finite."""
    rows = len(truth) if truth.ndim else 1
    one, other = (torch.where(torch.isfinite(truth), value, 0).double().reshape(rows, -1) for value in (truth, found))
    largest = float(one.abs().max()) or 1.0
    sizes = one.abs().amax(1).clamp(min=_FLOOR * largest)
    return (other - one).abs().amax(1) / sizes


def truth_of(
    original: nn.Module,
    samples: torch.Tensor,
    wanted: Wanted,
    *,
    signed: bool = True,
    dtypes: tuple[torch.dtype, ...] = _DTYPES,
) -> Truth:
    """What the model gives in float64 on the best inputs that it takes; in float32 where it takes none, or is too large.

    Raises InvalidInput when it runs on none.
    """
    large = sum(value.numel() for value in original.parameters()) > _LARGE
    last: Exception = InvalidInput("no samples")
    for dtype in (torch.float32,) if large else dtypes:
        with _as(original, dtype) as model:
            for batch in probes(samples, signed=signed):
                try:
                    return Truth(dtype, batch.to(dtype), record(model, batch.to(dtype), wanted))
                except Exception as error:  # inputs that were drawn may be none that it takes
                    last = error
    raise InvalidInput(
        f"expected a model that runs on its samples, got: {_first_line(last)}; try samples of the data that it was made for"
    ) from last


@contextmanager
def _as(model: Any, dtype: torch.dtype) -> Iterator[Any]:
    """A copy whose floating-point numbers are of `dtype`; the model itself where they are already."""
    held = (*model.parameters(), *model.buffers())
    if all(value.dtype == dtype for value in held if value.is_floating_point()):
        yield model
        return
    with passing_copy(model, lambda value: value.to(dtype, copy=True)) as copied:
        yield copied


def _is_rounding(original: nn.Module, inputs: torch.Tensor, truth: Recording, found: Recording) -> bool:
    """Whether float32 does as much to the model itself; never where staircases amplify it."""
    if inputs.dtype != torch.float64 or truth.steps:
        return False
    with _as(original, torch.float32) as model:
        own = record(model, inputs.float(), _none)
    if any(len(value) != len(inputs) for made in (truth, own, found) for value in made.outputs):
        return _worst(truth, found) <= min(_OWN * _worst(truth, own), _MOST)
    told = [_errors(*pair) <= _MOST for pair in zip(truth.outputs, own.outputs, strict=True)]
    steady = torch.stack(told).all(0)
    kept, rounded, changed = (Recording(tuple(value[steady] for value in one.outputs)) for one in (truth, own, found))
    allowed = min(max(_OWN * _worst(kept, rounded), TOLERANCE), _MOST)
    return bool(steady.any()) and _worst(kept, changed) <= allowed


def _worst(truth: Recording, found: Recording) -> float:
    if len(truth.outputs) != len(found.outputs):
        return inf
    return max(map(relative_error, truth.outputs, found.outputs), default=inf)


def tolerance(dtype: torch.dtype) -> float:
    """What the relative error may be."""
    return TOLERANCE if dtype == torch.float64 else TOLERANCE_FLOAT32


def agreement(dtype: torch.dtype) -> Agree:
    """agree(truth, found), for one step."""
    return lambda truth, found: relative_error(truth, found) <= tolerance(dtype)


def _all(_: nn.Module | None) -> bool:
    return True


def _none(_: nn.Module | None) -> bool:
    return False


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
