"""Which neurons, codes, schedules, readouts and decisions go together. What is not allowed here raises; no engine guesses."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from spikewright import InvalidInput, InvalidNetwork
from spikewright.answers import Head
from spikewright.linear_tails import Tail
from spikewright.several_heads import image_classes
from spikewright.snn.neurons import NEURONS, Source
from spikewright.snn.traits import is_timed

if TYPE_CHECKING:
    from spikewright.snn.network import Network
    from spikewright.snn.populations import Population


def check_rules(network: Network) -> None:
    """Raise InvalidNetwork when the parts do not go together, naming the part and what would."""
    _check_input(network)
    _check_families(network)
    _check_gates(network)
    _check_code(network)
    _check_schedule(network)
    _check_fixed(network)
    _check_answer(network)


def _inner(network: Network) -> list[Population]:
    return [p for p in network.populations if p.name != network.input]


def _check_input(network: Network) -> None:
    source = network.by_name[network.input]
    if not isinstance(source.neuron, Source):
        raise InvalidNetwork(f"expected the input population {network.input!r} to be a Source")
    if any(isinstance(p.neuron, Source) for p in _inner(network)):
        raise InvalidNetwork("expected one Source, the input population")
    network.code.image_shape(source.shape)


def _check_families(network: Network) -> None:
    """Steps, time codes and quantised networks do not mix."""
    sent = {p.neuron.sends for p in _inner(network)}
    timed, quantised, stepped = (kind in sent for kind in ("times", "values", "spikes"))
    if timed != is_timed(network) or (timed and (quantised or stepped)):
        raise InvalidNetwork("expected Ramp neurons with the code TtfsCode and with it alone")
    if quantised and (network.steps != 1 or stepped):
        raise InvalidNetwork("expected QuantReLU neurons in a network of one step and of their own kind")


def _check_gates(network: Network) -> None:
    """A MaxGate sees Windows, and nothing else does."""
    for q in network.projections:
        gate = network.by_name[q.target].neuron.compares
        if gate != q.synapse.compares:
            raise InvalidNetwork(f"expected Windows into a MaxGate and only there, got projection {q.name!r}")
        if gate and (q.pool != (1, 1) or q.shift or q.delay):
            raise InvalidNetwork(f"expected no pool, shift or delay in projection {q.name!r} into a MaxGate")
        source = network.by_name[q.source].neuron
        held = q.source == network.input and network.code.sends == "values"
        if gate and held and (network.steps > 1 or any(p.neuron.fires for p in network.populations)):
            raise InvalidNetwork(
                f"expected spikes into the MaxGate {q.target!r}, got a direct input; pool the image first"
            )
        kind = type(source).__name__
        if gate and source.sends == "nothing":
            raise InvalidNetwork(f"expected spikes into the MaxGate {q.target!r}, got an {kind}, which sends none")
        if gate and source.step_factors:
            raise InvalidNetwork(
                f"expected spikes of equal weight into the MaxGate {q.target!r}, got {kind} neurons; try an average pool"
            )
    for p in network.populations:
        if not p.neuron.compares:
            continue
        slices = sorted(q.channels or (0, p.shape[0]) for q in network.incoming[p.name])
        if any(one[1] > other[0] for one, other in pairwise(slices)):
            raise InvalidNetwork(f"expected one source for each channel of the MaxGate {p.name!r}")
        if np.any(np.asarray(p.bias)) or np.any(np.asarray(p.initial)):
            raise InvalidNetwork(f"expected no bias and no initial potential in the MaxGate {p.name!r}")


def _check_code(network: Network) -> None:
    """A code that reaches inside needs neurons whose law has a place for it."""
    code, name = network.code, type(network.code).__name__
    if code.inside is None:
        return
    weighted = code.inside == "step weights"
    if weighted and (network.schedule != "synchronous" or any(q.delay for q in network.projections)):
        raise InvalidNetwork(f"expected the synchronous schedule without delays under the code {name}")
    known = ", ".join(neuron.__name__ for neuron in NEURONS if code.inside in neuron.obeys)
    for p in _inner(network):
        if code.inside not in p.neuron.obeys and (weighted or p.name != network.output):
            raise InvalidNetwork(f"expected a neuron among {known} under the code {name} in {p.name!r}")
        if weighted and p.neuron.refractory:
            raise InvalidNetwork(f"expected no refractory steps under the code {name} in {p.name!r}")


def _check_schedule(network: Network) -> None:
    stepped = any(p.neuron.potential == "kept" for p in network.populations)
    quiet = any(p.neuron.potential == "once" for p in network.populations)
    plain = network.schedule == "synchronous" and stepped and not quiet and not is_timed(network)
    if network.schedule not in ("synchronous", "layerwise"):
        raise InvalidNetwork(f'expected the schedule "synchronous" or "layerwise", got {network.schedule!r}')
    if network.decision is not None and not plain:
        raise InvalidNetwork("expected a synchronous network of steps for an early decision")
    for p in network.populations:
        kind, own = type(p.neuron).__name__, len(p.neuron.step_factors)
        if own and (network.schedule not in p.neuron.schedules or own != network.steps):
            raise InvalidNetwork(
                f"expected the {_either(p.neuron.schedules)} schedule over {own} steps, those of the {kind} neurons in "
                f"{p.name!r}, got {network.schedule!r} over {network.steps}"
            )
        if network.schedule not in p.neuron.schedules:
            raise InvalidNetwork(
                f"expected the {_either(p.neuron.schedules)} schedule for {kind} neurons in {p.name!r}"
            )
    for q in network.projections:
        if q.delay and not plain:
            raise InvalidNetwork(f"expected a synchronous network of steps for the delay of projection {q.name!r}")
        if q.delay and q.source == network.input and network.code.graded:
            raise InvalidNetwork(f"expected spikes through the delayed projection {q.name!r}, got a direct input")


def _check_fixed(network: Network) -> None:
    if network.numbers == "fixed" and network.code.graded and network.code.levels is None:
        raise InvalidNetwork(
            "expected a code of integers for fixed point, got real values; try Direct or TtfsCode with levels, or RateCode"
        )


def _check_answer(network: Network) -> None:
    if not (np.isfinite(network.logit_scale) and network.logit_scale > 0):
        raise InvalidNetwork(f"expected a logit scale > 0, got {network.logit_scale}")
    neuron = network.by_name[network.output].neuron
    if network.readout not in neuron.readouts:
        kind = type(neuron).__name__
        raise InvalidNetwork(f"expected a readout that {kind} neurons can give, got {network.readout!r}")
    _check_tail(network)
    _check_heads(network)


def _check_tail(network: Network) -> None:
    """A tail reads the output neurons, in numbers of the model; who decides early looks at these neurons themselves."""
    tail: object = network.tail
    if tail is None:
        return
    size = network.by_name[network.output].size
    if not isinstance(tail, Tail) or prod(tail.source) != size:
        got = f"one of {tail.source}" if isinstance(tail, Tail) else type(tail).__name__
        raise InvalidNetwork(f"expected a Tail of the {size} output neurons, got {got}")
    if network.readout == "first":
        raise InvalidNetwork('expected logits in the units of the model for a tail, got the readout "first"')
    if network.decision is not None and network.decision.height is not None:
        kind = type(network.decision).__name__
        raise InvalidNetwork(
            f"expected output neurons that are the answer for the decision {kind}, got a tail; try Quiescence()"
        )


def _check_heads(network: Network) -> None:
    """Every output neuron belongs to one head, and a decision that looks at logits looks at those of one class a sample."""
    given: object = network.heads
    if not isinstance(given, tuple) or not given or not all(isinstance(head, Head) for head in given):
        raise InvalidNetwork(f"expected heads as a tuple of Head, got {given!r:.60}; try heads=(Head(),)")
    names, size = [head.name for head in network.heads], network.classes
    if len(set(names)) < len(names) or (len(names) > 1 and not all(head.shape for head in network.heads)):
        raise InvalidNetwork(f"expected heads with a name and a shape each, got {', '.join(map(repr, names))}")
    found = sum(head.neurons(size) for head in network.heads)
    if found != size:
        raise InvalidNetwork(f"expected heads for {size} output neurons, got {found}; try shapes of their sizes")
    if network.decision is not None and network.decision.height is not None:
        try:
            image_classes(network.heads, f"the decision {type(network.decision).__name__}")
        except InvalidInput as error:
            raise InvalidNetwork(str(error)) from error


def _either(names: frozenset[str]) -> str:
    return " or ".join(sorted(names))
