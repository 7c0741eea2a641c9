"""The same terms for all cores that are compared: device, clock, and how many lanes each layer gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from spikewright import InvalidInput
from spikewright.hardware.design_points import DesignPoint, design, layers_of
from spikewright.hardware.devices import Device
from spikewright.hardware.devices import device as find_device
from spikewright.hardware.estimation import Estimator
from spikewright.snn import Network


@dataclass(frozen=True)
class EqualTerms:
    """What all cores of a comparison share.

    lanes: channel lanes of each layer, no more than it has channels.
    layers: other numbers of physical neurons, or lanes `(channels, rows, columns)`, by the name of a layer.
    match: "lanes" gives both cores the same; "area" gives the spike core the channel lanes at which its LUTs are nearest to those
        of the CNN core.
    device, clock_mhz: as of a DesignPoint.
    timed: images whose cycles are counted one by one.
    weight_bits: most bits of a weight, where networks are made from models.
    """

    lanes: int = 16
    layers: Mapping[str, Any] = field(default_factory=dict)
    match: Literal["lanes", "area"] = "lanes"
    device: str | Device = "xc7a100t"
    clock_mhz: float = 100.0
    timed: int = 20
    weight_bits: int = 8

    def __post_init__(self) -> None:
        for name in ("lanes", "timed", "weight_bits"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InvalidInput(f"expected {name} from 1 on, got {value!r}; try {type(self)().__dict__[name]}")
        if self.match not in ("lanes", "area"):
            raise InvalidInput(f"expected match 'lanes' or 'area', got {self.match!r}; try 'lanes'")
        find_device(self.device)

    def point(self, network: Network, lanes: int | None = None) -> DesignPoint:
        """The design of a network on these terms, or with another number of channel lanes. Raises InvalidInput for lanes that a
        layer of it does not have."""
        channels = {p.name: min(lanes or self.lanes, p.shape[0]) for p in layers_of(network)}
        given = {name: lanes for name, lanes in self.layers.items() if name in channels}
        return design(network, {**channels, **given}, device=self.device, clock_mhz=self.clock_mhz)

    def matched(self, estimator: Estimator, lut: float) -> DesignPoint:
        """The design whose LUTs are nearest to so many, of all numbers of channel lanes."""
        network = estimator.network
        low, high = 1, max(p.shape[0] for p in layers_of(network))
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if _lut(estimator, self.point(network, middle)) >= lut else (middle + 1, high)
        found = [self.point(network, lanes) for lanes in {max(1, low - 1), low}]
        return min(found, key=lambda point: abs(_lut(estimator, point) - lut))


def _lut(estimator: Estimator, point: DesignPoint) -> float:
    return estimator.at(point).lut.value
