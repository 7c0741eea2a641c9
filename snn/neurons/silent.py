"""The ends of a network: where it begins and where it answers."""

from dataclasses import dataclass

from spikewright.snn.neurons.record import Neuron


@dataclass(frozen=True, eq=False)
class Source(Neuron):
    """The input population: it emits what the network's code makes of an image. No potential, bias or threshold."""

    sends = "passed on"
    potential = "none"


@dataclass(frozen=True, eq=False)
class Integrator(Neuron):
    """Never fires, sends nothing; its potential is the answer (readout "potential").

    V = V + (S + b), in fixed point V = sat(V + S + b); in a time-coded network once, V = initial + (S + b).
    """

    readouts = frozenset({"potential"})
    obeys = frozenset({"step weights", "first spikes"})
