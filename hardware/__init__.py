"""What a spiking network costs on an FPGA: designs, estimates, exploration, and the export of a core."""

from hardware.design import DesignPoint, LayerDesign, design, fully_parallel, hybrid, time_multiplexed
from hardware.devices import DEVICES, Device
from hardware.estimate import Estimate, estimate
from hardware.explore import Exploration, explore
from hardware.export import export
from hardware.interval import Interval
from hardware.load import Replay, load_core, replay
from hardware.widths import Widths, widths

__all__ = [
    "DEVICES",
    "DesignPoint",
    "Device",
    "Estimate",
    "Exploration",
    "Interval",
    "LayerDesign",
    "Replay",
    "Widths",
    "design",
    "estimate",
    "explore",
    "export",
    "fully_parallel",
    "hybrid",
    "load_core",
    "replay",
    "time_multiplexed",
    "widths",
]
