"""Whether a core fits its device: by how much it does not, and what would."""

from dataclasses import replace

from spikewright import InvalidInput
from spikewright.hardware.devices import DEVICES, Device
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.placement import Placement

_BEYOND = (
    "several parts (hardware.partition) or weights outside (hardware.stream_weights), since no known part holds it"
)


def check_fits(placement: Placement, estimate: Estimate | None = None) -> None:
    """Raise InvalidInput where a core takes more than its device has, with how much more, and with a device that has enough.

    Block memories are counted in `placement`, exactly; of look-up tables and flip-flops the low ends of `estimate` must fit.
    Multipliers are not counted: a tool makes those beyond the device's own of look-up tables.
    """
    lacks = list(_shortages(placement, estimate, placement.device))
    if not lacks:
        return
    larger = [device for device in DEVICES.values() if not list(_shortages(placement, estimate, device))]
    way = f"{min(larger, key=lambda device: device.lut).name}, where it fits" if larger else _BEYOND
    raise InvalidInput(
        f"expected a core within {placement.device.name}, got {' and '.join(lacks)};"
        f" try {way}, or fewer lanes, fewer weight bits or pruned weights"
    )


def _shortages(placement: Placement, estimate: Estimate | None, device: Device) -> list[str]:
    """What is too much for a device, each in words. Look-up tables of another family are taken as those of the estimate's."""
    needs = {"memory blocks": (replace(placement, device=device).blocks, device.blocks)}
    if estimate is not None:
        needs |= {"LUT": (round(estimate.lut.low), device.lut), "flip-flops": (round(estimate.ff.low), device.ff)}
    return [
        f"{need:,} {what} of {there:,} ({need - there:,} too many)"
        for what, (need, there) in needs.items()
        if need > there
    ]
