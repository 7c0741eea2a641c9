"""Rate-coded networks run in two phases: what the first one shows of a sample decides how the second one begins.

The engines of `snn` begin every sample alike, so that both phases run here, population by population in torch (see
`conversion.calibration.layer_run`): float32, integrate-and-fire neurons, a constant input. Steps, spikes and synaptic
operations of the pre-steps count.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikewright import InvalidInput, InvalidNetwork
from spikewright.conversion.calibration.layer_run import DTYPE, LayerRun, Response, Start
from spikewright.conversion.calibration.settings import Cos, Srp, TwoPhaseMethod
from spikewright.snn import IF, Activity, Direct, Integrator, Network, Population, Source
from spikewright.snn.running import check_network
from spikewright.snn.streams import check_inputs
from spikewright.snn.twin.synapses import Path, as_column

BATCH = 128
SPIKE_SPAN = 1e-3
"""A shift by one spike goes this share of a threshold beyond what just suffices."""


@dataclass(eq=False)
class _Ledger:
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


def two_phase(network: Network, images: Any, method: TwoPhaseMethod | None = None) -> Activity:
    """Run `network` on `images (batch, *input shape)` with `Srp` or `Cos`; an Activity of pre-steps + steps of the network.

    `method`: that which the network was converted for (`network.run`) unless given; another one is refused.

    `Srp`: pre_steps of the network as it is, then a fresh run in which the neurons keep silent whose potential was then not
    above zero. `Cos`: each layer first counts over the first pre_steps of what reaches it, then begins anew with its initial
    potential one spike higher or lower; operations of those steps are counted twice. Logits are zero during pre-steps.
    Raises InvalidNetwork for other than float32 networks of IF neurons, reset by subtraction, synchronous, with the
    code Direct and the readout "potential", and InvalidInput for images that do not fit and for `Cos` with more
    pre-steps than steps. (Hao et al. 2023, arXiv 2302.02091 and 2302.10685.)
    """
    check_network(network)
    method = _method(network, method)
    check_two_phase(network, method)
    checked = torch.from_numpy(np.ascontiguousarray(check_inputs(network, images)))
    run = _srp if isinstance(method, Srp) else _cos
    fanout = {q.name: _fanout(network, Path(network, q, DTYPE), q.source) for q in network.projections}
    parts = []
    with torch.no_grad():
        for part in torch.split(checked, BATCH):
            ledger = _Ledger(fanout)
            parts.append((run(network, part, method, ledger), ledger))
    return _activity(network, parts, method.pre_steps)


def _srp(network: Network, images: Tensor, method: Any, ledger: _Ledger) -> Tensor:
    short = replace(network, code=replace(network.code, steps=method.pre_steps))
    first = LayerRun(short, images, {})
    awake = {}

    def look(population: Population, drive: Tensor) -> Response:
        answer = first.answer(population, drive)
        awake[population.name] = (answer.potential > SPIKE_SPAN * first.amplitude(population)).to(DTYPE)
        return answer

    _through(first, look, ledger)
    second = LayerRun(network, images, {})
    return _through(
        second,
        lambda population, drive: second.answer(population, drive, Start(awake=awake[population.name])),
        ledger,
    )


def _cos(network: Network, images: Tensor, method: Any, ledger: _Ledger) -> Tensor:
    flow = LayerRun(network, images, {})

    def look(population: Population, drive: Tensor) -> Response:
        if isinstance(population.neuron, Integrator):
            return flow.answer(population, drive)
        start = offset(flow, population, drive[: method.pre_steps], ledger)
        for q in network.incoming[population.name]:
            if q.source not in flow.held:
                early = flow.sent[q.source][: method.pre_steps].abs().sum(0, dtype=DTYPE)
                _add(ledger.operations, q.name, (early * ledger.fanout[q.name]).flatten(1).sum(1, dtype=torch.float64))
        return flow.answer(population, drive, Start(start))

    return _through(flow, look, ledger)


def offset(flow: LayerRun, population: Population, drive: Tensor, ledger: _Ledger) -> Tensor:
    """Initial potentials `(b, *shape)` after the pre-steps `drive (pre_steps, b, *shape)`: one spike up, one down, or as is.

    Down where V < 0 and the neuron fired: by the smallest V + threshold before a spike, and at least a threshold, so that
    just this spike falls out. Up where V >= threshold: by what the largest V without a spike was short of firing.
    """
    threshold = as_column(getattr(population.neuron, "threshold", 1.0), population.shape, DTYPE)
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


def _through(flow: LayerRun, law: Callable[[Population, Tensor], Response], ledger: _Ledger) -> Tensor:
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


def _fanout(network: Network, path: Path, source: str) -> Tensor:
    """How many existing targets a spike of each source neuron meets over weights that are not zero, `(*shape)`."""
    if path.weight is not None:
        path.weight.copy_((path.weight != 0).to(DTYPE)) if not path.weight.requires_grad else None
    x = torch.zeros((1, *network.by_name[source].shape), requires_grad=True)
    (slope,) = torch.autograd.grad(path(x).sum(), x)
    return slope[0]


def _activity(network: Network, parts: list[tuple[Tensor, _Ledger]], pre_steps: int) -> Activity:
    logits = torch.cat([potentials for potentials, _ in parts], 1).numpy()
    before = np.zeros((pre_steps, *logits.shape[1:]), dtype=logits.dtype)

    def joined(name: str, kind: str) -> Any:
        columns = [getattr(ledger, kind)[name] for _, ledger in parts]
        return np.rint(torch.cat(columns).numpy()).astype(np.int64)

    together = np.concatenate([before, logits])
    return Activity(
        together,
        "steps",
        {p.name: joined(p.name, "spikes") for p in network.populations},
        {q.name: joined(q.name, "operations") for q in network.projections},
        {p.name: p.size for p in network.populations},
        np.full(together.shape[1], len(together), dtype=np.int64),
        "torch, in two phases",
    )


def _method(network: Network, given: TwoPhaseMethod | None) -> TwoPhaseMethod:
    """The method of the network itself, which `given` may repeat, or else `given`."""
    phases = network.run.phases
    own = None if phases is None else (Srp if phases.method == "srp" else Cos)(phases.pre_steps)
    method = given if given is not None else own
    if method is None:
        raise InvalidInput(
            "expected a method for a network of one phase, got none; try two_phase(network, images, Srp(pre_steps=4))"
        )
    if own is not None and method != own:
        raise InvalidInput(f"expected {own}, for which the network was converted, got {method}")
    return method


def check_two_phase(network: Network, method: TwoPhaseMethod) -> None:
    """Raise InvalidNetwork or InvalidInput unless `two_phase` can run `network` with `method`."""
    if not isinstance(method, Srp | Cos):
        raise InvalidInput(f"expected Srp(...) or Cos(...), got {method!r}")
    plain = isinstance(network.code, Direct) and network.numbers == "float32" and network.schedule == "synchronous"
    plain = plain and network.decision is None and getattr(network.code, "window", None) is None
    neurons = all(
        isinstance(p.neuron, Source | Integrator)
        or (isinstance(p.neuron, IF) and p.neuron.reset == "subtract" and not p.neuron.refractory)
        for p in network.populations
    )
    if not (plain and neurons and network.readout == "potential" and not any(q.delay for q in network.projections)):
        raise InvalidNetwork(
            "expected a synchronous float32 network of IF neurons, reset by subtraction, with a constant input and an "
            "output that adds up, without delays and early decision, got another; try simulate(network, images), or convert "
            "without residual="
        )
    if isinstance(method, Cos) and method.pre_steps > network.steps:
        raise InvalidInput(
            f"expected at most {network.steps} pre-steps, the steps of the network, got {method.pre_steps}"
        )


def _add(totals: dict[str, Tensor], name: str, values: Tensor) -> None:
    totals[name] = totals.get(name, torch.zeros(())) + values
