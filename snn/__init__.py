"""The spiking network as data, and the engines that run it. Importing it loads neither torch nor numba."""

from snn.activity import Activity
from snn.codes import Code, Direct, Rate, Ttfs
from snn.engines.threads import get_threads, set_threads
from snn.network import Network, Population, Projection
from snn.neurons import IF, LIF, Integrator, Neuron, QuantReLU, Ramp, Source
from snn.noise import SpikeDeletion, SpikeJitter
from snn.report import Report, ReportRow
from snn.simulate import simulate
from snn.synapses import AvgPool2d, Conv2d, Identity, Linear, Synapse
from snn.weights import Codebook, Dense, Sparse, Storage, effective_weights, stored_values

__all__ = [
    "IF",
    "LIF",
    "Activity",
    "AvgPool2d",
    "Code",
    "Codebook",
    "Conv2d",
    "Dense",
    "Direct",
    "Identity",
    "Integrator",
    "Linear",
    "Network",
    "Neuron",
    "Population",
    "Projection",
    "QuantReLU",
    "Ramp",
    "Rate",
    "Report",
    "ReportRow",
    "Source",
    "Sparse",
    "SpikeDeletion",
    "SpikeJitter",
    "Storage",
    "Synapse",
    "Ttfs",
    "effective_weights",
    "get_threads",
    "set_threads",
    "simulate",
    "stored_values",
]
