"""Cores of version 1, written by the first edition, with every record that a core can have: they load and replay as they did."""

import json
from pathlib import Path

import numpy as np
import pytest

from spikewright.hardware import export, load_core, replay
from spikewright.hardware.core.hexfiles import read_memory
from spikewright.hardware.core.load import core_point

FOLDERS = sorted((Path(__file__).parent / "old_files").iterdir())
EACH = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


@EACH
def test_it_loads_and_replays(folder: Path) -> None:
    found = replay(folder)
    assert found.equal and found.events > 20 and found.samples == 4


def test_every_record_of_a_core_is_among_them() -> None:
    text = "".join((folder / "core.json").read_text() for folder in FOLDERS)
    for kind in (
        "integrate_fire",
        "quant_relu",
        "integrator",
        "linear",
        "conv2d",
        "avgpool2d",
        "identity",
        "dense",
        "sparse",
    ):
        assert f'"kind": "{kind}"' in text
    assert '"kind": "codebook"' in text and '"kind": "direct"' in text and '"kind": "rate"' in text


@EACH
def test_exported_again_it_is_the_same(folder: Path, tmp_path: Path) -> None:
    """But for the folder of integers, what is new, and pruned weights, whose places are told by the layout of their mask."""
    core, network = load_core(folder)
    bits = read_memory(folder, core.golden.images)
    images = bits.astype(np.uint32).view(np.float32).reshape(len(bits), *network.by_name[network.input].shape)
    again = export(network, core_point(core), tmp_path / "core", images=images)
    old, new = (
        json.loads((place / "core.json").read_text().replace("memories/", "network/")) for place in (folder, again)
    )
    pruned = [
        n for n, one in enumerate(old["projections"]) if one["synapse"].get("weights", {}).get("kind") == "sparse"
    ]
    for path in (*folder.glob("memories/*"), *folder.glob("golden/*")):
        if not path.name.startswith(tuple(f"q{n:02d}_" for n in pruned)):
            now = again / str(path.relative_to(folder)).replace("memories", "network")
            assert path.read_bytes() == now.read_bytes(), path.name
    for n in pruned:
        was, now = (one["projections"][n]["synapse"].pop("weights") for one in (old, new))
        assert now["kind"] == "masked" and now["size"] == was["size"]
    for was, now in zip(old["populations"], new["populations"], strict=True):
        lanes, positions = now.pop("lanes"), (was.pop("kernel_lanes"), now.pop("kernel_lanes"))
        assert lanes is None if positions[0] is None else lanes[1] * lanes[2] == positions[0]
    del new["golden"]["potentials"]
    for one in (old, new):
        del one["generator"], one["golden"]["origin"], one["version"]
    assert {name: new[name] for name in old} == old
    assert set(new) - set(old) == {"checksum", "circuit", "without_circuit", "estimates", "proofs", "files"}
    for before, after in zip(network.projections, load_core(again)[1].projections, strict=True):
        assert before.synapse.weights == after.synapse.weights
