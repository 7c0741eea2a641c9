"""What a spiking network costs on an FPGA: designs, estimates, exploration, and the export of a core."""

from typing import TYPE_CHECKING

from spikewright.aliases import same_module
from spikewright.hardware.activities import BreakEven, break_even, synaptic_activity
from spikewright.hardware.behaviour.record import Behaviour
from spikewright.hardware.behaviour.simulating import behave, behaviour_of
from spikewright.hardware.break_even_curves import BreakEvenCurve, break_even_curve
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.core.folder import export
from spikewright.hardware.core.load import load_core
from spikewright.hardware.core.replaying import Replay, replay
from spikewright.hardware.core.verification import Verification, verify
from spikewright.hardware.costs.comparing import CoreComparison, compare_cores
from spikewright.hardware.costs.equal_terms import EqualTerms
from spikewright.hardware.design_points import (
    DesignPoint,
    design,
    fully_parallel,
    hybrid,
    time_multiplexed,
)
from spikewright.hardware.devices import DEVICES, Device
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import estimate
from spikewright.hardware.exploration import Exploration, explore
from spikewright.hardware.exploring.chances import against_best, odds
from spikewright.hardware.exploring.goals import Goals
from spikewright.hardware.exploring.rechecking import recheck
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.bit_widths import CoreWidths, widths
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.model.qualia45 import QualiaSettings, qualia_table
from spikewright.hardware.neurobench import neurobench_counts
from spikewright.hardware.partitioning import BoardLink, Partition, partition
from spikewright.hardware.streaming import ExternalMemory, stream_weights
from spikewright.hardware.synthesis.record import Synthesis
from spikewright.hardware.synthesis.yosys import synthesise
from spikewright.renaming import renamed

__all__ = [
    "DEVICES",
    "Behaviour",
    "BoardLink",
    "BreakEven",
    "BreakEvenCurve",
    "CoreComparison",
    "CoreWidths",
    "DesignPoint",
    "Device",
    "EqualTerms",
    "Estimate",
    "Exploration",
    "ExternalMemory",
    "Goals",
    "Interval",
    "LayerDesign",
    "Partition",
    "PhysicalLanes",
    "QualiaSettings",
    "Replay",
    "Synthesis",
    "Verification",
    "against_best",
    "behave",
    "behaviour_of",
    "break_even",
    "break_even_curve",
    "compare_cores",
    "design",
    "estimate",
    "explore",
    "export",
    "fully_parallel",
    "hybrid",
    "load_core",
    "neurobench_counts",
    "odds",
    "partition",
    "qualia_table",
    "recheck",
    "replay",
    "stream_weights",
    "synaptic_activity",
    "synthesise",
    "time_multiplexed",
    "verify",
    "widths",
]

if not TYPE_CHECKING:
    __getattr__ = renamed(__name__, {"Widths": "CoreWidths"})

same_module(__name__)
