"""What a spiking network costs on an FPGA: designs, estimates, exploration, and the export of a core."""

from spikewright.aliases import same_module
from spikewright.hardware.core.folder import export
from spikewright.hardware.core.load import Replay, load_core, replay
from spikewright.hardware.design import DesignPoint, LayerDesign, design, fully_parallel, hybrid, time_multiplexed
from spikewright.hardware.estimate import Estimate, estimate
from spikewright.hardware.explore import Exploration, explore
from spikewright.hardware.model.devices import DEVICES, Device
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.model.widths import Widths, widths

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

same_module(__name__)
