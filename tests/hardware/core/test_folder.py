"""Export: what lies in the folder, the same bytes each time, and what is refused before anything is written."""

import hashlib
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidFile, InvalidInput
from spikewright.hardware import design, export, fully_parallel, load_core, replay, time_multiplexed
from spikewright.hardware.core.load import core_point
from spikewright.snn import Integrator, simulate
from tests.hardware.small_networks import perceptron
from tests.snn.strategies import cases

FIXED = [cases("spiking", "fixed"), cases("quantised", "fixed")]


def same(one, other) -> bool:
    """The same records holding the same numbers; the width of the machine integers may differ."""
    if is_dataclass(one):
        kept = [f.name for f in fields(one)]
        return type(one) is type(other) and all(same(getattr(one, name), getattr(other, name)) for name in kept)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    return one == other


@settings(max_examples=30)
@given(st.one_of(FIXED))
def test_export_then_load_is_the_same_network_and_replays(case) -> None:
    network = case.network
    source = replace(network.by_name[network.input], potential_bits=None)
    populations = tuple(source if p.name == network.input else p for p in network.populations)
    network = replace(network, populations=populations)
    point = fully_parallel(network, device="ecp5-85k", clock_mhz=12.5)
    with TemporaryDirectory() as folder:
        export(network, point, Path(folder) / "core", images=case.images)
        core, loaded = load_core(Path(folder) / "core")
        assert same(loaded, network)
        assert core_point(core) == point
        found = replay(Path(folder) / "core", engine="reference")
    activity = simulate(network, case.images, engine="reference")
    assert found.equal and not found.differences
    senders = [p.name for p in network.populations if not isinstance(p.neuron, Integrator)]
    assert found.events == sum(int(activity.spikes[name].sum()) for name in senders)


def test_every_file_ends_with_a_newline_and_is_named_with_its_hash(folder: Path) -> None:
    text = (folder / "core.json").read_text()
    files = [path for path in folder.glob("*/*") if path.is_file()]
    assert len(files) >= 6
    for path in files:
        data = path.read_bytes()
        assert data.endswith(b"\n")
        assert path.relative_to(folder).as_posix() in text and hashlib.sha256(data).hexdigest() in text


def test_same_call_same_bytes(folder: Path, tmp_path: Path) -> None:
    network = perceptron((12, 6, 3), steps=4)
    again = export(network, time_multiplexed(network), tmp_path / "again")
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (again / path.relative_to(folder)).read_bytes()


def test_export_refuses_before_it_writes(tmp_path: Path) -> None:
    network = perceptron((12, 6, 3))
    target = tmp_path / "core"
    with pytest.raises(InvalidInput, match="shape"):
        export(network, time_multiplexed(network), target, images=np.zeros((2, 5)))
    with pytest.raises(InvalidInput, match="one layer for each"):
        export(network, time_multiplexed(perceptron((12, 6, 5, 3))), target)
    with pytest.raises(InvalidInput, match=r"\[0, 1\]"):
        export(network, time_multiplexed(network), target, images=np.full((1, 12), 2.0))
    assert list(tmp_path.iterdir()) == []


def test_export_replaces_a_folder_and_no_file(tmp_path: Path) -> None:
    network = perceptron((12, 6, 3))
    for rungs in ({}, {"h0": 3}):
        export(network, design(network, rungs), tmp_path / "core")
    assert core_point(load_core(tmp_path / "core")[0]).label == "3/1"
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidFile, match="folder"):
        export(network, design(network, {}), tmp_path / "file")


def test_a_point_and_a_folder_that_changed_places_are_told(tmp_path: Path) -> None:
    network = perceptron((6, 4, 2), steps=3)
    with pytest.raises(InvalidInput, match=r"expected a DesignPoint, got \w*Path; try"):
        export(network, tmp_path / "core", design(network, {}))  # type: ignore[arg-type]
