"""What is said of a technique follows from what was measured, to the number."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from spikewright.hardware.behaviour.exact_cycles import CoreCycles
from spikewright.hardware.costs.core_cost import FORMAL, SPIKE, CoreCost, CoreRefusal
from spikewright.hardware.costs.equal_terms import EqualTerms
from spikewright.hardware.costs.stored_bits import StoredBits
from spikewright.hardware.costs.verdicts import Costs, Pair, short, verdict_of, verdicts_of
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.model.interval import Interval
from tests.hardware.small_networks import active, perceptron

BITS = StoredBits(weights=8000, index=0, codebooks=0, state=500, others=100, rows=100)


def cost(core: str, cycles: float = 1000, **others: Any) -> Costs:
    """A core of 1,000 cycles and 8,000 bits of weights, but for what is said otherwise."""
    network = perceptron((40, 16, 8), steps=5)
    known = Estimator(network, active(network, {"in": 20.0, "h0": 5.0}))
    told = replace(known.at(EqualTerms().point(network)), latency_cycles=Interval.exact(cycles))
    times = CoreCycles(np.array([int(cycles)]), cycles, {})
    made = CoreCost("any", core, told, BITS, times, 90, 100, additions=400.0, events=25.0, survivors=1000)
    return replace(made, **others).row


BEFORE: Pair = {SPIKE: cost(SPIKE), FORMAL: cost(FORMAL)}


def test_the_uncompressed_network_is_told_in_numbers() -> None:
    told = verdict_of(BEFORE, BEFORE)
    assert "1.0 KiB of weight memory" in told
    assert "1,000 cycles" in told
    assert "right on 90.0 %" in told


def test_shares_are_those_that_were_saved() -> None:
    fewer = replace(BITS, weights=2000, index=320, rows=29)
    after = {SPIKE: cost(SPIKE, 380, bits=fewer, survivors=290, additions=116.0), FORMAL: cost(FORMAL, bits=fewer)}
    told = verdict_of(BEFORE, after)
    assert "The spike core saves 71 % of the weight memory and 62 % of the cycles; LUTs and energy stay." in told
    assert "The CNN core saves 71 % of the weight memory; cycles, LUTs and energy stay." in told
    assert "Accuracy: 90.0 % (+0.0) as a spike core and 90.0 % (+0.0) as a CNN core." in told


def test_what_costs_more_is_told_too() -> None:
    told = verdict_of(BEFORE, {SPIKE: cost(SPIKE, 1500, bits=replace(BITS, index=8000))})
    assert "takes 100 % more weight memory, 50 % more cycles" in told.replace(" and ", ", ")
    assert "50 % of its weight memory says which weights are stored." in told


def test_a_technique_of_which_nothing_is_left_in_the_core_says_why() -> None:
    same = {SPIKE: cost(SPIKE, 1010, survivors=990), FORMAL: cost(FORMAL)}
    assert "The spike core saves and costs nothing." in verdict_of(BEFORE, same)
    assert "factors, and what else makes a file smaller, are resolved" in verdict_of(BEFORE, same)
    pruned = {**same, FORMAL: cost(FORMAL, survivors=500)}
    assert "resolved" not in verdict_of(BEFORE, pruned)


@pytest.mark.parametrize(
    ("core", "others", "reason"),
    [
        (SPIKE, {"survivors": 100, "additions": 200.0}, "lie where spikes come from"),
        (SPIKE, {"events": 10.0, "additions": 160.0}, "Its layers send 40 % of as many events."),
        (FORMAL, {"survivors": 100}, "zero in all lanes, which none is"),
        (FORMAL, {"survivors": 100, "bits": replace(BITS, rows=50)}, "which 50 % are"),
        (FORMAL, {"bits": replace(BITS, weights=4000)}, "Narrower weights are read in as many cycles."),
        (SPIKE, {"bits": replace(BITS, weights=4000, codebooks=4000)}, "they take up to 50 % of the weight memory"),
    ],
)
def test_reasons(core: str, others: dict[str, Any], reason: str) -> None:
    assert reason in verdict_of(BEFORE, {core: cost(core, **others)})


def test_without_a_change_nothing_is_claimed() -> None:
    told = verdict_of(BEFORE, {SPIKE: cost(SPIKE), FORMAL: cost(FORMAL)})
    assert told.startswith("The spike core saves and costs nothing. The CNN core saves and costs nothing.")


def test_refusals_are_told_on_either_side() -> None:
    refused = {"refused": None} | CoreRefusal("any", FORMAL, "there are no levels").row
    assert "There is no CNN core: there are no levels." in verdict_of(BEFORE, {SPIKE: cost(SPIKE), FORMAL: refused})
    assert "takes 1.0 KiB" in verdict_of({FORMAL: refused}, {FORMAL: cost(FORMAL)})


def test_the_first_technique_is_what_the_others_are_held_against() -> None:
    rows = [{**cost(SPIKE), "technique": "dense"}, {**cost(SPIKE, 500), "technique": "fast"}]
    assert "1,000 cycles" in verdicts_of(rows)["dense"]
    assert "saves 50 % of the cycles" in verdicts_of(rows)["fast"]
    assert verdicts_of([]) == {}


def test_numbers_are_plain() -> None:
    assert [short(value) for value in (0.04567, 14.23, 99.96, 1583.2)] == ["0.0457", "14.2", "100", "1,583"]
