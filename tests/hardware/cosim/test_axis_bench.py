"""The core behind AXI streams does what the engine does: from pixels, with pauses on both sides, after a reset, early or late."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware.circuit.loading import check_alike, load_frames
from spikewright.hardware.circuit.record import Ends
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import run_golden
from spikewright.hardware.cosim.answers import CircuitAnswers
from spikewright.hardware.cosim.axis_bench import Handling, run
from spikewright.hardware.cosim.streams import input_words
from tests.hardware.cosim.drawn import drawn_lanes
from tests.hardware.cosim.drawn_loads import reweighed, turned
from tests.hardware.cosim.drawn_macs import drawn_mac, drawn_mac_lanes, with_lists
from tests.hardware.cosim.drawn_pixels import encoding, pixels_for
from tests.hardware.cosim.pruned import shared
from tests.hardware.cosim.test_answers import LANES, two_classes
from tests.hardware.cosim.test_comparing import needs_icarus


@needs_icarus
@pytest.mark.parametrize(("seed", "reset"), [(12, 150), (15, -1), (17, 300)])
def test_drawn_networks_take_pixels(seed: int, reset: int, tmp_path: Path) -> None:
    """The events in front of the core are those of the engine, and the answers are; a reset begins anew."""
    network, levels = encoding(seed)
    pixels = pixels_for(network, levels, seed)
    images = (pixels / levels).astype(np.float32)
    circuit = build(network, drawn_lanes(network, seed), tmp_path / "circuit", ends=Ends(levels))
    found = run(circuit, pixels.reshape(len(pixels), -1).tolist(), Handling(seed % 3, reset))
    rasters, _ = run_golden(replace(network, decision=None), images)
    assert found.answers.differences(CircuitAnswers.expected(network, images)) == ()
    assert found.events[:, 1].tolist() == input_words(circuit, rasters[network.input]) and not found.misframed


@needs_icarus
@pytest.mark.parametrize(("seed", "reset"), [(11, 120), (30, -1)])
def test_mac_cores_take_pixels(seed: int, reset: int, tmp_path: Path) -> None:
    """Zeros are sent too; a reset in the middle of an image begins anew."""
    network = drawn_mac(seed)
    levels = network.code.levels or 1
    pixels = pixels_for(network, levels, seed)
    images = (pixels / levels).astype(np.float32)
    circuit = build(network, drawn_mac_lanes(network, seed), tmp_path / "circuit", ends=Ends(levels))
    found = run(circuit, pixels.reshape(len(pixels), -1).tolist(), Handling(1, reset))
    rasters, _ = run_golden(network, images)
    assert found.answers.differences(CircuitAnswers.expected(network, images)) == ()
    assert found.events[:, 1].tolist() == input_words(circuit, rasters[network.input]) and not found.misframed


@needs_icarus
def test_frames_that_end_elsewhere_are_told(tmp_path: Path) -> None:
    """The answers are right all the same."""
    network, images = two_classes(), np.ones((2, 3), np.float32)
    circuit = build(network, LANES, tmp_path / "circuit", ends=Ends(1))
    wanted = CircuitAnswers.expected(network, images)
    for frames, misframed in (([[1, 1, 1], [1, 1, 1]], False), ([[1, 1], [1, 1, 1, 1]], True)):
        found = run(circuit, frames, Handling(1))
        assert found.answers.differences(wanted) == () and found.misframed == misframed


@needs_icarus
@pytest.mark.parametrize(("seed", "layout"), [(0, "dense"), (3, "lists"), (6, "dense codes")])
def test_a_core_whose_memories_are_loaded_is_that_of_the_other_network(seed: int, layout: str, tmp_path: Path) -> None:
    """Weights, tables, lists, codebooks and constants of one network, loaded into the circuit of another."""
    network, levels = encoding(seed)
    network = shared(network, seed) if "codes" in layout else network
    other, pixels = turned(network), pixels_for(network, levels, seed)
    storage = {projection.name: layout for projection in network.projections}
    lanes, ends = drawn_lanes(network, seed), Ends(levels, loads=True)
    circuit = build(network, lanes, tmp_path / "one", storage, ends=ends)
    filled = build(other, lanes, tmp_path / "other", storage, ends=ends)
    check_alike(circuit, filled)
    found = run(circuit, pixels.reshape(len(pixels), -1).tolist(), Handling(1), list(load_frames(filled)))
    images = (pixels / levels).astype(np.float32)
    wanted = CircuitAnswers.expected(other, images)
    assert found.answers.differences(wanted) == ()
    assert CircuitAnswers.expected(network, images).differences(wanted)


@needs_icarus
@pytest.mark.parametrize(("seed", "codes"), [(1, ""), (6, ""), (53, ""), (17, " codes"), (24, " codes")])
def test_a_mac_core_whose_memories_are_loaded_is_that_of_the_other_network(
    seed: int, codes: str, tmp_path: Path
) -> None:
    """Tables, lists of rows, codebooks, weights and constants; answers come in the cycles of the core that began with them."""
    network = shared(drawn_mac(seed), seed) if codes else drawn_mac(seed)
    other, levels = reweighed(network, seed), network.code.levels or 1
    pixels = pixels_for(network, levels, seed)
    lanes, storage = drawn_mac_lanes(network, seed), with_lists(network, codes)
    circuit = build(network, lanes, tmp_path / "one", storage, ends=Ends(levels, loads=True))
    filled = build(other, lanes, tmp_path / "other", storage, ends=Ends(levels, loads=True))
    check_alike(circuit, filled)
    frames = pixels.reshape(len(pixels), -1).tolist()
    loaded, began = run(circuit, frames, loads=list(load_frames(filled))), run(filled, frames)
    wanted = CircuitAnswers.expected(other, (pixels / levels).astype(np.float32))
    assert loaded.answers.differences(wanted) == () == began.answers.differences(wanted)
    assert run(circuit, frames).answers.differences(wanted)
    assert (loaded.answer_cycles - loaded.events[0, 0]).tolist() == (began.answer_cycles - began.events[0, 0]).tolist()
