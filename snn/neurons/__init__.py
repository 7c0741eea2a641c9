"""Neurons: the parameters of a law and its traits (`snn.neurons.record`). Every engine has its own statement of the law.

In a step t, in this order (S: see `snn.network.Network`; b: the bias if it flows in t, else 0):

    1. noise    S = S + membrane noise of t; potentials with upsets have a bit flipped (`snn.disturb.noise`)
    2. update   U = decay V + (S + b)         float32, each operation rounded once; decay = 1 without leak
                U = sat(V - (V >> k) + S + b) fixed point: an exact sum, saturated once at the declared width; leak = 2**-k,
                >> rounds down, of negative V too; without leak sat(V + S + b)
    3. compare  spike  iff  U >= threshold
    4. reset    after a spike V = U - threshold (reset "subtract") or V = 0 (reset "zero"), else V = U; not saturated again
    5. send     limits of `SpikeSelectCode`, then stuck neurons: this is recorded, counted and read out; then noise on its way

S is a float64 sum rounded to float32 once (the event engine adds in float32, in the order of the spikes) or an exact integer.
Under the code `PhaseCode` S and every threshold are first multiplied by the weight of the step (exact: a power of two); b is not.
A neuron with `refractory` steps r is deaf in the r steps after a spike: it does not fire, and V stays as it was before the
step, without leak, input or bias; only upsets reach it.
"""

from spikewright.snn.neurons.few_spikes import FewSpikeIF
from spikewright.snn.neurons.firing import IF, LIF, Burst, LatchedIF, SignedIF, TernaryIF
from spikewright.snn.neurons.firing import Firing as Firing
from spikewright.snn.neurons.gates import MaxGate
from spikewright.snn.neurons.graded import QuantReLU, Ramp
from spikewright.snn.neurons.record import Neuron
from spikewright.snn.neurons.record import PerChannel as PerChannel
from spikewright.snn.neurons.record import Reset as Reset
from spikewright.snn.neurons.silent import Integrator, Source

NEURONS: tuple[type[Neuron], ...] = (
    Source,
    IF,
    LIF,
    SignedIF,
    TernaryIF,
    Burst,
    LatchedIF,
    FewSpikeIF,
    MaxGate,
    Integrator,
    Ramp,
    QuantReLU,
)
"""The neurons that files may hold."""

__all__ = [
    "IF",
    "LIF",
    "Burst",
    "FewSpikeIF",
    "Integrator",
    "LatchedIF",
    "MaxGate",
    "Neuron",
    "QuantReLU",
    "Ramp",
    "SignedIF",
    "Source",
    "TernaryIF",
]
