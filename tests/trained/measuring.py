"""One trained network through every way of conversion: how often it answers as its model, and how far off it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright import Progress, SpikewrightError, silent
from spikewright.compress import QuantizeSettings, TrainSettings, quantize
from spikewright.conversion import Rate, Ttfs, convert, exact
from spikewright.snn import Network, simulate
from tests.trained.networks import TrainedNetwork

SAMPLES, SHOWN = 128, 128
"""Inputs that a network is made on, and others that it is held against its model on."""
BATCH = 16
ACTIVATION_BITS = 4

Floats = NDArray[np.float32]
Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class TrainedCase:
    """A network with its inputs: those to convert on, those to show, and the range of both; who is told how far it is."""

    model: Any
    samples: Floats
    shown: Floats
    truth: NDArray[np.float64]
    progress: Progress

    @property
    def range(self) -> tuple[float, float]:
        """Whole numbers around all inputs."""
        both = self.samples, self.shown
        return float(np.floor(min(part.min() for part in both))), float(np.ceil(max(part.max() for part in both)))


def measured(network: TrainedNetwork, known: Sequence[str] = (), progress: Progress = silent) -> Iterator[Row]:
    """A row for each way that is not `known`; one row for a network that is refused, with all that stands against it."""
    model = network.build()
    samples, shown = network.inputs(SAMPLES, 1), network.inputs(SHOWN, 2)
    case = TrainedCase(model, samples, shown, _answers(model, shown), progress)
    for name, way in WAYS.items():
        if name in known:
            continue
        try:
            found = _held(way(case), case)
        except SpikewrightError as error:
            found = {"refused": str(error)}
        yield {"network": network.name, "way": name, **found}
        if "refused" in found and name == FIRST:
            return


def _answers(model: Any, images: Floats) -> NDArray[np.float64]:
    with torch.no_grad():
        parts = [model(part).double().reshape(len(part), -1) for part in torch.split(torch.from_numpy(images), BATCH)]
    return torch.cat(parts).numpy()


def _held(network: Network, case: TrainedCase) -> Row:
    """Agreement of decisions: the largest of several numbers, or which side of one half a single one lies on."""
    parts = []
    for start in range(0, len(case.shown), BATCH):
        case.progress("simulation", start, len(case.shown))
        parts.append(simulate(network, case.shown[start : start + BATCH]).answers)
    found = np.concatenate(parts).reshape(case.truth.shape)
    decided = [value.argmax(1) if value.shape[1] > 1 else value[:, 0] > 0.5 for value in (found, case.truth)]
    spread = float(np.ptp(case.truth)) or 1.0
    return {
        "steps": network.steps,
        "agreement": float((decided[0] == decided[1]).mean()),
        "largest_error": float(np.abs(found - case.truth).max()) / spread,
        "mean_error": float(np.abs(found - case.truth).mean()) / spread,
    }


def _converted(case: TrainedCase, recipe: Rate | Ttfs) -> Network:
    return convert(case.model, case.samples, recipe, input_range=case.range, judge=False, progress=case.progress)


def _rate(steps: int) -> Callable[[TrainedCase], Network]:
    return lambda case: _converted(case, Rate(steps))


def _fixed(case: TrainedCase) -> Network:
    return _converted(case, Rate(128, input_levels=255)).to_fixed()


def _times(case: TrainedCase) -> Network:
    return _converted(case, Ttfs(ranges="interval"))


def _integers(case: TrainedCase) -> Network:
    """The spiking network that equals the integer CNN of the quantised model, not trained again."""
    untrained = QuantizeSettings(training=TrainSettings(epochs=0))
    data = (case.samples, np.zeros(len(case.samples), dtype=np.int64))
    small = quantize(case.model, 8, data, activation_bits=ACTIVATION_BITS, settings=untrained)
    pair = exact(small, case.samples, input_range=case.range)
    counts, integers = (simulate(one, case.shown[:BATCH]).logits for one in (pair.snn, pair.cnn))
    if not np.array_equal(counts, integers):
        raise AssertionError("the spiking network does not answer as the integer CNN does")
    return pair.snn


FIRST = "spike times"
WAYS: dict[str, Callable[[TrainedCase], Network]] = {
    FIRST: _times,
    "rate, 32 steps": _rate(32),
    "rate, 128 steps": _rate(128),
    "fixed point, 128 steps": _fixed,
    f"exact, activations of {ACTIVATION_BITS} bits": _integers,
}
