"""Delays and circles: how a run is cut into pieces, how long events are kept, and that neither shows in an answer.

The tests are on the structure (steps at a time, columns of the history), since that is what time and memory follow."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Direct,
    Integrator,
    LatchedIF,
    Linear,
    MembraneNoise,
    Network,
    Population,
    PotentialBitFlips,
    Projection,
    RateCode,
    SignedIF,
    Source,
    SpikeDeletion,
    SpikeInsertion,
    StuckAt,
    TerminateDelta,
    TerminateMax,
    TernaryIF,
    dense,
)
from spikewright.snn.event.engine import EventRun
from spikewright.snn.event.groups import StepGroup, groups_of
from spikewright.snn.simulation import Request
from spikewright.weights import Expression
from tests.snn.strategies import Case
from tests.snn.test_contract import assert_same, both

NEURONS = (IF(5), IF(6, "zero", refractory=2), LIF(7, 0.5), SignedIF(6, 3), TernaryIF(6, 5), Burst(3, 4), LatchedIF(30))
NOISES = (
    None,
    SpikeDeletion(0.3, 1),
    SpikeInsertion(0.2, 2),
    StuckAt(1, 0.2, 3),
    MembraneNoise(0.3, 4),
    PotentialBitFlips(0.2, 5),
)
NAMES = "abcde"


def weights(seed: int, rows: int, columns: int) -> Expression:
    return dense(np.random.default_rng(seed).integers(-4, 6, (rows, columns)).astype(np.int8))


def network(edges: dict[str, int], code=None, neurons=None, **fields) -> Network:
    """Populations of three neurons, fed by the input through "a"; `edges`: "ab": delay. The last name ends in the output."""
    names = sorted(set("".join(edges)) - {"i", "o"})
    neurons = neurons or [IF(5)] * len(names)
    parts = [Population(name, (3,), neuron, 1, 0, 12) for name, neuron in zip(names, neurons, strict=True)]
    edges = {"ia": 0, **edges, f"{names[-1]}o": 0}
    shape = {"i": 4, "o": 2}
    projections = tuple(
        Projection(q[0], q[1], Linear(weights(n, shape.get(q[1], 3), shape.get(q[0], 3))), delay=delay)
        for n, (q, delay) in enumerate(edges.items())
    )
    ends = (Population("i", (4,), Source()), *parts, Population("o", (2,), Integrator(), 0, 0, 32))
    return Network(ends, projections, "i", "o", code or RateCode(100), numbers="fixed", **fields)


STRUCTURES = {
    "no delay": ({"ab": 0, "bc": 0}, ["a", "b", "c", "o"], None),
    "delays that lead forwards": ({"ab": 1, "bc": 7, "ac": 0}, ["a", "b", "c", "o"], None),
    "onto itself": ({"aa": 1, "ab": 0}, ["a", "b", "o"], 1),
    "back, with delay 4": ({"ab": 0, "ba": 4}, ["ab", "o"], 4),
    "the longest delay of a circle": ({"ab": 16, "bc": 3, "ca": 1}, ["bca", "o"], 16),
    "the least of two circles": ({"ab": 0, "ba": 9, "aa": 2}, ["ab", "o"], 2),
    "behind a delay": ({"ab": 5, "bb": 1, "bc": 0}, ["a", "b", "c", "o"], 1),
}


@pytest.mark.parametrize("structure", STRUCTURES)
def test_only_circles_are_cut(structure: str) -> None:
    """Everything else takes a whole chunk of steps at once, whatever its delays; a circle its longest delay."""
    edges, names, limit = STRUCTURES[structure]
    found = groups_of(network(edges))
    assert ["".join(group.names) for group in found] == names
    assert {group.limit for group in found} - {None} == ({limit} if limit else set())


@pytest.mark.parametrize("structure", STRUCTURES)
def test_kernels_get_as_many_steps_as_the_structure_allows(structure: str) -> None:
    """How often each population is asked in 100 steps: once a chunk of 32, or once for each piece of a circle's chunk."""
    edges, _, limit = STRUCTURES[structure]
    asked: dict[str, list[int]] = {}

    class Watched(EventRun):
        def _step(self, population, chunk):
            asked.setdefault(population.name, []).append(chunk.length)
            super()._step(population, chunk)

    this = network(edges)
    Watched(Request(this, np.full((1, 4), 0.5, np.float32))).activity()
    for group in groups_of(this):
        for name in group.names:
            assert max(asked[name]) == min(group.limit or 32, 32)
            assert sum(asked[name]) == 100
    assert min(max(lengths) for lengths in asked.values()) == (limit or 32)


@pytest.mark.parametrize(
    ("edges", "longest"), [({"ab": 1}, 1), ({"ab": 40}, 40), ({"ab": 0, "ba": 4}, 4), ({"ab": 10**6}, 300)]
)
def test_what_is_remembered_follows_the_delay_and_not_the_run(edges: dict[str, int], longest: int) -> None:
    """Columns of the history in 300 steps of all neurons firing, and places for events in it."""
    columns: list[int] = []
    places: list[int] = []

    class Watched(EventRun):
        def _decide(self, chunk):
            return None

        def _advance(self, chunk):
            super()._advance(chunk)
            columns.extend(history.kept.ends.shape[1] for history in chunk.past.values())
            places.extend(history.kept.address.shape[1] for history in chunk.past.values())

    neurons = [Burst(1, 1)] * 2
    this = network(edges, RateCode(300), neurons)
    Watched(Request(this, np.ones((1, 4), np.float32))).activity()
    assert max(columns) <= longest + max(longest, 32) + 1
    assert max(places) <= 2 * 3 * max(columns)


@st.composite
def circled(draw) -> Case:
    """Up to five populations with edges in both directions; those that lead back, or in a ring, have delays."""
    names = NAMES[: draw(st.integers(1, 5))]
    edges = {f"{a}{b}": draw(st.sampled_from([0, 0, 1, 2, 5])) for a, b in pairwise(names)}
    for a, b in draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=5, unique=True)):
        edges.setdefault(a + b, draw(st.sampled_from([1, 1, 2, 3, 7, 40])))
    steps = draw(st.sampled_from([3, 20, 70]))
    code = draw(st.sampled_from([RateCode(steps), Direct(steps, 7), Direct(steps, 7, window=2)]))
    neurons = [draw(st.sampled_from(NEURONS)) for _ in names]
    decision = draw(st.sampled_from([None, None, None, TerminateDelta(40), TerminateMax(30)]))
    this = network(edges or {"aa": 1}, code, neurons, decision=decision)
    random = np.random.default_rng(draw(st.integers(0, 2**20)))
    return Case(this, (random.integers(0, 17, (draw(st.integers(1, 4)), 4)) / 16).astype(np.float32))


@settings(max_examples=60)
@given(case=circled(), noise=st.sampled_from(NOISES))
def test_circles_answer_as_the_reference_does(case: Case, noise) -> None:
    assert_same(*both(case, noise=noise))


def test_a_group_goes_through_all_steps() -> None:
    assert list(StepGroup(("a",), 4).pieces(slice(30, 40))) == [slice(30, 34), slice(34, 38), slice(38, 40)]
    assert list(StepGroup(("a",)).pieces(slice(30, 40))) == [slice(30, 40)]
