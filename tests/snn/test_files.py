"""Save then load gives the same network; anything else that is offered to load is refused in one sentence."""

import json
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from spikewright import InvalidFile, InvalidNetwork, SpikewrightError
from spikewright.snn import (
    IF,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Report,
    ReportRow,
    Source,
    codebook,
    dense,
    simulate,
    sparse,
)
from tests.snn.every_record import NETWORKS
from tests.snn.strategies import ORDERED, networks

OLD = Path(__file__).with_name("old_files")


def small(storage=None):
    weights = storage or dense(np.eye(3, 4, dtype=np.float32))
    parts = (
        Population("in", (4,), Source()),
        Population("a", (3,), IF(np.ones(3))),
        Population("out", (3,), Integrator()),
    )
    last = Linear(dense(np.ones((3, 3), np.int8), np.full(3, 0.5)))
    projections = (Projection("in", "a", Linear(weights)), Projection("a", "out", last))
    report = Report((ReportRow("fc1", "Linear", "kept", "müßig, but kept", 12, 3),))
    return Network(parts, projections, "in", "out", Direct(4), logit_scale=0.25, report=report)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "network.sw"
    small().save(path)
    return path


def edited(path, edit=None, tensors=None, **metadata):
    """The file at `path` again after `edit(header)` or with other tensors or metadata."""
    content = path.read_bytes()
    outer = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    header = {} if metadata else json.loads(outer["__metadata__"]["spikewright"])
    if edit:
        edit(header)
    arrays = load_file(path) if tensors is None else tensors
    save_file(arrays, path, metadata or {"spikewright": json.dumps(header)})
    return path


def refused(path, part):
    """`load` refuses with one sentence that contains `part`."""
    with pytest.raises(InvalidFile, match=part) as caught:
        Network.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 700


@given(st.data(), st.sampled_from(["spiking", "quantised", "timed"]))
def test_save_then_load_is_the_same_network(tmp_path_factory, data, family):
    network = data.draw(networks(family, layers=ORDERED))
    folder = tmp_path_factory.mktemp("files")
    network.save(folder / "one")
    again = Network.load(folder / "one")
    again.save(folder / "two")
    assert (folder / "one").read_bytes() == (folder / "two").read_bytes()
    images = np.random.default_rng(0).integers(0, 17, (2, *network.by_name["in"].shape)) / 16
    one, two = (simulate(n, images, engine="reference") for n in (network, again))
    np.testing.assert_array_equal(one.logits_over_time, two.logits_over_time)


@pytest.mark.parametrize(
    "changed", [{"runs": [[2, 1]]}, {"runs": [[2, 1], [2, 16]]}, {"shape": [3, 16]}, {"source": [32]}]
)
def test_addresses_of_an_order_are_looked_at(tmp_path, changed):
    """Rows upside down, a channel twice and one of nothing."""
    path = tmp_path / "ordered"
    NETWORKS["order"].save(path)
    order = Network.load(path).projections[1].order
    assert order.addresses.tolist() == NETWORKS["order"].projections[1].order.addresses.tolist()
    refused(edited(path, lambda header: header["network"]["projections"][1]["order"].update(changed)), "expected")


def test_everything_survives(saved):
    network, again = small(), Network.load(saved)
    assert again.report == network.report
    assert (again.code, again.schedule, again.readout, again.logit_scale) == (
        Direct(4),
        "synchronous",
        "potential",
        0.25,
    )
    assert again.by_name["a"].shape == (3,)
    assert again.projections[1].synapse.weights.base.array.dtype == np.int8


@pytest.mark.parametrize(
    "storage",
    [
        sparse((3, 4), np.array([1, 5, 11], np.uint16), np.array([1, -2, 3], np.int8), np.full(3, 0.25)),
        codebook(np.arange(12, dtype=np.uint8).reshape(3, 4) % 3, np.array([-1, 0, 2], np.float32)),
        dense(np.asfortranarray(np.arange(12, dtype=">f4").reshape(3, 4))),
    ],
)
def test_storage_survives(tmp_path, storage):
    small(storage).save(tmp_path / "n")
    again = Network.load(tmp_path / "n").projections[0].synapse.weights
    assert type(again) is type(storage)
    for name, value in vars(storage).items():
        np.testing.assert_array_equal(getattr(again, name), value)


def test_missing_empty_folder_or_no_permission(tmp_path):
    refused(tmp_path / "nothing", "No such file")
    refused(tmp_path, "a folder")
    (tmp_path / "empty").write_bytes(b"")
    refused(tmp_path / "empty", "empty")


@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04" + bytes(100), pickle.dumps({"weights": [1.0]}), b"\xff" * 64])
def test_other_formats(tmp_path, content):
    (tmp_path / "n").write_bytes(content)
    refused(tmp_path / "n", "expected a safetensors file")


@given(st.data())
def test_truncated_anywhere(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "n"
    small().save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    refused(path, "expected")


@given(st.data())
def test_flipped_bytes_never_crash(tmp_path_factory, data):
    """A flipped byte is refused, or it changed a number and nothing else."""
    path = tmp_path_factory.mktemp("flip") / "n"
    small().save(path)
    content = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        network = Network.load(path)
    except SpikewrightError:
        return
    assert isinstance(network, Network)


def test_foreign_safetensors(saved):
    refused(edited(saved, other="thing"), "another safetensors file")


def test_header_that_is_no_header(saved):
    for text, part in (("[" * 100_000, "JSON"), ("{", "JSON"), ("[1]", "object"), ('{"version": NaN}', "finite")):
        refused(edited(saved, spikewright=text), part)
    for number in ("1" * 5000, "1e999", "9223372036854775808"):
        refused(edited(saved, spikewright=f'{{"version": {number}}}'), "JSON")


def test_deep_outer_header(tmp_path):
    text = b'{"a":' * 50_000
    (tmp_path / "n").write_bytes(struct.pack("<Q", len(text)) + text)
    refused(tmp_path / "n", "JSON")


def population(header, place=1):
    return header["network"]["populations"][place]


def storage(header):
    return header["network"]["projections"][0]["synapse"]["weights"]


def sparse_of(size):
    def edit(header):
        weights = storage(header)
        values = {"tensor": weights["bytes"]}
        weights.clear()
        weights.update(type="Sparse", size=size, indices=values, values=values)

    return edit


def order_of(**parts):
    """An edit that gives the first projection an order with some of its parts changed."""
    whole = {"type": "IndexMap", "source": [4], "shape": [4], "runs": [[4, 1]], "starts": {"tensor": "ghost"}}
    return lambda header: header["network"]["projections"][0].update(order=whole | parts)


HOSTILE = {
    "other format": (lambda h: h.update(format="zip"), "format"),
    "newer version": (lambda h: h.update(version=3), "version 2"),
    "no network": (lambda h: h.pop("network"), "network"),
    "unknown neuron": (lambda h: population(h)["neuron"].update(type="Izhikevich"), "Izhikevich"),
    "a type that is code": (lambda h: population(h)["neuron"].update(type="os.system"), "os.system"),
    "extra field": (lambda h: population(h).update(weight=3), "weight"),
    "missing field": (lambda h: population(h).pop("shape"), "shape"),
    "a name that is a number": (lambda h: population(h).update(name=7), "7"),
    "negative shape": (lambda h: population(h).update(shape=[-3]), "-3"),
    "huge shape": (lambda h: population(h).update(shape=[2**30, 2**30, 2**30]), "neurons"),
    "huge sparse weights": (sparse_of([2**30, 2**30]), "weights"),
    "a huge mask": (lambda h: storage(h).update(node="Mask", shape=[2**30, 2**30]), "weights"),
    "a huge seed": (lambda h: storage(h).update(node="Seeded", extents=[2**30, 2**30]), "weights"),
    "a node of tomorrow": (lambda h: storage(h).update(node="Wavelet"), "Wavelet"),
    "weights of another width": (lambda h: storage(h).update(dtype="float64"), "bytes"),
    "a negative extent": (lambda h: storage(h).update(shape=[3, -4]), "-4"),
    "steps beyond sense": (lambda h: h["network"]["code"].update(steps=10**9), "1000000"),
    "true as steps": (lambda h: h["network"]["code"].update(steps=True), "True"),
    "a list as threshold": (lambda h: population(h)["neuron"].update(threshold=[1, 2, 3]), "at "),
    "a tensor nobody has": (lambda h: storage(h).update(bytes="ghost"), "ghost"),
    "wrong shapes": (lambda h: population(h).update(shape=[5]), "expected"),
    "a threshold of zero": (lambda h: population(h)["neuron"].update(threshold=0), "tensor"),
    "a leak of two": (
        lambda h: population(h).update(neuron={"type": "LIF", "threshold": 1, "leak": 2, "reset": "zero"}),
        "tensor",
    ),
    "unknown population": (lambda h: h["network"].update(output="ghost"), "ghost"),
    "a cycle": (lambda h: h["network"]["projections"][0].update(source="out", target="a"), "expected"),
    "an order of more than there can be": (order_of(shape=[2**30, 2**30]), "neurons or weights"),
    "an order of no shape": (order_of(shape=[]), "at "),
    "an order of real runs": (order_of(runs=[[2, 0.5]]), "0.5"),
    "an order without starts": (order_of(starts=None), "None"),
    "huge padding": (lambda h: h["network"]["projections"][0].update(pool=[10**9, 1]), "pool"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_header(saved, name):
    edit, part = HOSTILE[name]
    refused(edited(saved, edit), part)


WEIGHTS = "projections/0/synapse/weights"
WRONG = {
    "missing": (lambda t: t.pop(WEIGHTS), "misses"),
    "unknown": (lambda t: t.update(stranger=np.zeros(3)), "unknown tensor stranger"),
    "bool": (lambda t: t.update({WEIGHTS: np.ones(48, bool)}), "BOOL"),
    "complex": (lambda t: t.update({WEIGHTS: np.ones(48, np.complex64)}), "C64"),
    "NaN": (lambda t: t.update({WEIGHTS: np.full((3, 4), np.nan, np.float32).view(np.uint8).reshape(-1)}), "NaN"),
    "shape": (lambda t: t.update({WEIGHTS: np.ones((2, 2), np.uint8)}), "expected"),
    "threshold": (lambda t: t.update({"populations/1/neuron/threshold": np.zeros(3)}), "threshold"),
    "scale": (lambda t: t.update({"projections/1/synapse/weights/scale": np.zeros((3, 1))}), "scale"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_tensors(saved, name):
    change, part = WRONG[name]
    tensors = load_file(saved)
    change(tensors)
    refused(edited(saved, tensors=tensors), part)


def test_real_numbers_as_indices(tmp_path):
    def swapped(header):
        weights = storage(header)
        weights.update(indices=weights["values"], values=weights["indices"])

    path = tmp_path / "old"
    path.write_bytes((OLD / "v1-sparse-float-float.safetensors").read_bytes())
    refused(edited(path, swapped), "integers")


def test_tensor_larger_than_the_file(saved):
    """safetensors itself compares shapes with the bytes that are there."""
    content = saved.read_bytes()
    saved.write_bytes(content.replace(b'"shape":[48]', b'"shape":[99]'))
    refused(saved, "expected a whole safetensors file")


def test_failed_save_leaves_nothing(tmp_path, saved):
    before = saved.read_bytes()
    network = small()
    rows = tuple(ReportRow("x" * 5000, "Linear", "kept") for _ in range(2))
    object.__setattr__(network, "report", Report(rows))
    with pytest.raises(InvalidNetwork, match="loaded again"):
        network.save(saved)
    assert saved.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [saved.name]
    with pytest.raises(InvalidFile, match="writable"):
        small().save(saved / "below a file")


EXPECTED = json.loads((OLD / "expected.json").read_text())


@pytest.mark.parametrize("name", EXPECTED)
def test_files_of_the_first_version_load(tmp_path, name):
    """Each way to store weights, with and without scales: the same weights, answers and counts; saved again they stay so."""
    told, images = EXPECTED[name], np.random.default_rng(7).random((4, 1, 5, 5)).astype(np.float32)
    network = Network.load(OLD / f"{name}.safetensors")
    network.save(tmp_path / "again")
    again = Network.load(tmp_path / "again")
    for one in (network, again):
        assert [q.synapse.weights.values().ravel().tolist() for q in one.projections] == told["weights"]
        activity = simulate(one, images, engine="reference")
        assert np.asarray(activity.logits).tolist() == told["logits"]
        assert {key: np.asarray(value).tolist() for key, value in activity.synaptic_operations.items()} == told[
            "operations"
        ]
    assert [q.synapse.weights for q in again.projections] == [q.synapse.weights for q in network.projections]
