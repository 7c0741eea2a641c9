"""Whether a core fits its device: by how much it does not, and what would."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from spikewright import InvalidInput
from spikewright.hardware.area.load_bus import LoadBus
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.devices import DEVICES, Device
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.model.area import layer_area, loader_area
from spikewright.hardware.model.interval import Interval, total
from spikewright.hardware.placement import Placement
from spikewright.snn import Activity, Network

BEYOND = "several parts (hardware.partition) or weights outside (hardware.stream_weights), since no known part holds it"
"""What to try where no device of DEVICES is large enough."""


@dataclass(frozen=True)
class Logic:
    """Look-up tables and flip-flops of a design, which no activity changes."""

    lut: Interval
    ff: Interval

    @classmethod
    def of(cls, network: Network, point: DesignPoint) -> "Logic":
        """Those of `network` built as `point`."""
        areas = [layer_area(network, layer, point.fpga, point.loads) for layer in point.layers]
        areas += [loader_area(LoadBus.together(one.bus for one in areas), point.fpga)] if point.loads else []
        return cls(total(area.lut for area in areas), total(area.ff for area in areas))


def check_fits(
    placement: Placement, logic: Logic | Estimate | None = None, smallest: Callable[[], Estimate] | None = None
) -> None:
    """Raise InvalidInput where a core takes more than its device has, with how much more, and with what would fit: a device that
    has enough, or the same device where the estimate of the `smallest` design, asked for then, stays within it.

    Block memories are counted in `placement`, exactly; of look-up tables and flip-flops the low ends of `logic` must fit.
    Multipliers are not counted: a tool makes those beyond the device's own of look-up tables.
    """
    lacks = _shortages(placement, logic, placement.device)
    if not lacks:
        return
    larger = [device for device in DEVICES.values() if not _shortages(placement, logic, device)]
    way = f"{min(larger, key=lambda device: device.lut).name}, where it fits" if larger else BEYOND
    fewer = "fewer lanes"
    if smallest is not None and smallest().fits:
        fewer += f" (with one physical neuron a layer, hardware.time_multiplexed, it fits {placement.device.name})"
    raise InvalidInput(
        f"expected a core within {placement.device.name}, got {' and '.join(lacks)};"
        f" try {way}, or {fewer}, fewer weight bits or pruned weights"
    )


def _shortages(placement: Placement, logic: Logic | Estimate | None, device: Device) -> tuple[str, ...]:
    """What is too much for a device, each in words. Look-up tables of another family are taken as those of the logic's own."""
    blocks = replace(placement, device=device).blocks
    if logic is None:
        return device.lacks(blocks=blocks)
    return device.lacks(lut=round(logic.lut.low), ff=round(logic.ff.low), blocks=blocks)


def roomy_device(network: Network, activity: Activity, point: DesignPoint) -> Device | None:
    """The device of DEVICES with the fewest look-up tables that holds a design by its middle estimates; None where none does.
    Those of the point's own family come first."""
    estimator, family = Estimator(network, activity), point.fpga.family
    for device in sorted(DEVICES.values(), key=lambda one: (one.family != family, one.lut)):
        if estimator.at(replace(point, device=device)).fits:
            return device
    return None
