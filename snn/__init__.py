"""The spiking network as data, and the engines that run it. Importing it loads neither torch nor numba."""

from typing import TYPE_CHECKING

from spikewright.aliases import same_module
from spikewright.renaming import renamed
from spikewright.snn import codes, files, network, neurons
from spikewright.snn.activity import Activity
from spikewright.snn.codes import *  # noqa: F403  (a new code is exported by its own package)
from spikewright.snn.decisions import Decision, Quiescence, TerminateDelta, TerminateMax
from spikewright.snn.disturb.faults import ThresholdVariation, WeightBitFlips, WeightVariation, with_faults
from spikewright.snn.disturb.noise import (
    InputNoise,
    MembraneNoise,
    PotentialBitFlips,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
)
from spikewright.snn.disturb.preparation import Disturbance
from spikewright.snn.event.threads import get_threads, set_threads
from spikewright.snn.fixed.convert import to_fixed
from spikewright.snn.network import Network
from spikewright.snn.neurons import *  # noqa: F403
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.report import Report, ReportRow
from spikewright.snn.simulation import simulate, with_steps
from spikewright.snn.synapses import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Separable2d,
    Synapse,
    Upsample,
    Windows,
)
from spikewright.weights import codebook, dense, sparse

__all__ = [
    "Activity",
    "AvgPool2d",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Decision",
    "Disturbance",
    "Identity",
    "InputNoise",
    "Linear",
    "MembraneNoise",
    "Network",
    "Population",
    "PotentialBitFlips",
    "Projection",
    "Quiescence",
    "Report",
    "ReportRow",
    "Separable2d",
    "SpikeDeletion",
    "SpikeInsertion",
    "SpikeJitter",
    "StuckAt",
    "Synapse",
    "TerminateDelta",
    "TerminateMax",
    "ThresholdVariation",
    "Upsample",
    "WeightBitFlips",
    "WeightVariation",
    "Windows",
    "codebook",
    "dense",
    "get_threads",
    "set_threads",
    "simulate",
    "sparse",
    "with_faults",
    "with_steps",
]
__all__ += codes.__all__
__all__ += neurons.__all__

if not TYPE_CHECKING:
    __getattr__ = renamed(
        __name__,
        {
            "Codebook": "codebook",
            "Dense": "dense",
            "FewSpike": "FewSpikeIF",
            "Phase": "PhaseCode",
            "Rate": "RateCode",
            "Sparse": "sparse",
            "SpikeSelect": "SpikeSelectCode",
            "Storage": "spikewright.weights.Expression",
            "Ttfs": "TtfsCode",
            "effective_weights": "spikewright.weights.values",
            "stored_values": "spikewright.weights.stored_values",
        },
    )

network.give_methods(to_fixed=to_fixed, save=files.save, load=files.load)
same_module(__name__)
