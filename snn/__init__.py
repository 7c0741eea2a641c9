"""The spiking network as data, and the engines that run it. Importing it loads neither torch nor numba."""

from snn.activity import Activity
from snn.codes import (
    AddressEvents,
    Bursts,
    Code,
    Delta,
    Direct,
    JitteredPeriodic,
    Phase,
    Poisson,
    Rate,
    SingleBurst,
    SpikeSelect,
    Ttfs,
)
from snn.decisions import Decision, Quiescence, TerminateDelta, TerminateMax
from snn.disturb import Disturbance
from snn.engines.threads import get_threads, set_threads
from snn.faults import ThresholdVariation, WeightBitFlips, WeightVariation, with_faults
from snn.network import Network, Population, Projection
from snn.neurons import IF, LIF, Burst, Integrator, MaxGate, Neuron, QuantReLU, Ramp, SignedIF, Source, TernaryIF
from snn.noise import InputNoise, MembraneNoise, PotentialBitFlips, SpikeDeletion, SpikeInsertion, SpikeJitter, StuckAt
from snn.report import Report, ReportRow
from snn.simulate import simulate
from snn.synapses import AvgPool2d, Conv1d, Conv2d, ConvTranspose2d, Identity, Linear, Synapse, Upsample, Windows
from snn.weights import Codebook, Dense, Sparse, Storage, effective_weights, stored_values

__all__ = [
    "IF",
    "LIF",
    "Activity",
    "AddressEvents",
    "AvgPool2d",
    "Burst",
    "Bursts",
    "Code",
    "Codebook",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Decision",
    "Delta",
    "Dense",
    "Direct",
    "Disturbance",
    "Identity",
    "InputNoise",
    "Integrator",
    "JitteredPeriodic",
    "Linear",
    "MaxGate",
    "MembraneNoise",
    "Network",
    "Neuron",
    "Phase",
    "Poisson",
    "Population",
    "PotentialBitFlips",
    "Projection",
    "QuantReLU",
    "Quiescence",
    "Ramp",
    "Rate",
    "Report",
    "ReportRow",
    "SignedIF",
    "SingleBurst",
    "Source",
    "Sparse",
    "SpikeDeletion",
    "SpikeInsertion",
    "SpikeJitter",
    "SpikeSelect",
    "Storage",
    "StuckAt",
    "Synapse",
    "TerminateDelta",
    "TerminateMax",
    "TernaryIF",
    "ThresholdVariation",
    "Ttfs",
    "Upsample",
    "WeightBitFlips",
    "WeightVariation",
    "Windows",
    "effective_weights",
    "get_threads",
    "set_threads",
    "simulate",
    "stored_values",
    "with_faults",
]
