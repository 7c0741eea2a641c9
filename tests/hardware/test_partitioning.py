"""Cuts over several FPGAs against all cuts there are."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from spikewright import InvalidInput
from spikewright.hardware import DEVICES, BoardLink, design, estimate, fully_parallel, partition, time_multiplexed
from spikewright.hardware.partitioning import crossing, fewest_parts, lacking, link_cycles
from tests.hardware.small_networks import active, perceptron

SIZES = (64, 48, 40, 32, 24, 10)


def _case(blocks: int):
    network = perceptron(SIZES)
    activity = active(network, {"in": 60, "h0": 20, "h1": 5, "h2": 40, "h3": 8})
    device = replace(DEVICES["xc7a35t"], name="mine", blocks=blocks)
    return network, activity, time_multiplexed(network, device=device)


def test_a_design_that_is_loaded_is_refused() -> None:
    network, activity, point = _case(100)
    with pytest.raises(InvalidInput, match="not loaded at run time, got loads=True"):
        partition(network, activity, replace(point, loads=True))


@pytest.mark.parametrize("blocks", [2, 3, 4, 5, 8, 100])
def test_the_best_of_all_cuts(blocks: int) -> None:
    network, activity, point = _case(blocks)
    layers = estimate(network, activity, point).layers
    names = [layer.design.population for layer in layers]
    words = [crossing(network, activity, names, cut) for cut in range(len(names) + 1)]
    every = []
    for count in range(len(layers)):
        for cuts in combinations(range(1, len(layers)), count):
            ends = [0, *cuts, len(layers)]
            if not any(lacking(layers[a:b], point.fpga) for a, b in pairwise(ends)):
                every.append((count + 1, sum(words[cut] for cut in cuts), [*cuts, len(layers)]))
    found = fewest_parts(layers, words, point.fpga)
    assert (found is None) == (not every)
    if found is not None:
        assert (len(found), sum(words[end] for end in found[:-1])) == min(every)[:2]


def test_parts_hold_all_layers_and_links_take_time() -> None:
    network, activity, point = _case(4)
    found = partition(network, activity, point, BoardLink(100.0, 2.0, 16))
    assert [layer for part in found.parts for layer in part.layers] == list(found.estimate.layers)
    assert (
        repr(found).startswith(f"Partition({len(found.parts)} x mine: h0")
        and repr(found).count(" | ") == len(found.parts) - 1
    )
    assert len(found.parts) > 1 and found.parts[-1].crossing_words == 0.0
    assert all(row["blocks"] <= 4 for row in found.table)
    assert found.latency_cycles.high > found.estimate.latency_cycles.high
    first = found.parts[0].crossing_words
    assert link_cycles(found.link, first, 100.0).total.value == pytest.approx(200.0 + first * 16)


def test_a_device_that_is_large_enough_is_not_cut() -> None:
    network, activity, point = _case(100)
    found = partition(network, activity, point)
    assert len(found.parts) == 1 and found.latency_cycles == found.estimate.latency_cycles


def test_words_that_cross_are_events_and_ends_of_steps() -> None:
    network, activity, _ = _case(4)
    names = [f"h{n}" for n in range(4)] + ["out"]
    assert crossing(network, activity, names, 1) == 20 + network.steps
    assert crossing(network, activity, names, 5) == 0


def test_a_layer_that_is_too_large_alone_is_told() -> None:
    network, activity, point = _case(1)
    with pytest.raises(InvalidInput, match=r"one by one, got 'h0' with .* memory blocks of 1 \(.* too many\); try "):
        partition(network, activity, point)


@pytest.mark.parametrize("given", [(0.0,), (1.0, -1.0), (1.0, 1.0, 0)])
def test_links_that_move_nothing(given) -> None:
    with pytest.raises(InvalidInput, match="try BoardLink"):
        BoardLink(*given)


def test_the_lanes_that_are_advised_are_enough() -> None:
    network, activity, _ = _case(100)
    small = replace(DEVICES["xc7a35t"], name="mine", lut=3000)
    with pytest.raises(InvalidInput, match=r"try at most \d+ channel lanes in each layer \(--lanes \d+\)") as told:
        partition(network, activity, fully_parallel(network, device=small))
    most = int(str(told.value).split("--lanes ")[1].split(")")[0])
    for lanes, enough in ((most, True), (2 * most, False)):
        chosen = {p.name: min(lanes, p.size) for p in network.order if p.name != network.input}
        point = design(network, chosen, device=small)
        if enough:
            assert partition(network, activity, point).parts
        else:
            with pytest.raises(InvalidInput, match="one by one"):
                partition(network, activity, point)
