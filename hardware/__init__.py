"""What a spiking network costs on an FPGA: designs, estimates, exploration, and the export of a core."""

from hardware.design import DesignPoint, LayerDesign, design, fully_parallel, hybrid, time_multiplexed
from hardware.devices import DEVICES, Device
from hardware.estimate import Estimate, estimate
from hardware.explore import Exploration, explore
from hardware.interval import Interval
from hardware.widths import Widths, widths

__all__ = [
    "DEVICES",
    "DesignPoint",
    "Device",
    "Estimate",
    "Exploration",
    "Interval",
    "LayerDesign",
    "Widths",
    "design",
    "estimate",
    "explore",
    "fully_parallel",
    "hybrid",
    "time_multiplexed",
    "widths",
]
