"""The 45 nm index as the published tool of its authors computes it (qualia-plugin-snn 2.6.0), so that its tables can be compared.

It departs from the equations in `hardware.model.asic45`; theta and theta' are spikes into and out of a layer in the whole window,
K taps of the kernel, S its strides, N neurons, T steps:

    weights read     theta Cout K whatever the stride, also those that fall outside the map; the additions theta Cout ceil(K / S)
    addresses        of a convolution theta K additions: the factor Cout is missing; of a fully connected layer the spikes
                     *per input* times Nout: a factor Nin is missing
    leak             a multiplication and an addition for each neuron and step
    spikes           come from and go to a memory of no size, E(0)
    potentials       theta Cout K + N T reads and as many writes, of a memory of N words
    direct inputs    weights, reads and addresses at the values that are not zero, once; sums of products at that share of the
                     formal layer's; potentials as if each of them came in every step
    pools, sums      a residual sum costs nothing; sums of windows in front of a layer are not looked at

    E(n words) = 1.09e-5 n bits + 13.2 pJ, or with memory "new" 10 pJ / floor(64 / bits)
"""

from dataclasses import dataclass
from math import ceil, prod
from typing import Any, Literal

import numpy as np

from spikewright import InvalidInput, Table
from spikewright.hardware.design_points import layers_of
from spikewright.hardware.model.flows import frame_based, graded
from spikewright.snn import Activity, Conv2d, Linear, Network, Population, Projection

Operations = Literal["ICONIP", "saturation", "linear", "quadratic"]
_ADD, _MULTIPLY = (0.03, 0.1), (0.2, 3.1)  # picojoule at 8 and 32 bits
_WORDS = 13.2, 1.09e-5
COLUMNS = ("mem_pot", "mem_weights", "mem_bias", "mem_io", "ops", "addr")


@dataclass(frozen=True)
class QualiaSettings:
    """`bits` of everything stored; `operations`: "ICONIP" counts them at 32 bits, "saturation" at 8 or 32, "linear" and
    "quadratic" in between; `memory`: "old" grows with the size, "new" is a 64-bit access that several words share."""

    bits: int = 8
    operations: Operations = "ICONIP"
    memory: Literal["old", "new"] = "old"

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= 32:
            raise InvalidInput(f"expected 1 to 32 bits, got {self.bits}")
        for name, value, known in (
            ("operations", self.operations, ("ICONIP", "saturation", "linear", "quadratic")),
            ("memory", self.memory, ("old", "new")),
        ):
            if value not in known:
                raise InvalidInput(f"expected {name} among {', '.join(known)}, got {value!r}")

    def access(self, words: float) -> float:
        """Picojoule of one access to a memory of so many words."""
        return 10 / (64 // self.bits) if self.memory == "new" else _WORDS[1] * words * self.bits + _WORDS[0]

    @property
    def add(self) -> float:
        """Picojoule of an addition."""
        return self._between(*_ADD)

    @property
    def multiply(self) -> float:
        """Picojoule of a multiplication."""
        return self._between(*_MULTIPLY)

    def _between(self, low: float, high: float) -> float:
        if self.operations == "ICONIP" or (self.operations == "saturation" and self.bits > 8):
            return high
        if self.operations == "saturation":
            return low
        if self.operations == "linear":
            return low + (high - low) * (self.bits - 8) / 24
        square = (high / 32 - low / 8) / 24
        return square * self.bits**2 + (low / 8 - 8 * square) * self.bits


def qualia_table(network: Network, activity: Activity, settings: QualiaSettings | None = None) -> Table:
    """A row for each layer and one for all, in nanojoule an inference, under the names of the tool's columns.

    Layers are Linear and Conv2d projections; others cost nothing there. Raises InvalidInput for the activity of another network.
    """
    counted = settings or QualiaSettings()
    rows = [
        {"name": q.name, **_layer(network, activity, p, q, counted)}
        for p in layers_of(network)
        for q in network.incoming[p.name]
    ]
    rows.append({"name": "Total", **{key: sum(row[key] for row in rows) for key in COLUMNS}})
    for row in rows:
        row["mem_total"] = sum(row[key] for key in COLUMNS[:4])
        row["opsaddr"] = row["ops"] + row["addr"]
        row["total"] = row["mem_total"] + row["opsaddr"]
    return Table.of(rows)


def _layer(
    network: Network, activity: Activity, population: Population, projection: Projection, counted: QualiaSettings
) -> dict[str, Any]:
    if projection.source not in activity.spikes:
        raise InvalidInput(f"expected the activity of this network, got one without {projection.source!r}")
    synapse = projection.synapse
    if not isinstance(synapse, Linear | Conv2d):
        return dict.fromkeys(COLUMNS, 0.0)
    shape = _Shape.of(population, synapse, prod(network.by_name[projection.source].shape) // prod(projection.pool))
    if frame_based(network, population):
        picojoule = _formal(shape, counted)
    else:
        theta = float(activity.spikes[projection.source].mean())
        out = float(activity.spikes[population.name].mean()) if population.neuron.fires else 0.0
        once = graded(network, projection)
        picojoule = _spiking(shape, _Spikes(theta, out, network.steps, bool(population.neuron.leak), once), counted)
    return {key: value / 1e3 for key, value in zip(COLUMNS, picojoule, strict=True)}


@dataclass(frozen=True)
class _Shape:
    """Of a layer: neurons, channels, inputs and their channels, taps, those that meet a stride, weights, biases, if a map."""

    neurons: int
    channels: int
    inputs: int
    input_channels: int
    taps: int
    strided: int
    weights: int
    biases: int
    spatial: bool

    @classmethod
    def of(cls, population: Population, synapse: Linear | Conv2d, inputs: int) -> "_Shape":
        out, per_group, *kernel = synapse.weights.shape
        strides = synapse.stride if isinstance(synapse, Conv2d) else ()
        biases = np.asarray(population.bias)
        return cls(
            neurons=population.size,
            channels=out,
            inputs=inputs,
            input_channels=per_group * (synapse.groups if isinstance(synapse, Conv2d) else 1),
            taps=prod(kernel),
            strided=prod(ceil(k / s) for k, s in zip(kernel, strides, strict=True)),
            weights=prod(synapse.weights.shape),
            biases=biases.size if np.any(biases) else 0,
            spatial=isinstance(synapse, Conv2d),
        )


@dataclass(frozen=True)
class _Spikes:
    """Into a layer and out of it in the window, steps, whether it leaks, whether its input are numbers that flow in once."""

    into: float
    out: float
    steps: int
    leaks: bool
    once: bool


def _spiking(shape: _Shape, spikes: _Spikes, counted: QualiaSettings) -> tuple[float, ...]:
    """In the order of COLUMNS, picojoule."""
    add, multiply, steps = counted.add, counted.multiply, spikes.steps
    theta = spikes.into
    each_step = theta * steps if spikes.once else theta
    reach = shape.channels * shape.taps
    sweeps = shape.neurons * steps
    potentials = 2 * (each_step * reach + sweeps) * counted.access(shape.neurons)
    bias = sweeps * counted.access(shape.biases) if shape.biases else 0.0
    io = (theta + spikes.out) * counted.access(0)
    if spikes.once:
        products = shape.neurons * shape.input_channels * shape.taps * theta / shape.inputs
        ops = products * (multiply + add) + shape.neurons * add + spikes.out * add
        ops += shape.neurons * multiply if spikes.leaks else 0.0
    else:
        ops = (theta * shape.strided * shape.channels + sweeps + spikes.out) * add
        ops += sweeps * (multiply + add) if spikes.leaks else 0.0
    addresses = 2 * theta * (multiply + add) + theta * shape.taps * add
    if not shape.spatial:
        addresses = theta / shape.inputs * shape.channels * add
    return potentials, theta * reach * counted.access(shape.weights), bias, io, ops, addresses


def _formal(shape: _Shape, counted: QualiaSettings) -> tuple[float, ...]:
    """In the order of COLUMNS, picojoule."""
    products = shape.neurons * shape.input_channels * shape.taps
    reads = products if shape.spatial else shape.inputs
    bias = shape.neurons * counted.access(shape.biases) if shape.biases else 0.0
    io = reads * counted.access(shape.inputs) + shape.neurons * counted.access(shape.neurons)
    ops = products * (counted.multiply + counted.add) + shape.neurons * counted.add
    addresses = shape.inputs + shape.neurons + shape.channels * shape.taps if shape.spatial else products
    return 0.0, products * counted.access(shape.weights), bias, io, ops, addresses * counted.add
