"""The table is what estimate, placement and simulator say of each core, and what is refused is a row."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput, InvalidNetwork
from spikewright.hardware import design, estimate
from spikewright.hardware.behaviour.exact_cycles import core_cycles
from spikewright.hardware.costs.comparing import CoreComparison, compare_cores
from spikewright.hardware.costs.core_cost import FORMAL, SPIKE, CoreCost
from spikewright.hardware.costs.equal_terms import EqualTerms
from spikewright.hardware.placing import place
from spikewright.snn import Network, simulate
from tests.hardware.small_networks import formal, perceptron, pruned

IMAGES = np.random.default_rng(0).random((12, 40)).astype(np.float32)
LABELS = np.arange(12) % 8
TERMS = EqualTerms(lanes=4, timed=3)


def spiking() -> Network:
    return perceptron((40, 16, 8), steps=5)


def integers() -> Network:
    other = formal()
    shape = perceptron((40, 16, 8))
    relu, code = other.by_name["h0"].neuron, other.code
    populations = tuple(replace(p, neuron=relu) if p.name == "h0" else p for p in shape.populations)
    return replace(shape, populations=populations, code=code)


def compared(terms: EqualTerms = TERMS) -> CoreComparison:
    networks = {
        "dense": {SPIKE: spiking(), FORMAL: integers()},
        "pruned": {SPIKE: pruned(spiking(), 9), FORMAL: pruned(integers(), 9)},
    }
    return compare_cores(networks, (IMAGES, LABELS), terms)


def test_an_uncompressed_network_is_what_estimate_and_placement_say() -> None:
    found = compared()
    for core, network in ((SPIKE, spiking()), (FORMAL, integers())):
        activity = simulate(network, IMAGES)
        point = design(network, {"h0": 4, "out": 4})
        one, told = found.of("dense", core), estimate(network, activity, point)
        assert isinstance(one, CoreCost)
        same = ("lut", "ff", "bram36", "dsp", "asic45_energy_nj")
        assert {name: getattr(told, name) for name in same} == {name: getattr(one.estimate, name) for name in same}
        assert one.bits.total == place(network, point).total_bits
        assert one.accuracy == activity.accuracy(LABELS)


def test_cycles_are_those_of_the_simulator() -> None:
    one = compared().of("pruned", SPIKE)
    assert isinstance(one, CoreCost)
    network = pruned(spiking(), 9)
    lanes = {layer.population: layer.lanes for layer in one.estimate.point.layers}
    exact = core_cycles(network, lanes, simulate(network, IMAGES[:3], record=("rasters",)))
    assert one.row["latency_cycles"] == exact.latency.mean()
    assert (one.row["latency_cycles_low"], one.row["latency_cycles_high"]) == (exact.latency.min(), exact.latency.max())
    assert one.row["interval_cycles"] == exact.interval


def test_savings_are_shares_of_the_same_core_before() -> None:
    found = compared()
    for row in found.saved:
        one, before = found.of(row["technique"], row["core"]), found.of("dense", row["core"])
        assert isinstance(one, CoreCost)
        assert isinstance(before, CoreCost)
        for name, value in one.measures.items():
            if before.measures[name]:
                assert row[name] == pytest.approx(1 - value / before.measures[name])
    assert all(row["weight_memory_bits"] == 0 for row in found.saved.where(technique="dense"))


def test_what_is_refused_is_a_row_with_its_reason() -> None:
    networks = {
        "dense": {SPIKE: spiking(), FORMAL: InvalidNetwork("there are no levels")},
        "real": {SPIKE: replace(spiking(), numbers="float32"), FORMAL: integers()},
    }
    found = compare_cores(networks, (IMAGES, None), TERMS)
    rows = {(row["technique"], row["core"]): row for row in found.table}
    assert len(rows) == 4
    assert rows["dense", FORMAL]["refused"] == "there are no levels"
    assert rows["real", SPIKE]["refused"] is not None
    assert rows["real", SPIKE]["lut"] is None
    assert rows["dense", SPIKE]["accuracy"] is None
    assert "there are no levels" in found.verdicts["dense"]
    assert "There is no spike core" in found.verdicts["real"]


def test_it_shows_itself() -> None:
    found = compared()
    assert str(found).count("spike core") >= 4
    assert "pruned" in repr(found)
    assert "<table>" in found._repr_html_()


def test_no_networks_and_other_cores_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one technique"):
        compare_cores({}, (IMAGES, LABELS))
    with pytest.raises(InvalidInput, match="CNN core"):
        compare_cores({"dense": {"brain": spiking()}}, (IMAGES, LABELS))
    with pytest.raises(InvalidInput, match="expected one of dense, pruned"):
        compared().of("dense", "brain")
