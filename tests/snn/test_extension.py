"""A neuron and a code from outside: registered in the table of each engine, with no source file touched, they run everywhere."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    Linear,
    MembraneNoise,
    Population,
    Projection,
    RateCode,
    SpikeDeletion,
    StuckAt,
    ThresholdVariation,
)
from spikewright.snn.codes import Code
from spikewright.snn.event.encoders import ENCODERS
from spikewright.snn.event.firing_rules import FIRING_RULES, FiringRule
from spikewright.snn.network import Network
from spikewright.snn.neurons import Firing, PerChannel, Source
from spikewright.snn.reference.codes import SPIKES
from spikewright.snn.reference.neurons import LAWS
from spikewright.snn.twin.codes import MEANS
from spikewright.snn.twin.firing import RULES
from spikewright.snn.twin.network import Twin
from tests.snn.strategies import Case
from tests.snn.test_contract import assert_same, both

HARDEST = 3


@dataclass(frozen=True, eq=False)
class HardeningIF(Firing):
    """Its threshold doubles with each spike that it has sent, up to eight times what it was; reset by subtraction of that."""

    remembers = True

    threshold: PerChannel


def in_reference(neuron, U, now):
    threshold = now.threshold * 2 ** np.minimum(now.count, HARDEST).astype(U.dtype)
    up = threshold <= U
    return up.astype(np.int64), np.where(up, U - threshold, U)


def kernel(drive, cells, law, answer):
    """Both kinds of numbers, in plain numpy; no one said that a kernel is compiled."""
    threshold, shift, top = law
    for s in range(len(cells.potential)):
        V, sent, spikes = cells.potential[s], cells.memory[s], []
        for t in range(drive.bias_row.size):
            S = drive.sums[s, min(t, drive.sums.shape[1] - 1)].astype(V.dtype)
            V[:] = V + (S * V.dtype.type(drive.sums_factor[t] << shift) + drive.bias[drive.bias_row[t]].astype(V.dtype))
            if top:
                np.clip(V, -top - 1, top, out=V)
            here = threshold * 2 ** np.minimum(sent, HARDEST).astype(V.dtype)
            up = here <= V
            V[up] -= here[up]
            sent += up
            spikes.append(np.flatnonzero(up))
            if answer.trace.size:
                answer.trace[s, t] = V
        ends = np.cumsum([0, *map(len, spikes)])
        answer.ends[s, : len(ends)] = ends
        answer.address[s, : ends[-1]] = np.concatenate(spikes)


def in_twin(law, U, now):
    threshold = now.threshold * 2 ** now.count.clamp(max=HARDEST)
    up = law.crosses(U - threshold, threshold)
    return up, U - threshold * law.seen(up)


RULE = FiringRule(
    lambda member: (member.each(member.neuron.threshold), member.shift, member.top),
    kernel,
    kernel,
    wide=True,
    remembers=True,
    product=lambda weight, neuron, top, reached: 2**HARDEST * top,
)


@dataclass(frozen=True)
class Halves(Code):
    """A spike in every step for a pixel above a half."""

    steps: int


def halves(code, x, draws) -> Iterator[np.ndarray]:
    return (x > 0.5 for _ in range(code.steps))


def encode_halves(encoding, sent):
    sent[:, :, : encoding.public.size] = (encoding.pixels > 0.5)[:, None]


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(LAWS, HardeningIF, in_reference)
    monkeypatch.setitem(FIRING_RULES, HardeningIF, RULE)
    monkeypatch.setitem(RULES, HardeningIF, in_twin)
    monkeypatch.setitem(SPIKES, Halves, halves)
    monkeypatch.setitem(ENCODERS, Halves, encode_halves)
    monkeypatch.setitem(MEANS, Halves, lambda code, pixels: pixels)


def network(code=None, schedule="synchronous", threshold=0.5) -> Network:
    parts = (
        Population("in", (2, 3), Source()),
        Population("a", (2, 3), HardeningIF(np.array([threshold, 2 * threshold], np.float32)), 0.125),
        Population("b", (4,), IF(0.75)),
        Population("out", (2,), Integrator()),
    )
    spread = (np.arange(24).reshape(4, 6) % 5 - 1).astype(np.float32) / 4
    projections = (
        Projection("in", "a", Identity(0.75)),
        Projection("a", "b", Linear(spread)),
        Projection("b", "out", Linear(np.eye(2, 4, dtype=np.float32))),
    )
    return Network(parts, projections, "in", "out", code or RateCode(9), schedule=schedule)


IMAGES = (np.arange(18, dtype=np.float32).reshape(3, 2, 3) % 9) / 8
CODES = [RateCode(9), Direct(9, levels=8), Halves(9)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize(
    "noise", [(), (SpikeDeletion(0.3), StuckAt(1, 0.2)), (ThresholdVariation(0.5),), (MembraneNoise(0.1),)]
)
def test_the_contract_holds(code, schedule, fixed, noise) -> None:
    chosen = network(code, schedule)
    chosen = chosen.to_fixed() if fixed else chosen
    fast, slow = both(Case(chosen, IMAGES), noise=noise)
    assert_same(fast, slow)
    assert fast.spikes["a"].any()


@given(threshold=st.sampled_from([0.125, 0.25, 1.0]), bits=st.sampled_from([None, 6, 10]))
@settings(max_examples=6)
def test_any_width_of_potentials_is_obeyed(threshold, bits) -> None:
    fixed = network(threshold=threshold).to_fixed(potential_bits=bits)
    assert_same(*both(Case(fixed, IMAGES)))
    assert all(np.all(p.neuron.threshold == np.floor(p.neuron.threshold)) for p in fixed.populations if p.name == "a")


@pytest.mark.parametrize("code", CODES)
def test_the_twin_agrees_and_has_a_gradient(code) -> None:
    fixed = network(code).to_fixed()
    images = torch.tensor(IMAGES, requires_grad=True)
    engine, alone = Twin(fixed)(images), Twin(fixed, engine_values=False)(images)
    assert torch.equal(engine, alone)
    alone.sum().backward()
    assert images.grad is not None and images.grad.abs().sum() > 0


def test_what_no_file_knows_is_not_written(tmp_path) -> None:
    with pytest.raises(InvalidNetwork, match="HardeningIF"):
        network().save(tmp_path / "network")
