"""docs/core-format.md is enough to use a core: a reader that was written from it replays the traces, and sees what is changed."""

import ast
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from spikewright.hardware import DesignPoint, LayerDesign, export
from spikewright.hardware import replay as project_replay
from spikewright.snn.core_parts import lacking
from tests.hardware.core import independent_mac_reader, independent_reader
from tests.hardware.core.independent_reader import replay
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.drawn_macs import drawn_mac
from tests.hardware.cosim.pruned import pruned, regular, shared
from tests.validate.drawers import DRAWERS, Drawer, lanes_of

MACS = [one for one in DRAWERS if one.name.startswith("MAC")]
EACH_KIND = [one for one in DRAWERS[1:] if not one.name.startswith(("pruned", "shared", "MAC"))]
"""Neurons, read-outs and routes; weights that are pruned or shared are drawn beside them."""


def test_it_imports_nothing_of_the_project() -> None:
    named = set()
    for reader in (independent_reader, independent_mac_reader):
        tree = ast.parse(Path(reader.__file__).read_text())
        named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        named |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named == {"itertools", "json", "numpy", "pathlib", independent_reader.__name__}


def cores(kind, count: int):
    seeds = (seed for seed in range(1000) if not lacking(drawn(seed)))
    for seed in islice(seeds, count):
        network = kind(drawn(seed), seed)
        layers = tuple(LayerDesign(name, lanes) for name, lanes in drawn_lanes(network, seed).items())
        yield network, DesignPoint(layers)


def even(network, seed: int):
    """With as many rows of weights for each tile of the output."""
    last = regular(network, drawn_lanes(network, seed), seed).projections[-1]
    return replace(network, projections=(*network.projections[:-1], last))


@pytest.mark.parametrize(
    "kind", [lambda network, _: network, pruned, shared, even], ids=["dense", "pruned", "shared", "even"]
)
def test_it_replays_drawn_cores_event_by_event(kind, tmp_path: Path) -> None:
    for number, (network, point) in enumerate(cores(kind, 5)):
        folder = export(network, point, tmp_path / str(number))
        assert replay(folder) == [], number


@pytest.mark.parametrize("drawer", EACH_KIND, ids=lambda drawer: drawer.name)
def test_it_replays_cores_of_each_kind(drawer: Drawer, tmp_path: Path) -> None:
    for seed in range(2):
        network = drawer.network(seed)
        layers = tuple(LayerDesign(name, lanes) for name, lanes in lanes_of(network, seed, 1).items())
        folder = export(network, DesignPoint(layers), tmp_path / str(seed))
        assert replay(folder) == [] and project_replay(folder).equal, seed


@pytest.mark.parametrize("drawer", MACS, ids=lambda drawer: drawer.name)
def test_it_replays_mac_cores_value_by_value(drawer: Drawer, tmp_path: Path) -> None:
    for seed in (1, 3, 7, 9):
        network = drawer.network(seed)
        layers = tuple(LayerDesign(name, lanes) for name, lanes in lanes_of(network, seed, 1).items())
        folder = export(network, DesignPoint(layers), tmp_path / str(seed))
        assert independent_mac_reader.replay(folder) == [] and project_replay(folder).equal, seed


def test_it_sees_a_weight_that_is_another(tmp_path: Path) -> None:
    network, point = next(cores(lambda network, _: network, 1))
    folder = export(network, point, tmp_path / "core")
    other_weights(folder)
    assert replay(folder)
    mac = drawn_mac(7)
    folder = export(mac, DesignPoint(tuple(LayerDesign(p.name) for p in mac.order[1:])), tmp_path / "mac")
    other_weights(folder)
    assert independent_mac_reader.replay(folder)


def other_weights(folder: Path) -> None:
    """The lowest bit of each row of weights is turned."""
    for path in (folder / "mem").glob("*_w.mem"):
        lines = path.read_text().split()
        path.write_text("".join(f"{int(line, 16) ^ 1:0{len(line)}x}\n" for line in lines))
