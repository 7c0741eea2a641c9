"""Cores that are broken on purpose are refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.hardware import DEVICES, devices, export, load_core, replay, time_multiplexed
from spikewright.hardware.core.load import core_point
from spikewright.hardware.core.schema import Core
from tests.hardware.core.edited import edit, weights_of
from tests.hardware.small_networks import perceptron

HOSTILE = {
    "another version": (lambda c: c.update(version=3), "version 1 or 2 .* newer spikewright"),
    "another format": (lambda c: c.update(format="x"), "format"),
    "an unknown field": (lambda c: c.update(run="rm"), "run"),
    "a path that climbs out": (lambda c: weights_of(c).update(file="../../etc/passwd"), "file"),
    "an absolute path": (lambda c: weights_of(c).update(file="/etc/passwd"), "file"),
    "a huge shape": (lambda c: weights_of(c).update(shape=[2**30, 2**30]), "shape"),
    "another shape": (lambda c: weights_of(c).update(shape=[6, 11]), "bytes"),
    "wider words": (lambda c: weights_of(c).update(bits=12), "bytes"),
    "another hash": (lambda c: weights_of(c).update(sha256="0" * 64), "hash"),
    "a huge population": (lambda c: c["populations"][1].update(shape=[2**20, 2**20]), "shape"),
    "steps of zero": (lambda c: c["code"].update(steps=0), "steps"),
    "an unknown device": (lambda c: c.update(device="toaster"), "device"),
    "an infinite scale": (lambda c: c.update(logit_scale=float("inf")), "logit_scale"),
    "too many physical neurons": (lambda c: c["populations"][1].update(physical_neurons=7), "physical"),
    "a missing layer": (lambda c: c["populations"].pop(), "expected"),
    "a narrow accumulator": (lambda c: c["populations"][1].update(accumulator_bits=2), "accumulator"),
    "narrow weights": (lambda c: c["projections"][0].update(weight_bits=1), "bits"),
    "a cycle": (
        lambda c: c["projections"].append(dict(c["projections"][1], name="b", source="out", target="h0")),
        "expected",
    ),
    "a name twice": (lambda c: c["populations"][1].update(name="out"), "expected"),
    "a leak that is no shift": (lambda c: c["populations"][1]["neuron"].update(leak_shift=0), "leak_shift"),
    "an order of neurons that there are not": (
        lambda c: c["projections"][0].update(order={"addresses": {**weights_of(c), "shape": [72], "bits": 8}}),
        "order",
    ),
    "a longer order": (lambda c: c["projections"][0].update(order={"addresses": weights_of(c)}), "expected"),
    "a delay without end": (lambda c: c["projections"][1].update(delay=2**40), "delay"),
    "a code that there is not": (lambda c: c["code"].update(kind="morse"), "code"),
    "a threshold below one": (lambda c: c["populations"][1]["neuron"].update(threshold=-3), "threshold"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_cores_are_refused(folder: Path, name: str) -> None:
    change, word = HOSTILE[name]
    edit(folder, change)
    with pytest.raises(InvalidFile, match=word) as caught:
        load_core(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 100_000, b"{}"])
def test_broken_json_is_refused(folder: Path, text: bytes) -> None:
    (folder / "core.json").write_bytes(text)
    with pytest.raises(InvalidFile, match="schema"):
        load_core(folder)


@pytest.mark.parametrize("damage", ["remove", "truncate", "extend", "uppercase", "link", "flip"])
def test_damaged_memories_are_refused(folder: Path, damage: str) -> None:
    path = next((folder / "network").glob("q00*.mem"))
    data = path.read_bytes()
    if damage in ("remove", "link"):
        path.unlink()
    if damage == "link":
        path.symlink_to("/dev/zero")
    changed = {"truncate": data[:-1], "extend": data + b"0\n", "uppercase": data.upper(), "flip": b"0" + data[1:]}
    if damage in changed:
        path.write_bytes(changed[damage] if changed[damage] != data else b"1" + data[1:])
    with pytest.raises(InvalidFile, match="network/q00"):
        load_core(folder)


def test_a_folder_without_a_core(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"core\.json"):
        load_core(tmp_path / "nowhere")
    assert Core.model_fields["version"].default == 2


MINE = replace(DEVICES["ecp5-25k"], name="mine", also=())


def test_a_core_for_ones_own_device_needs_its_record(tmp_path: Path) -> None:
    network = perceptron((12, 6, 3), steps=4)
    folder = export(network, time_multiplexed(network, device=MINE), tmp_path / "core")
    assert json.loads((folder / "core.json").read_text())["device"] == "mine"
    with pytest.raises(InvalidFile, match="the device 'mine' that the core was exported for, got none; try device="):
        load_core(folder)
    with pytest.raises(InvalidFile, match=r"the device 'mine' .* got 'xc7a35t'; try device="):
        load_core(folder, device="xc7a35t")
    text = (Path(devices.__file__).parent / "ecp5-25k.yaml").read_text()
    (tmp_path / "mine.yaml").write_text(text.replace("ecp5-25k", "mine").replace("lfe5u-25f", "none"))
    core, _ = load_core(folder, device=tmp_path / "mine.yaml")
    assert core_point(core, tmp_path / "mine.yaml").device_name == "mine"
    core, _ = load_core(folder, device=MINE)
    assert core_point(core, MINE).fpga == MINE and replay(folder, device=MINE).equal


def test_loading_imports_nothing_that_a_core_names(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "planted.py").write_text("raise SystemExit('run')\n")
    (tmp_path / "planted.yaml").write_text((Path(devices.__file__).parent / "xc7a35t.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    for name in ("planted:MINE", str(tmp_path / "planted.yaml")):
        edit(folder, lambda core, name=name: core.update(device=name))
        with pytest.raises(InvalidFile, match="that the core was exported for, got none"):
            load_core(folder)


@pytest.mark.parametrize(("positions", "lanes"), [(1, (6, 1, 1)), (2, None), (7, None)])
def test_older_cores_say_positions_alone(folder: Path, positions: int, lanes) -> None:
    def older(core):
        core["populations"][1].update(physical_neurons=6, kernel_lanes=positions, lanes=None)

    edit(folder, older)
    if lanes is None:  # no map of one row and column has so many positions
        with pytest.raises(InvalidFile, match=r"rows x columns for 'h0' of shape .*; try to export the network again"):
            load_core(folder)
    else:
        assert core_point(load_core(folder)[0]).by_name["h0"].lanes.axes == lanes


def test_a_core_that_is_loaded_at_run_time_is_one_by_its_point_or_when_it_is_asked_for(tmp_path: Path) -> None:
    network = perceptron((12, 6, 3))
    point = time_multiplexed(network)
    cores = []
    for name, loaded, asked in (("point", True, False), ("asked", False, True), ("not", False, False)):
        export(network, replace(point, loads=loaded), tmp_path / name, loads=asked)
        cores.append(load_core(tmp_path / name)[0])
    assert [core_point(core) for core in cores] == [*[replace(point, loads=True)] * 2, point]
    assert cores[0].estimates == cores[1].estimates != cores[2].estimates
    lut = [next(one.value for one in core.estimates if one.name == "lut") for core in cores]
    assert lut[0] > lut[2]
