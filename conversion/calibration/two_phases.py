"""Rate-coded networks run in two phases: what the first one shows of a sample decides how the second one begins.

The engines of `snn` begin every sample alike, so that both phases run here, population by population in torch (see
`conversion.calibration.layer_run`): float32, integrate-and-fire neurons, a constant input. Steps, spikes and synaptic
operations of the pre-steps count.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from spikewright import InvalidInput, InvalidNetwork
from spikewright.conversion.calibration.phase_laws import SpikeLedger, fanout_of, run_cos, run_srp
from spikewright.conversion.calibration.settings import Cos, Srp, TwoPhaseMethod
from spikewright.conversion.calibration.tallying import DTYPE, is_plain
from spikewright.snn import Activity, Network
from spikewright.snn.requirements import check_network
from spikewright.snn.streams import check_inputs
from spikewright.snn.traits import answered
from spikewright.snn.twin.synapses import Path

BATCH = 128


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
    network = replace(network, run=replace(network.run, input_range=None))  # the inputs are in [0, 1] by now
    run = _RUNS[type(method)]
    fanout = {q.name: fanout_of(network, Path(network, q, DTYPE), q.source) for q in network.projections}
    parts = []
    with torch.no_grad():
        for part in torch.split(checked, BATCH):
            ledger = SpikeLedger(fanout)
            parts.append((run(network, part, method, ledger), ledger))
    return _activity(network, parts, method.pre_steps)


_RUNS: Mapping[type, Callable[[Network, torch.Tensor, Any, SpikeLedger], torch.Tensor]] = {Srp: run_srp, Cos: run_cos}


def _activity(network: Network, parts: list[tuple[torch.Tensor, SpikeLedger]], pre_steps: int) -> Activity:
    logits = torch.cat([potentials for potentials, _ in parts], 1).numpy()
    before = np.zeros((pre_steps, *logits.shape[1:]), dtype=logits.dtype)

    def joined(name: str, kind: str) -> Any:
        columns = [getattr(ledger, kind)[name] for _, ledger in parts]
        return np.rint(torch.cat(columns).numpy()).astype(np.int64)

    together = answered(network, np.concatenate([before, logits]))
    return Activity(
        together,
        "steps",
        {p.name: joined(p.name, "spikes") for p in network.populations},
        {q.name: joined(q.name, "operations") for q in network.projections},
        {p.name: p.size for p in network.populations},
        np.full(together.shape[1], len(together), dtype=np.int64),
        "torch, in two phases",
        heads=network.heads,
        logit_scale=network.logit_scale,
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
    plain = network.code.sends == "values" and network.numbers == "float32" and network.schedule == "synchronous"
    plain = plain and network.decision is None and network.code.window is None
    neurons = all(
        p.name == network.input or p.neuron.sends == "nothing" or is_plain(p.neuron) for p in network.populations
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
