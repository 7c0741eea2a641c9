"""Families that were not calibrated: they take the sizes of a neighbour, with bands as wide as little knowledge is."""

from collections.abc import Mapping
from dataclasses import dataclass

from spikewright.hardware.model.interval import Interval


@dataclass(frozen=True)
class Neighbour:
    """family: whose sizes are taken; lut, ff: what they are multiplied by; why: where the factors are from."""

    family: str
    lut: Interval
    ff: Interval
    why: str


_FF = Interval(0.8, 1.0, 1.25)
NEIGHBOURS: Mapping[str, Neighbour] = {
    "cyclonev": Neighbour(
        "xc7",
        Interval(0.85, 1.31, 2.0),
        _FF,
        "one neuron took 171 ALUT and 102 flip-flops, on Xilinx 7 131 LUT and 102",
    ),
    "ice40": Neighbour(
        "ecp5", Interval(0.9, 1.32, 2.0), _FF, "one neuron took 204 LUT and 102 flip-flops, on ECP5 155 LUT and 102"
    ),
    "xcup": Neighbour(
        "xc7", Interval(0.75, 1.0, 1.35), _FF, "its look-up tables have six inputs like those of Xilinx 7"
    ),
}
"""Family -> its neighbour. The factors are synthesis of one neuron with Yosys 0.23, or assumed; their bands are assumed."""
