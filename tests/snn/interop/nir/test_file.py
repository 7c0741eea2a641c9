"""Graphs without a counterpart and files of strangers: one clear error each, and nothing of them is used."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidFile, SpikewrightError
from spikewright.snn import Direct
from spikewright.snn.interop.nir import Reading, from_nir, to_nir, write_nir
from spikewright.snn.interop.nir.file import LARGEST_BYTES
from tests.snn.every_record import NETWORKS

nir, h5py = pytest.importorskip("nir"), pytest.importorskip("h5py")
READING = Reading(Direct(4))
ONES, EYE = np.ones(3), np.eye(3)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nir") / "good.nir"
    network = NETWORKS["IF"]
    write_nir(to_nir(network, allow=("reset", "initial", "bias")), path)
    assert from_nir(path).code == network.code
    return path


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_broken_file_is_one_clear_error(written: Path, data: st.DataObject, tmp_path_factory: Any) -> None:
    """Cut anywhere, or any few bytes changed: the same network, or an error of ours."""
    whole = bytearray(written.read_bytes())
    if data.draw(st.booleans()):
        whole = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        for _ in range(data.draw(st.integers(1, 4))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("broken") / "broken.nir"
    path.write_bytes(whole)
    for reading in (None, READING):
        try:
            from_nir(path, reading=reading)
        except SpikewrightError as error:
            assert len(str(error)) < 1000


def hostile(path: Path, write: Any) -> Path:
    with h5py.File(path, "w") as file:
        file["version"] = "1.0"
        write(file)
    return path


def _circle(file: Any) -> None:
    file.create_group("node")["again"] = file["/"]


def _enormous(file: Any) -> None:
    rows = LARGEST_BYTES // 8 // 1024 + 1
    file.create_group("node").create_dataset("weight", shape=(rows, 1024), dtype="f8", chunks=(1024, 1024))


def _virtual(file: Any) -> None:
    layout = h5py.VirtualLayout(shape=(3,), dtype="f8")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(3,))
    file.create_group("node").create_virtual_dataset("weight", layout)


def _external(file: Any) -> None:
    file.create_group("node").create_dataset("weight", (3,), "u1", external=[("/etc/passwd", 0, 3)])


HOSTILE = {
    "a link to another file": (lambda f: f.__setitem__("node", h5py.ExternalLink("/etc/passwd", "/")), "no links"),
    "a soft link": (lambda f: f.__setitem__("node", h5py.SoftLink("/version")), "no links"),
    "a circle": (_circle, "a circle"),
    "more than memory": (_enormous, "4 GiB"),
    "virtual data": (_virtual, "link to another file"),
    "bytes of another file": (_external, "link to another file"),
    "no graph": (lambda f: f.create_group("other"), "expected a NIR graph"),
    "an unknown node": (lambda f: f.create_group("node").__setitem__("type", "Popen"), "expected a NIR graph"),
    "a node alone": (
        lambda f: f.create_group("node").update({"type": "Linear", "weight": EYE}),
        "expected a NIR graph",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, tmp_path: Path) -> None:
    write, message = HOSTILE[name]
    with pytest.raises(InvalidFile, match=message):
        from_nir(hostile(tmp_path / "hostile.nir", write), reading=READING)


@pytest.mark.parametrize("content", [None, b"", b"not HDF5 at all"])
def test_files_that_are_none(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "none.nir"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidFile):
        from_nir(path)


def test_metadata_that_is_not_a_network_is_refused() -> None:
    good = to_nir(NETWORKS["IF"], allow=("reset", "initial", "bias"))
    for key, value in (("spikewright_network", np.zeros(9, dtype=np.uint8)), ("spikewright_dt", float("nan"))):
        kept = good.metadata[key]
        good.metadata[key] = value
        with pytest.raises(InvalidFile):
            from_nir(good)
        good.metadata[key] = kept
    assert from_nir(good).code == NETWORKS["IF"].code
