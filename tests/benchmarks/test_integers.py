"""The fixed-point network on dense tensors: products of bytes give every spike of the engine, others are refused."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.case import load_case
from benchmarks.dense_plan import Plan
from benchmarks.entries import Sizes
from benchmarks.equality import compare, event_answer
from benchmarks.integers import PEERS, IntegerDense, integer_entries
from spikewright import InvalidInput
from spikewright.snn import IF, Direct, Identity, Integrator, Linear, Network, Population, Projection, Source, dense

PLAN = Plan("layers", True, True, 4)


def residual(largest: int = 128, unit: int = 1) -> Network:
    """Two ways into one population, with shifts of their own; weights times a number of each channel from 1 to a `unit`."""
    random = np.random.default_rng(0)
    units = random.integers(1, unit + 1, (16, 1))
    matrix, last = (dense((random.integers(-largest, largest, (16, 16)) * units).astype(np.int32)) for _ in range(2))
    parts = [Population("in", (16,), Source()), *(Population(name, (16,), IF(500), 3, 250, 20) for name in "ab")]
    links = [Projection("in", "a", Identity(3)), Projection("a", "b", Linear(matrix), shift=2)]
    links += [Projection("a", "b", Identity(7), shift=3, name="around"), Projection("b", "out", Linear(last))]
    return Network(
        (*parts, Population("out", (16,), Integrator(), 0, 0, 32)),
        tuple(links),
        "in",
        "out",
        Direct(9, 255),
        numbers="fixed",
    )


def test_every_spike_of_trained_and_residual_networks() -> None:
    case = load_case("small-digits", None, 5, 64)
    images = np.random.default_rng(1).random((7, 16), np.float32)
    wide = [residual(1000), residual(128, 300), residual(2000, 12)]
    for network, some in ((case.fixed, case.images[:6]), *((one, images) for one in (residual(), *wide))):
        expected = event_answer(network, some)
        assert any(count.any() for count in expected[1].values())
        assert compare(expected, IntegerDense(network, PLAN, "int8").counts(some)).exact


def test_entries_say_what_is_exact() -> None:
    entries = list(integer_entries(load_case("small-digits", None, 5, 64), Sizes(8, 8, 1, (4, 64))))
    assert [entry.name for entry in entries] == [f"torch, {way}, 8-bit network" for way in PEERS]
    assert entries[0].kind == "torch" and entries[0].columns["equal"] and "batch 4; exact" in entries[0].columns["how"]
    assert entries[1].kind == "orientation" and "not equal" in entries[1].columns["how"]


def test_a_network_of_wider_weights_has_lines_that_say_so() -> None:
    case = load_case("small-digits", None, 5, 64)
    first = next(p for p in case.fixed.projections if isinstance(p.synapse, Linear))
    shape = first.synapse.weights.shape
    wide = replace(
        first, synapse=Linear(dense(np.arange(2**16 * np.prod(shape), step=2**16).reshape(shape).astype(np.int64) + 1))
    )
    others = tuple(wide if p is first else p for p in case.fixed.projections)
    entries = list(integer_entries(replace(case, fixed=replace(case.fixed, projections=others)), Sizes(8, 8, 1, (4,))))
    assert [entry.kind for entry in entries] == ["missing"] * len(PEERS)
    assert all("left out: expected weights of 16 bits" in entry.columns["how"] for entry in entries)


def test_weights_of_more_bits_and_float32_are_refused() -> None:
    network = residual()
    wide = replace(network.projections[1], synapse=Linear(dense((np.eye(16, dtype=np.int64) << 16) + 1)))
    with pytest.raises(InvalidInput, match="weights of 16 bits"):
        IntegerDense(
            replace(network, projections=(network.projections[0], wide, *network.projections[2:])), PLAN, "int8"
        )
    with pytest.raises(InvalidInput, match="synchronous fixed network"):
        IntegerDense(load_case("small-digits", None, 5, 64).network, PLAN, "int8")
