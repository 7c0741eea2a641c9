"""What `Srp` and `Cos` do to a network in its pre-steps, and the account of what that costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from spikewright import InvalidNetwork
from spikewright.conversion.calibration.layer_run import LayerRun, Response, Start
from spikewright.conversion.calibration.settings import Cos, Srp
from spikewright.conversion.calibration.tallying import DTYPE
from spikewright.snn import Network, Population
from spikewright.snn.twin.synapses import Path, as_column

SPIKE_SPAN = 1e-3
"""A shift by one spike goes this share of a threshold beyond what just suffices."""


@dataclass(eq=False)
class SpikeLedger:
    """Spikes and synaptic operations so far, `(n,)` by name, and what each neuron's spike costs."""

    fanout: Mapping[str, Tensor]
    spikes: dict[str, Tensor] = field(default_factory=dict)
    operations: dict[str, Tensor] = field(default_factory=dict)

    def count(self, flow: LayerRun, population: Population, sent: Tensor) -> None:
        """Note what `population` has sent, and what arrives."""
        total = sent.abs().sum(0, dtype=DTYPE)
        _add(self.spikes, population.name, total.flatten(1).sum(1))
        self.deliver(flow, population.name, total)

    def deliver(self, flow: LayerRun, name: str, total: Tensor) -> None:
        """Note the operations of `total (n, *shape)` spikes of a population, or of its held values."""
        for q in flow.network.projections:
            if q.source == name:
                _add(self.operations, q.name, (total * self.fanout[q.name]).flatten(1).sum(1, dtype=torch.float64))


def run_srp(network: Network, images: Tensor, method: Srp, ledger: SpikeLedger) -> Tensor:
    """Potentials of the output `(steps, n, classes)` with `Srp`: who ends its first run at or below zero keeps silent."""
    short = replace(network, code=network.code.with_steps(method.pre_steps))
    first = LayerRun(short, images, {})
    awake = {}

    def look(population: Population, drive: Tensor) -> Response:
        answer = first.answer(population, drive)
        awake[population.name] = (answer.potential > SPIKE_SPAN * first.amplitude(population)).to(DTYPE)
        return answer

    through(first, look, ledger)
    second = LayerRun(network, images, {})
    return through(
        second,
        lambda population, drive: second.answer(population, drive, Start(awake=awake[population.name])),
        ledger,
    )


def run_cos(network: Network, images: Tensor, method: Cos, ledger: SpikeLedger) -> Tensor:
    """Potentials of the output `(steps, n, classes)` with `Cos`: layer by layer, each begins as its own pre-steps say."""
    flow = LayerRun(network, images, {})

    def look(population: Population, drive: Tensor) -> Response:
        if population.neuron.sends == "nothing":
            return flow.answer(population, drive)
        start = offset(flow, population, drive[: method.pre_steps], ledger)
        for q in network.incoming[population.name]:
            if q.source not in flow.held:
                early = flow.sent[q.source][: method.pre_steps].abs().sum(0, dtype=DTYPE)
                _add(ledger.operations, q.name, (early * ledger.fanout[q.name]).flatten(1).sum(1, dtype=torch.float64))
        return flow.answer(population, drive, Start(start))

    return through(flow, look, ledger)


def offset(flow: LayerRun, population: Population, drive: Tensor, ledger: SpikeLedger) -> Tensor:
    """Initial potentials `(b, *shape)` after the pre-steps `drive (pre_steps, b, *shape)`: one spike up, one down, or as is.

    Down where V < 0 and the neuron fired: by the smallest V + threshold before a spike, and at least a threshold, so that
    just this spike falls out. Up where V >= threshold: by what the largest V without a spike was short of firing.
    """
    threshold = as_column(population.neuron.threshold, population.shape, DTYPE)
    bias = as_column(population.bias, population.shape, DTYPE)
    initial = as_column(population.initial, population.shape, DTYPE).expand(drive.shape[1:])
    V, count = initial.clone(), torch.zeros_like(drive[0])
    fired_at, silent_at = torch.full_like(V, torch.inf), torch.full_like(V, -torch.inf)
    for now in drive:
        V = V + (now + bias)
        fired = threshold <= V
        fired_at = torch.where(fired, torch.minimum(fired_at, V), fired_at)
        silent_at = torch.where(fired, silent_at, torch.maximum(silent_at, V))
        V, count = V - fired * threshold, count + fired
    _add(ledger.spikes, population.name, count.flatten(1).sum(1))
    beyond = (1.0 + SPIKE_SPAN) * threshold
    down = torch.maximum(fired_at - (1.0 - SPIKE_SPAN) * threshold, threshold.expand_as(V))
    up = torch.maximum(beyond - silent_at, threshold.expand_as(V))
    shifted = torch.where((V < 0) & (count > 0), initial - down, initial)
    return torch.where((threshold <= V) & torch.isfinite(up), initial + up, shifted)


def through(flow: LayerRun, law: Callable[[Population, Tensor], Response], ledger: SpikeLedger) -> Tensor:
    """All populations in order; the potential of the output after each step, `(steps, b, classes)`."""
    network = flow.network
    ledger.deliver(flow, network.input, (flow.held[network.input] != 0).to(DTYPE))
    _add(ledger.spikes, network.input, (flow.held[network.input] != 0).flatten(1).sum(1).to(DTYPE))
    everybody = slice(0, flow.count)
    for population in network.order[1:]:
        drive = flow.drive(population, everybody)
        if population.name == network.output:
            law(population, drive)
            bias, initial = (as_column(v, population.shape, DTYPE) for v in (population.bias, population.initial))
            potentials: Tensor = (initial + (drive + bias).cumsum(0)).flatten(2)
            _add(ledger.spikes, population.name, torch.zeros(flow.count))
            return potentials
        answer = law(population, drive)
        ledger.count(flow, population, answer.sent)
        flow.keep(population, answer.sent, torch.zeros(0))
    raise InvalidNetwork("expected an output population behind the others, got none")


def fanout_of(network: Network, path: Path, source: str) -> Tensor:
    """How many existing targets a spike of each source neuron meets over weights that are not zero, `(*shape)`."""
    if path.weight is not None:
        path.weight.copy_((path.weight != 0).to(DTYPE)) if not path.weight.requires_grad else None
    x = torch.zeros((1, *network.by_name[source].shape), requires_grad=True)
    (slope,) = torch.autograd.grad(path(x).sum(), x)
    return slope[0]


def _add(totals: dict[str, Tensor], name: str, values: Tensor) -> None:
    totals[name] = totals.get(name, torch.zeros(())) + values
