"""What a population does with its sum: one small record for each law that has a spiking form."""

from dataclasses import dataclass

from spikewright.snn.synapses import Pair


@dataclass(frozen=True)
class ReluLaw:
    """y = clip(x, 0, limit); no limit is a plain ReLU, 6 a ReLU6."""

    limit: float | None = None


@dataclass(frozen=True)
class StaircaseLaw:
    """y = alpha / levels * clip(floor(x levels / alpha + 1/2), 0, levels): a `compress.QuantizedReLU`."""

    alpha: float
    levels: int


@dataclass(frozen=True)
class LeakyLaw:
    """y = x for x >= 0, slope * x below, 0 < slope: a LeakyReLU, which needs spikes of both signs."""

    slope: float


@dataclass(frozen=True)
class SignedLaw:
    """y = x: values of both signs that a layer passes on as they are, spikes of both signs."""


@dataclass(frozen=True)
class MaximumLaw:
    """The largest input of each window of its one source: a `MaxGate` population over `snn.Windows`."""

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)


Activation = ReluLaw | StaircaseLaw | LeakyLaw | SignedLaw | MaximumLaw
RELU = ReluLaw()
