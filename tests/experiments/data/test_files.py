"""Files of the data sets: read whole or refused, and no pickle runs code."""

import gzip
import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spikewright import InvalidFile
from spikewright.experiments.data.files import load_plain_pickle, read_cifar_batch, read_idx
from spikewright.experiments.data.load import read_cifar10
from spikewright.experiments.data.sources import CIFAR10, MNIST
from tests.experiments.data.originals import IMAGES, idx_bytes, with_md5


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5)))
def test_idx_written_then_read_is_the_same(tmp_path_factory: pytest.TempPathFactory, array: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("idx") / "array.gz"
    path.write_bytes(gzip.compress(idx_bytes(array)))
    assert np.array_equal(read_idx(path), array)


@pytest.mark.parametrize("kept", [0, 5, 20, -9])
def test_truncated_gzip(idx_folder: Path, kept: int) -> None:
    path = idx_folder / MNIST.files[0][0]
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InvalidFile):
        read_idx(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        b"\0\0\x0d\x01" + b"\0" * 8,  # floats
        b"\0\0\x08\x03" + struct.pack(">2I", 1, 1),  # ends in its header
        struct.pack(">HBB3I", 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1) + b"\0" * 10,  # announces 10**28 bytes
        idx_bytes(IMAGES) + b"\0",
        idx_bytes(IMAGES)[:-1],
    ],
)
def test_idx_with_a_wrong_header_or_length(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(content))
    with pytest.raises(InvalidFile):
        read_idx(tmp_path / "x.gz")


class Hostile:
    """Unpickled by an ordinary unpickler, this makes a folder."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (self.target,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_hostile_pickle_runs_nothing(tmp_path: Path, protocol: int) -> None:
    target = tmp_path / "made by the pickle"
    content = pickle.dumps({b"data": Hostile(str(target)), b"labels": []}, protocol)
    with pytest.raises(InvalidFile, match="do not use this file"):
        load_plain_pickle(content, "batch")
    assert not target.exists()
    pickle.loads(content)  # what would have happened
    assert target.exists()


def test_hostile_pickle_is_not_even_opened_when_its_md5_is_wrong(
    cifar_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = with_md5(CIFAR10, cifar_folder)
    (cifar_folder / "test_batch").write_bytes(pickle.dumps(Hostile("never")))
    monkeypatch.setattr(
        "spikewright.experiments.data.load.read_cifar_batch", lambda path: pytest.fail("was read before its md5")
    )
    with pytest.raises(InvalidFile, match="expected md5"):
        read_cifar10(source, cifar_folder)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_plain_unpickler(content: bytes) -> None:
    try:
        load_plain_pickle(content, "bytes")
    except InvalidFile as error:
        assert str(error).startswith("expected")


@pytest.mark.parametrize(
    "batch",
    [
        [1, 2],
        {b"data": np.zeros((2, 3072), np.uint8)},
        {b"data": np.zeros((2, 3072), np.float32), b"labels": [0, 1]},
        {b"data": np.zeros((2, 100), np.uint8), b"labels": [0, 1]},
        {b"data": np.zeros((2, 3072), np.uint8), b"labels": [0]},
        {b"data": np.zeros((2, 3072), np.uint8), b"labels": [0, "one"]},
    ],
)
def test_batch_of_another_layout(tmp_path: Path, batch: object) -> None:
    (tmp_path / "batch").write_bytes(pickle.dumps(batch, protocol=4))
    with pytest.raises(InvalidFile):
        read_cifar_batch(tmp_path / "batch")
