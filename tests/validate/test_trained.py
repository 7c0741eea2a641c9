"""Test sets of trained networks: lanes for them, and a count that goes on where it stopped for the same circuit."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.cosim import icarus
from spikewright.hardware.cosim.record import CircuitRun
from tests.hardware.cosim.drawn import drawn
from tests.hardware.cosim.test_comparing import needs_icarus
from tests.hardware.small_networks import perceptron
from tests.validate import page, trained
from tests.validate.__main__ import main
from tests.validate.networks import LENET, lanes_for, lanes_up_to
from tests.validate.networks import trained as converted
from tests.validate.trained import TrainedCore, run_trained


class InIcarus:
    """In the place of a core that Verilator compiled; it counts what it ran."""

    tool = "Verilator 7.1"

    def __init__(self, circuit: Circuit, counts: list[int]) -> None:
        self.circuit, self.counts = circuit, counts

    def run(self, words: list[int], samples: int, limit: int) -> CircuitRun:
        """The same in Icarus."""
        self.counts.append(samples)
        return icarus.run(self.circuit, words, samples, limit)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many images each simulation had, of a small network in the place of the zoo's."""
    found: list[int] = []
    images = np.random.default_rng(0).random((7, 6)).astype(np.float32)
    monkeypatch.setattr(trained, "trained", lambda *_: (perceptron((6, 5, 3), steps=2), images))
    monkeypatch.setattr(trained.verilator, "verilated", lambda circuit, *_: InIcarus(circuit, found))
    return found


@needs_icarus
def test_a_count_goes_on_where_it_stopped(counts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = TrainedCore("small", "rate", None, 3, 2, None, tmp_path)
    assert run_trained(wanted)["images"] == 3 and counts == [2, 1]
    state = run_trained(replace(wanted, images=100))
    assert state["images"] == 7 and counts == [2, 1, 2, 2] and state["wrong"] == "" and state["cycles"] > 0
    assert run_trained(replace(wanted, most=1, images=2))["images"] == 2 and counts[-1] == 2
    monkeypatch.setattr(InIcarus, "tool", "Verilator 8.0")
    assert run_trained(replace(wanted, images=100))["tool"] == "Verilator 7.1, Verilator 8.0" and len(counts) == 5
    (tmp_path / "small-rate-many-lanes.json").write_text('{"circuit": "another"}')
    assert run_trained(replace(wanted, images=1))["images"] == 1 and counts[-1] == 1


@needs_icarus
def test_what_differs_ends_it_and_the_page_tells_what_was_equal(
    counts: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["--trained", "small", "--images", "2", "--folder", str(tmp_path / "kept")]
    given += ["--results", str(tmp_path / "results.json"), "--page", str(tmp_path / "page.md")]
    assert main(given) == 0
    assert "| small, rate, many lanes | 8 | 2 |" in (tmp_path / "page.md").read_text()
    gathered = ["--gather", *given[4:], "--results", str(tmp_path / "other.json"), "--page", str(tmp_path / "other.md")]
    assert main(gathered) == 0
    assert "| small, rate, many lanes | 8 | 2 |" in (tmp_path / "other.md").read_text()

    def cut(self: Any, words: list[int], samples: int, limit: int) -> CircuitRun:
        return icarus.run(self.circuit, [word if word == 1 else word ^ 2 for word in words], samples, limit)

    monkeypatch.setattr(InIcarus, "run", cut)
    assert main([*given, "--lanes", "1"]) == 1
    state = run_trained(TrainedCore("small", "rate", 1, 2, 50, None, tmp_path / "kept"))
    assert state["images"] == 0 and state["wrong"].startswith("in images from 0 on: ")
    assert main(gathered) == 1 and "1 lane" not in (tmp_path / "other.md").read_text()


def test_more_images_of_an_older_circuit_stay_on_the_page(tmp_path: Path) -> None:
    row = {
        "name": "a",
        "commit": "old",
        "lanes": 4,
        "images": 9,
        "spikes": 1,
        "cycles": 90,
        "circuit": "x",
        "wrong": "",
    }
    for state, commit in (
        (row, "old"),
        ({**row, "commit": "new", "images": 8}, "old"),
        ({**row, "commit": "new"}, "new"),
    ):
        page.save_trained(state, tmp_path / "kept.json")
        assert page.load(tmp_path / "kept.json")["trained"]["a"]["commit"] == commit


def test_lanes_follow_the_kernels_and_stay_below_the_most() -> None:
    for seed in range(20):
        network = drawn(seed)
        for most in (1, 9, 100):
            lanes = lanes_up_to(network, most)
            assert all(one.count <= most for one in lanes.values()) and lanes.keys() == {
                p.name for p in network.order[1:]
            }
            Circuit(network, lanes, Path()).blocks(network.order[-1])
    assert lanes_for("lenet5-mnist", drawn(0), None) is LENET
    assert lanes_for("lenet5-max-mnist", perceptron((6, 5, 3)), None) == {
        "h0": PhysicalLanes(5),
        "out": PhysicalLanes(3),
    }
    assert lanes_up_to(perceptron((6, 5, 3)), 4) == {"h0": PhysicalLanes(4), "out": PhysicalLanes(3)}


def test_an_unknown_recipe_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"expected a recipe out of rate, .*, got 'fast'"):
        converted("small-digits", "fast", None)


def test_maxima_take_the_place_of_means_and_become_gates() -> None:
    network, images = converted("small-max-digits", "rate", None)
    assert (
        any(p.neuron.compares for p in network.order) and network.numbers == "fixed" and images.shape[1:] == (1, 8, 8)
    )
