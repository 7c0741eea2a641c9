"""Export, import and replay of spike cores, and folders that are broken on purpose."""

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidFile, InvalidInput
from spikewright.hardware import design, export, fully_parallel, hybrid, load_core, replay, time_multiplexed
from spikewright.hardware.core import schema
from spikewright.hardware.core.hexfiles import hex_text, hex_values
from spikewright.hardware.core.load import core_point
from spikewright.hardware.core.schema import SCHEMA_FILE, Core, schema_text
from spikewright.hardware.core.schema_parts import CoreMemory
from spikewright.snn import Integrator, Sparse, simulate
from spikewright.snn.running import Run
from tests.hardware.small_networks import active, perceptron, pruned
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
    point = fully_parallel(network, device="ecp5-25k", clock_mhz=12.5)
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


@given(st.integers(1, 64), st.booleans(), st.lists(st.integers(-(2**63), 2**64 - 1), min_size=1, max_size=9))
def test_hex_words_come_back(bits: int, signed: bool, drawn: list[int]) -> None:
    bits = bits if signed else min(bits, 63)
    half = 2 ** (bits - 1) if signed else 0
    values = np.array([value % 2**bits - half for value in drawn], dtype=np.int64)
    text = hex_text(values, bits)
    memory = CoreMemory(file="memories/a.mem", shape=[len(drawn)], bits=bits, signed=signed, sha256="0" * 64)
    back = hex_values(text, memory)
    assert text.endswith(b"\n") and np.array_equal(back.astype(np.int64), values)


def test_hex_by_eye() -> None:
    assert hex_text(np.array([-1, 5, -8]), 4) == b"f\n5\n8\n"
    assert hex_text(np.array([[300], [1]]), 10) == b"12c\n001\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    network = perceptron((12, 6, 3), steps=4)
    return export(network, time_multiplexed(network), tmp_path / "core")


def test_every_file_ends_with_a_newline_and_is_named_with_its_hash(folder: Path) -> None:
    text = (folder / "core.json").read_text()
    files = [path for path in folder.glob("*/*") if path.is_file()]
    assert len(files) >= 6
    for path in files:
        data = path.read_bytes()
        assert data.endswith(b"\n")
        assert path.relative_to(folder).as_posix() in text and hashlib.sha256(data).hexdigest() in text


def test_synthetic_inputs_replay_on_the_default_engine(folder: Path) -> None:
    found = replay(folder)
    assert found.equal and found.samples == 4 and found.events > 0


def test_same_call_same_bytes(folder: Path, tmp_path: Path) -> None:
    network = perceptron((12, 6, 3), steps=4)
    again = export(network, time_multiplexed(network), tmp_path / "again")
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (again / path.relative_to(folder)).read_bytes()


def test_the_core_carries_what_a_circuit_needs(folder: Path) -> None:
    core, network = load_core(folder)
    hidden = next(p for p in core.populations if p.name == "h0")
    assert (hidden.physical_neurons, hidden.kernel_lanes, hidden.potential_bits) == (1, 1, 8)
    assert hidden.neuron.kind == "integrate_fire" and hidden.neuron.reset == "subtract"
    assert core.address_order == "CHW" and core.code.steps == network.steps == 4
    assert "1 | 8 |" in (folder / "README.md").read_text()


def test_sparse_storage_survives(tmp_path: Path) -> None:
    network = pruned(perceptron((12, 6, 3)), keep=4)
    empty = replace(network.projections[0], synapse=replace(network.projections[0].synapse, weights=nothing((6, 12))))
    network = replace(network, projections=(empty, network.projections[1]))
    export(network, hybrid(network, active(network, {"in": 5})), tmp_path / "core")
    loaded = load_core(tmp_path / "core")[1]
    assert same(loaded, network) and isinstance(loaded.projections[1].synapse.weights, Sparse)


def nothing(size: tuple[int, ...]) -> Sparse:
    return Sparse(size, np.zeros(0, np.int64), np.zeros(0, np.int8))


def test_shipped_schema_is_up_to_date() -> None:
    assert (Path(schema.__file__).parent / SCHEMA_FILE).read_text() == schema_text()


def test_core_json_follows_the_shipped_schema(folder: Path) -> None:
    import jsonschema

    jsonschema.validate(json.loads((folder / "core.json").read_text()), json.loads(schema_text()))


def test_a_wrong_trace_is_a_result_with_its_place(folder: Path) -> None:
    core = json.loads((folder / "core.json").read_text())
    trace = core["golden"]["spikes"]["h0"]
    lines = (folder / trace["file"]).read_text().split("\n")
    lines[5] = "0 1 2 3 4 5" if lines[5] != "0 1 2 3 4 5" else "0"
    text = "\n".join(lines).encode()
    (folder / trace["file"]).write_bytes(text)
    trace["size"], trace["sha256"] = len(text), hashlib.sha256(text).hexdigest()
    (folder / "core.json").write_text(json.dumps(core))
    found = replay(folder)
    assert not found.equal
    assert found.differences == ("population 'h0' differs first in sample 1, step 1",)


def edit(folder: Path, change) -> None:
    core = json.loads((folder / "core.json").read_text())
    change(core)
    (folder / "core.json").write_text(json.dumps(core))


def weights_of(core: dict) -> dict:
    return core["projections"][0]["synapse"]["weights"]["values"]


HOSTILE = {
    "another version": (lambda c: c.update(version=2), "version"),
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
    path = next((folder / "memories").glob("q00*.mem"))
    data = path.read_bytes()
    if damage in ("remove", "link"):
        path.unlink()
    if damage == "link":
        path.symlink_to("/dev/zero")
    changed = {"truncate": data[:-1], "extend": data + b"0\n", "uppercase": data.upper(), "flip": b"0" + data[1:]}
    if damage in changed:
        path.write_bytes(changed[damage] if changed[damage] != data else b"1" + data[1:])
    with pytest.raises(InvalidFile, match="memories/q00"):
        load_core(folder)


def test_words_that_are_no_hex_or_too_wide(folder: Path) -> None:
    memory = CoreMemory(file="memories/a.mem", shape=[2], bits=3, signed=True, sha256="0" * 64)
    for text in (b"g\n1\n", b"1\n2 ", b"8\n1\n", b"F\n1\n"):
        with pytest.raises(InvalidFile, match=r"memories/a\.mem"):
            hex_values(text, memory)


def test_golden_traces_that_do_not_belong(folder: Path) -> None:
    edit(folder, lambda c: c["golden"]["spikes"].pop("h0"))
    with pytest.raises(InvalidFile, match="golden trace of population 'h0'"):
        replay(folder)
    edit(folder, lambda c: c["golden"].update(samples=3))
    with pytest.raises(InvalidFile, match="golden images"):
        replay(folder)


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


def test_a_folder_without_a_core(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"core\.json"):
        load_core(tmp_path / "nowhere")
    assert Core.model_fields["version"].default == 1


def test_a_loaded_core_keeps_how_it_must_be_run(tmp_path: Path) -> None:
    network = replace(perceptron((12, 6, 3), steps=4), run=Run("its biases are spread over them", largest=2.0))
    _, loaded = load_core(export(network, time_multiplexed(network), tmp_path / "core"))
    assert loaded.run == network.run
    with pytest.raises(InvalidInput, match="expected 4 steps, for which this network was made"):
        simulate(loaded, np.zeros((1, 12)), steps=5)


def test_a_core_from_before_runs_were_written_loads(folder: Path) -> None:
    content = json.loads((folder / "core.json").read_text())
    del content["run"]
    (folder / "core.json").write_text(json.dumps(content))
    assert load_core(folder)[1].run == Run()
    assert replay(folder).equal
