"""Backward through the rate: one pass without time through the counts of the whole run (`RateBased`)."""

from torch import Tensor

from spikewright import InvalidNetwork
from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.traits import answered
from spikewright.snn.twin.codes import encode
from spikewright.snn.twin.neurons import TwinLaw
from spikewright.snn.twin.surrogates import RateBased, Surrogate, straight_through
from spikewright.snn.twin.synapses import as_column
from spikewright.snn.twin.through_time import Paths, TwinRun


def check_rates(network: Network, surrogate: Surrogate) -> None:
    """Raise InvalidNetwork when counts cannot tell the gradient: for the order of first spikes, and through delays."""
    if not isinstance(surrogate, RateBased) or not spikes(network):
        return
    if network.readout == "first":
        raise InvalidNetwork(
            'expected a surrogate in time for the readout "first", got RateBased: counts have no order; try Triangle()'
        )
    if times_matter(network):
        raise InvalidNetwork(
            "expected a surrogate in time for LatchedIF neurons, got RateBased: counts have no order; try Triangle()"
        )
    for projection in network.projections:
        if projection.delay:
            raise InvalidNetwork(
                f"expected a surrogate in time for the delay of projection {projection.name!r}, got RateBased; try Triangle()"
            )


def counts_suffice(network: Network) -> bool:
    """Whether counts alone can tell the gradient, so that `RateBased` may be used."""
    if not spikes(network):
        return True
    return not (network.readout == "first" or times_matter(network) or any(q.delay for q in network.projections))


def times_matter(network: Network) -> bool:
    """Whether it is the time of a spike, and not the number of spikes, that the next population sees."""
    return any(p.neuron.latches for p in network.populations)


def spikes(network: Network) -> bool:
    """Whether neurons fire in steps, so that a surrogate has a part to play."""
    return any(p.neuron.fires for p in network.populations)


def rates(law: TwinLaw, paths: Paths, images: Tensor, run: TwinRun) -> Tensor:
    """Logits whose gradient runs through the counts of the whole run; their values are those of `run`, but for rounding."""
    network = law.network
    totals: dict[str, Tensor] = {}
    for population in network.order:
        if population.name == network.input:
            totals[population.name] = _input(law, images)
            continue
        drive = network.code.charge_steps * as_column(population.bias, population.shape, law.dtype)
        for q in network.incoming[population.name]:
            drive = drive + paths[q.name](totals[q.source])
        if population.name == network.output and network.readout == "potential":
            logits: Tensor = answered(network, drive.flatten(1))
            return logits
        count = run.total(population.name)
        totals[population.name] = straight_through(count, _rate(law, population, drive, count))
    answer: Tensor = answered(network, totals[network.output].flatten(1))
    return answer


def _input(law: TwinLaw, images: Tensor) -> Tensor:
    code, sent = law.network.code, encode(law.network, images, law.dtype)
    if code.graded:
        return sent[0] * code.charge_steps
    weights = sent.new_tensor([code.weight(step) for step in range(len(sent))])
    return (sent * weights.reshape(-1, *[1] * (sent.ndim - 1))).sum(dim=0)


def _rate(law: TwinLaw, population: Population, drive: Tensor, count: Tensor) -> Tensor:
    """d(count) / d(charge) = 1 / threshold where a neuron fired at all; a gate passes on the winner's."""
    neuron = population.neuron
    if neuron.compares:
        return drive
    if not neuron.fires:
        return drive * 0
    rates = {name: drive / as_column(x, population.shape, law.dtype) for name, x in neuron.all_thresholds().items()}
    rate, below = rates["threshold"], rates.get("negative")
    if below is not None:
        return (count > 0) * rate + (count < 0) * below
    return rate * (count > 0)
