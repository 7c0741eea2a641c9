"""Which neurons of a population its spikes come from: counted in a raster, else as likely as the measured additions make it.

Without a raster an activity has the spikes of a whole population, and the additions of weights that they brought. With o
additions for a spike of a neuron (`fan_out`) and x a spike in the mean, as measured, the shares of the neurons are

    share of a neuron ~ exp(t o)                         t such that the sum of share x o is x

which of all shares with that mean has the most entropy (Jaynes, "Information Theory and Statistical Mechanics", 1957): spikes
come from the middle of a map, or from where pruning left weights, no more than was measured. What a spike costs lies in the mean
between the lower and the upper hull of all points (o, cost of the neuron) at x, whatever the shares are. [measured] Passes of
an event of LeNet in 7 steps, dense and with the three masks of the zoo at 16 lanes, against those of the rasters: -14 to +16 %,
where neurons taken alike are -88 to 0 %.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.hardware.model.event_additions import Reals, fan_out
from spikewright.hardware.model.interval import Interval
from spikewright.snn import Activity, Network, Projection

HALVINGS = 60
STEEPEST = 100.0
"""The largest t that is looked for, in standard deviations of the additions."""


@dataclass(frozen=True, eq=False)
class SpikeShares:
    """`shares (neurons,)` of the spikes of a source, together 1, counted or not; `additions (neurons,)` of a spike of each, and
    the `measured` ones in the mean, None where nothing is known of them."""

    shares: Reals
    counted: bool = False
    additions: Reals | None = None
    measured: float | None = None

    @classmethod
    def of(cls, network: Network, activity: Activity, projection: Projection) -> "SpikeShares":
        """Those of the source of `projection`, of all samples of `activity`, of what arrives within its steps."""
        name, arriving = projection.source, max(0, network.steps - projection.delay)
        size = network.by_name[name].size
        if name in activity.rasters and (counts := _counts(activity.rasters[name][:arriving])).any():
            return cls(counts / counts.sum(), counted=True)
        additions, spikes = fan_out(network, projection), float(activity.spikes[name].mean())
        if additions is None or not spikes or projection.delay:
            return cls(np.full(size, 1.0 / size))
        operations = float(activity.synaptic_operations[projection.name].mean())
        measured = float(np.clip(operations / spikes, additions.min(), additions.max()))
        return cls(most_likely(additions, measured), False, additions, measured)

    def mean(self, costs: Reals, *, alike: bool = True) -> Interval:
        """The mean of `costs (neurons,)` of a spike. `alike`: spikes are one event each; where a neuron may send several as one
        event its bounds are the least and the most of a neuron."""
        value = float(self.shares @ costs)
        if self.counted:
            return Interval.exact(value)
        low, high = float(costs.min()), float(costs.max())
        if alike and self.additions is not None and self.measured is not None and low < high:
            low, high = (sign * _upper_hull(self.additions, sign * costs, self.measured) for sign in (-1.0, 1.0))
        return Interval(low, float(np.clip(value, low, high)), high)


def _counts(raster: Any) -> Reals:
    """Events of each neuron in a raster `(steps, batch, *shape)`."""
    return np.asarray(np.count_nonzero(raster, axis=(0, 1)).reshape(-1), np.float64)


def most_likely(numbers: Reals, mean: float) -> Reals:
    """The shares of most entropy, together 1, with which `numbers` have this mean, which lies between the least and the most."""
    spread = float(numbers.std())
    if spread == 0:
        return np.full(len(numbers), 1.0 / len(numbers))
    apart, wanted = (numbers - numbers.mean()) / spread, (mean - float(numbers.mean())) / spread
    low, high = -STEEPEST, STEEPEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _tilted(apart, middle) @ apart < wanted else (low, middle)
    return _tilted(apart, (low + high) / 2)


def _tilted(apart: Reals, steepness: float) -> Reals:
    exponents = steepness * apart
    raised = np.exp(exponents - exponents.max())
    return np.asarray(raised / raised.sum(), np.float64)


def _upper_hull(across: Reals, up: Reals, at: float) -> float:
    """The height at `at` of the upper hull of points (across, up): the largest mean of `up` where that of `across` is `at`."""
    order = np.lexsort((-up, across))
    first = np.concatenate([[True], np.diff(across[order]) > 0])
    hull: list[tuple[float, float]] = []
    for point in zip(across[order][first].tolist(), up[order][first].tolist(), strict=True):
        while len(hull) > 1 and _below(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return float(np.interp(at, [x for x, _ in hull], [y for _, y in hull]))


def _below(one: tuple[float, float], middle: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether `middle` lies on or below the line between the others, one on its left and one on its right."""
    (x0, y0), (x1, y1), (x2, y2) = one, middle, other
    return (y1 - y0) * (x2 - x0) <= (y2 - y0) * (x1 - x0)
