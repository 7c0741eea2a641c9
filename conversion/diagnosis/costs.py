"""What one inference of a network costs, counted in operations and in bits that move. Both kinds of network by one rule.

Means over the samples of a run; zeros are skipped everywhere:

    operations          one for each surviving weight that something not zero meets: a multiply-accumulate where a number
                        arrives (an image, a QuantReLU's integer, a spike time), an addition where a spike does
    activations written what a population sends, in the cheaper of two formats: dense, N b bits for numbers of b bits and
                        N T b for T steps of spikes; or as events, an address of ceil(log2 N) bits each, with its number
                        (ceil(log2 levels) bits, it is not zero), nothing for a spike, one bit for the sign of one
    activations read    the same once for each projection that leaves the population; an image is read, never written
    weights read        one weight for each operation, at the width of its storage (32 bits if it is a real number)
    sums                read and written once for each operation and once for each neuron and step, at the width of the
                        potential (32 bits in float32). Kept apart: not in `bits_moved`

b: 1 for one spike a step, ceil(log2(m + 1)) for bursts of m in the dense format, ceil(log2(levels + 1)) for numbers, 32 for
real ones. The split into operations and movement of sparse and dense activations and of weights, and the quantised CNN of
ceil(log2(T + 1)) bits to compare with, are those of Yan et al. (arXiv 2409.08290); one weight and one potential for each
operation is the accounting of Lemaire et al. (arXiv 2210.13107), with surviving weights and borders counted as they are.
"""

from dataclasses import dataclass
from math import ceil, log2

from spikewright.conversion.diagnosis.parts import levels
from spikewright.snn import Activity, Network, Population
from spikewright.snn.traits import sent
from spikewright.weights import Expression, leaves

REAL_BITS = 32


@dataclass(frozen=True)
class InferenceCost:
    """Means of one inference, as the module says. `accuracy` None without labels; `levels`, zero among them, and
    `bits` of an activation: the most of a layer, None and 32 for real values."""

    accuracy: float | None
    levels: int | None
    bits: int
    multiply_accumulates: float
    additions: float
    activations_written_bits: float
    activations_read_bits: float
    weights_read_bits: float
    sums_bits: float

    @property
    def operations(self) -> float:
        """Multiply-accumulates and additions."""
        return self.multiply_accumulates + self.additions

    @property
    def bits_moved(self) -> float:
        """Activations written and read, and weights read."""
        return self.activations_written_bits + self.activations_read_bits + self.weights_read_bits


def inference_cost(network: Network, activity: Activity, accuracy: float | None = None) -> InferenceCost:
    """The cost of one inference of `network`, mean over the samples of `activity`."""
    operations = {q.name: float(activity.synaptic_operations[q.name].mean()) for q in network.projections}
    graded = {p.name for p in network.populations if sent(network, p).once}
    multiplied = sum(operations[q.name] for q in network.projections if q.source in graded)
    bits = {p.name: _sent_bits(network, p, float(activity.spikes[p.name].mean())) for p in network.populations}
    known = [levels(network, p) for p in network.populations if p.neuron.sends != "passed on"]
    counts = [count for count in known if count is not None]
    real = any(p.neuron.sends == "times" and p.neuron.levels is None for p in network.populations)
    return InferenceCost(
        accuracy=accuracy,
        levels=None if real or not counts else max(counts) + 1,
        bits=REAL_BITS if real else max((number_bits(count) for count in counts), default=REAL_BITS),
        multiply_accumulates=multiplied,
        additions=sum(operations.values()) - multiplied,
        activations_written_bits=sum(bits[name] for name in {q.source for q in network.projections} - {network.input}),
        activations_read_bits=sum(bits[q.source] for q in network.projections),
        weights_read_bits=sum(operations[q.name] * _weight_bits(q.synapse.weights) for q in network.projections
                              if q.synapse.weights is not None),
        sums_bits=sum(_sums_bits(network, p, operations) for p in network.populations if p.name != network.input),
    )  # fmt: skip


def number_bits(count: int | None) -> int:
    """ceil(log2(levels + 1)): bits of one of 0..levels; 32 for real values."""
    return REAL_BITS if count is None else max(1, ceil(log2(count + 1)))


def _sent_bits(network: Network, population: Population, events: float) -> float:
    """The cheaper of the two formats. `events`: numbers that are not zero, or spikes."""
    address = max(1, ceil(log2(population.size)))
    what = sent(network, population)
    if what.once:
        count = _count(network, population)
        told = REAL_BITS if count is None else ceil(log2(count))
        return min(float(population.size * number_bits(count)), events * (address + told))
    dense = population.size * network.steps * (number_bits(what.most) + int(what.signed))
    return min(float(dense), events * (address + int(what.signed)))


def _count(network: Network, population: Population) -> int | None:
    """How many values besides 0 a number has that the population sends; None for real values."""
    if population.name == network.input:
        return network.code.levels
    if not population.neuron.compares:
        return levels(network, population)
    known = [_count(network, network.by_name[q.source]) for q in network.incoming[population.name]]
    return None if None in known else max(count for count in known if count is not None)


def _weight_bits(weights: Expression) -> int:
    """Width of one weight where it is stored, or in its table: 32 bits if it is a real number."""
    held = [leaf for _, holds, leaf in leaves(weights) if holds in ("weights", "tables")]
    return max((REAL_BITS if leaf.real else leaf.word_bits for leaf in held), default=1)


def _sums_bits(network: Network, population: Population, operations: dict[str, float]) -> float:
    """Each operation, and each neuron in each of its steps, reads and writes one sum."""
    steps = 1 if population.neuron.potential == "once" else network.steps
    touched = sum(operations[q.name] for q in network.incoming[population.name]) + population.size * steps
    return 2 * touched * (population.potential_bits or REAL_BITS)
