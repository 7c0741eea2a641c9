"""Is a time-coded network its model? Predictions, ties, and every value that its windows clip, on given images."""

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright import InvalidInput, Table
from spikewright.compress.graph.models import plain_copy
from spikewright.compress.training.data import answers
from spikewright.conversion.diagnosis.rereading import plan_behind
from spikewright.conversion.reading.model import check_samples
from spikewright.progress import watched
from spikewright.several_heads import decisions
from spikewright.snn import Network, simulate

TIE = 1e-5
"""Logits of a model that are closer than this share of its largest one are within float32 rounding of each other."""
BATCH = 100
_ROOM = 1e-6


@dataclass(frozen=True, eq=False)
class TimesCheck:
    """A model and its time-coded network on the same images.

    `differing`: the images, by place, of which a decision differs; `ties`: those of one class each whose two largest logits of
    the model are equal within float32 rounding. `clipped`: for each population its window, the largest that it had to send (a
    value, and `Population.below` with it), and how many values and images were clipped, at either end, that are not clipped in
    the model as well. `logits`, `model_logits (n, classes)` in the model's units.
    """

    differing: tuple[int, ...]
    ties: tuple[int, ...]
    clipped: Table
    spikes_per_neuron: float
    logits: NDArray[np.float64]
    model_logits: NDArray[np.float64]

    @property
    def identical(self) -> bool:
        """Whether all predictions are the same."""
        return not self.differing

    @property
    def unexplained(self) -> tuple[int, ...]:
        """Differing predictions of images that are no ties."""
        return tuple(image for image in self.differing if image not in self.ties)

    @property
    def largest_error(self) -> float:
        """Of a logit, in the model's units."""
        return float(np.abs(self.logits - self.model_logits).max())

    def __str__(self) -> str:
        count = len(self.logits)
        same = f"{count - len(self.differing)} of {count} predictions identical"
        clips = sum(self.clipped["clipped"])
        return f"{same}, {len(self.ties)} ties, {clips} values clipped, {self.spikes_per_neuron:.3f} spikes per neuron"


@watched
def check_times(model: Any, network: Network, images: Any) -> TimesCheck:
    """Compare `model` with `network`, converted from it by `Ttfs`, on `images (n, C, H, W)`.

    Raises InvalidInput for a network that is not time-coded, and for images that do not fit.
    """
    if not any(p.neuron.sends == "times" for p in network.populations):
        raise InvalidInput(
            "expected a time-coded network, got one without Ramp neurons; try convert(model, samples, Ttfs())"
        )
    shown = check_samples(images)
    plain = plain_copy(model)
    truth = torch.cat([answers(plain, part) for part in torch.split(shown, BATCH)]).double().numpy()
    tally = _Tally(network, _own_limits(network, model, shown))
    for start in range(0, len(shown), BATCH):
        tally.add(shown[start : start + BATCH].numpy())
    logits = np.concatenate(tally.logits) * network.logit_scale
    truth = truth.reshape(logits.shape)
    same = decisions(network.heads, logits) == decisions(network.heads, truth, ended=True)
    differing = np.flatnonzero(~same.all(axis=1))
    return TimesCheck(
        tuple(differing.tolist()), _ties(truth, network), tally.table(), tally.spikes_per_neuron(), logits, truth
    )


def _ties(logits: NDArray[np.float64], network: Network) -> tuple[int, ...]:
    if logits.shape[1] == 1 or not all(head.flat for head in network.heads):
        return ()
    ranked = np.sort(logits, axis=1)
    lead = ranked[:, -1] - ranked[:, -2]
    return tuple(np.flatnonzero(lead <= TIE * np.abs(logits).max(axis=1)).tolist())


def _own_limits(network: Network, model: Any, images: torch.Tensor) -> dict[str, tuple[float, float]]:
    """Between what the model itself clips, by population: 0, or less where values go there, and the limit of a ReLU6 or alpha."""
    laws = {unit.name: unit.activation for unit in plan_behind(network, model, images[:1]).units}
    ends = {name: (law.lowest, law.top) for name, law in laws.items()}
    return {name: (-inf if low is None else low, inf if high is None else high) for name, (low, high) in ends.items()}


class _Tally:
    """Clips and spikes, batch by batch."""

    def __init__(self, network: Network, limits: dict[str, tuple[float, float]]) -> None:
        self.network, self.limits = network, limits
        self.ramps = [p for p in network.populations if p.neuron.sends == "times"]
        self.logits: list[NDArray[np.float64]] = []
        self.values = dict.fromkeys((p.name for p in self.ramps), 0)
        self.images = dict(self.values)
        self.largest = dict.fromkeys(self.values, 0.0)
        self.spikes, self.seen = 0.0, 0

    def add(self, images: NDArray[np.float32]) -> None:
        activity = simulate(self.network, images, record=("potentials",))
        self.logits.append(np.asarray(activity.logits, dtype=np.float64))
        quiet = {p.name for p in self.network.populations if p.neuron.sends in ("nothing", "passed on")}
        self.spikes += float(sum(count.sum() for name, count in activity.spikes.items() if name not in quiet))
        self.seen += len(images)
        for population in self.ramps:
            name = population.name
            neuron: Any = population.neuron
            potentials = activity.potentials[name].reshape(len(images), -1)
            unit, room = self._unit(name, neuron), neuron.window * _ROOM
            low, high = self.limits.get(name, (0.0, inf))
            above = neuron.window * unit < high * (1 - _ROOM)  # else the model clips there as well
            under = low < -room * unit
            beyond = above & (potentials > neuron.window + room) | under & (potentials < -room)
            self.values[name] += int(beyond.sum())
            self.images[name] += int(beyond.any(axis=1).sum())
            self.largest[name] = max(self.largest[name], float(potentials.max()) * unit)

    def _unit(self, name: str, neuron: Any) -> float:
        """One unit of a potential in the model's units; a fixed-point spike stands for a slot, window / levels."""
        if self.network.numbers != "fixed":
            return 1.0
        slot = float(np.max(np.asarray(self.network.by_name[name].amplitude, dtype=np.float64)))
        return slot / float(neuron.window / (neuron.levels or 1))

    def table(self) -> Table:
        """One row for each Ramp population, in the model's units."""
        rows = []
        for population in self.ramps:
            name = population.name
            neuron: Any = population.neuron
            window = neuron.window * self._unit(name, neuron)
            told = {"population": name, "window": window, "largest": self.largest[name]}
            rows.append(
                {
                    **told,
                    "clipped": self.values[name],
                    "images": self.images[name],
                    "values": population.size * self.seen,
                }
            )
        return Table.of(rows)

    def spikes_per_neuron(self) -> float:
        """Of Ramp neurons: one where it is active, none where it is not."""
        return self.spikes / (sum(p.size for p in self.ramps) * self.seen)
