"""Data sets: what the readers accept, what they refuse, and that a pickle never runs."""

import gzip
import hashlib
import os
import pickle
import struct
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.data.files import load_plain_pickle, read_cifar_batch, read_idx
from spikewright.experiments.data.load import Dataset, dataset_names, load_dataset, read_cifar10, read_idx_dataset
from spikewright.experiments.data.sources import CIFAR10, FASHION_MNIST, MNIST, DataSource

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (12, 6, 5), np.uint8)
LABELS = RANDOM.integers(0, 10, 12, np.uint8)


def idx_bytes(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def with_md5(source: DataSource, folder: Path) -> DataSource:
    """The source as it would be if the files in `folder` were the published ones."""
    sums = tuple((name, hashlib.md5((folder / name).read_bytes()).hexdigest()) for name, _ in source.files)
    return replace(source, files=sums)


@pytest.fixture
def idx_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    for (name, _), array in zip(MNIST.files, (IMAGES, LABELS, IMAGES[:5], LABELS[:5]), strict=True):
        (folder / name).write_bytes(gzip.compress(idx_bytes(array), mtime=0))
    return folder


@pytest.fixture
def cifar_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for place, (name, _) in enumerate(CIFAR10.files):
        pixels = np.random.default_rng(place).integers(0, 256, (4, 3072), np.uint8)
        batch = {b"data": pixels, b"labels": [place % 10] * 4, b"filenames": [b"a.png"] * 4}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=4))
    return folder


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A local web server over tmp_path."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_digits_are_built_in_scaled_and_split_the_same_way_each_time() -> None:
    digits, again = load_dataset("digits"), load_dataset("digits")
    assert digits.shape == (1, 8, 8)
    assert (len(digits.train_images), len(digits.test_images)) == (1347, 450)
    assert digits.train_images.max() == 1.0 and digits.train_images.min() == 0.0
    # Pixels are k/16: dyadic, so nothing was rounded.
    assert np.array_equal(digits.train_images * 16, np.round(digits.train_images * 16))
    assert np.array_equal(digits.test_images, again.test_images)
    counts = np.bincount(digits.test_labels, minlength=10)
    assert counts.min() >= 43 and counts.max() <= 47  # stratified: 10 classes of about 45


def test_first_keeps_the_first_images() -> None:
    digits = load_dataset("digits")
    few = digits.first(train=7, test=3)
    assert np.array_equal(few.train_images, digits.train_images[:7]) and np.array_equal(
        few.test_labels, digits.test_labels[:3]
    )
    assert len(digits.first(train=7).test_images) == 450


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=5)))
def test_idx_written_then_read_is_the_same(tmp_path_factory: pytest.TempPathFactory, array: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("idx") / "array.gz"
    path.write_bytes(gzip.compress(idx_bytes(array)))
    assert np.array_equal(read_idx(path), array)


def test_idx_folder_becomes_a_dataset(idx_folder: Path) -> None:
    source = with_md5(MNIST, idx_folder)
    for folder in (idx_folder, idx_folder.parent):
        data = read_idx_dataset(source, folder)
        assert data.train_images.dtype == np.float32 and data.train_images.shape == (12, 1, 6, 5)
        assert np.array_equal(data.train_images[:, 0], IMAGES.astype(np.float32) / 255)
        assert data.test_labels.dtype == np.int64 and np.array_equal(data.test_labels, LABELS[:5])


def test_cifar_folder_becomes_a_dataset_with_the_test_batch_apart(cifar_folder: Path) -> None:
    data = read_cifar10(with_md5(CIFAR10, cifar_folder), cifar_folder.parent)
    assert data.train_images.shape == (20, 3, 32, 32) and data.test_images.shape == (4, 3, 32, 32)
    assert data.train_labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4
    assert set(data.test_labels.tolist()) == {5}
    pixels = np.random.default_rng(0).integers(0, 256, (4, 3072), np.uint8)
    assert np.array_equal(data.train_images[0, 2, 0], pixels[0, 2048:2080].astype(np.float32) / 255)


@pytest.mark.parametrize("name", [name for name in dataset_names() if name != "digits"])
def test_missing_folder_or_file_says_what_to_do(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="expected a folder"):
        load_dataset(name, tmp_path / "nowhere")
    with pytest.raises(InvalidFile, match="try another folder"):
        load_dataset(name, tmp_path)


def test_files_of_another_dataset_are_refused_by_their_md5(idx_folder: Path) -> None:
    for source in (MNIST, FASHION_MNIST):
        with pytest.raises(InvalidFile, match="expected md5"):
            read_idx_dataset(source, idx_folder)


def test_unknown_name() -> None:
    with pytest.raises(InvalidInput, match="digits"):
        load_dataset("minst")


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


def test_download_fills_the_cache_once(idx_folder: Path, address: str, tmp_path: Path) -> None:
    source = replace(with_md5(MNIST, idx_folder), url=f"{address}/data/mnist")
    data = read_idx_dataset(source, cache=tmp_path / "cache")
    assert np.array_equal(data.train_labels, LABELS)
    gone = replace(source, url=f"{address}/gone")
    assert len(read_idx_dataset(gone, cache=tmp_path / "cache").test_images) == 5


def test_download_of_an_archive_takes_the_named_files_only(cifar_folder: Path, address: str, tmp_path: Path) -> None:
    (cifar_folder / "readme.html").write_text("not wanted")
    with tarfile.open(tmp_path / "cifar.tar.gz", "w:gz") as tar:
        tar.add(cifar_folder, "../../outside/cifar-10-batches-py")
    md5 = hashlib.md5((tmp_path / "cifar.tar.gz").read_bytes()).hexdigest()
    source = replace(with_md5(CIFAR10, cifar_folder), url=f"{address}/cifar.tar.gz", archive_md5=md5)
    data = read_cifar10(source, cache=tmp_path / "cache" / "inner")
    assert len(data.train_images) == 20
    found = {path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    assert found == {name for name, _ in CIFAR10.files} | {"cifar.tar.gz"}


def test_files_of_somebody_in_the_cache_stay(
    idx_folder: Path, cifar_folder: Path, address: str, tmp_path: Path
) -> None:
    source = replace(with_md5(MNIST, idx_folder), url=f"{address}/data/mnist")
    mine = tmp_path / "cache" / "mnist" / source.files[1][0]
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    with pytest.raises(InvalidFile, match="expected md5"):
        read_idx_dataset(source, cache=tmp_path / "cache")
    assert mine.read_bytes() == b"mine"
    with tarfile.open(tmp_path / "cifar.tar.gz", "w:gz") as tar:
        tar.add(cifar_folder, "cifar-10-batches-py")
    md5 = hashlib.md5((tmp_path / "cifar.tar.gz").read_bytes()).hexdigest()
    archive = replace(with_md5(CIFAR10, cifar_folder), url=f"{address}/cifar.tar.gz", archive_md5=md5)
    mine = tmp_path / "cache" / archive.subfolders[0] / archive.files[2][0]
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    with pytest.raises(InvalidFile, match="another file"):
        read_cifar10(archive, cache=tmp_path / "cache")
    assert mine.read_bytes() == b"mine"


def test_failed_or_changed_download(idx_folder: Path, address: str, tmp_path: Path) -> None:
    source = with_md5(MNIST, idx_folder)
    with pytest.raises(InvalidFile, match="--data FOLDER"):
        read_idx_dataset(replace(source, url=f"{address}/nothing"), cache=tmp_path / "cache")
    (idx_folder / MNIST.files[0][0]).write_bytes(b"changed")
    with pytest.raises(InvalidFile, match="--data FOLDER"):
        read_idx_dataset(replace(source, url=f"{address}/data/mnist"), cache=tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "change",
    [
        {"train_images": np.zeros((2, 8, 8), np.float32)},
        {"train_images": np.zeros((2, 1, 8, 8))},
        {"train_images": np.full((2, 1, 8, 8), 2, np.float32)},
        {"train_images": np.full((2, 1, 8, 8), np.nan, np.float32)},
        {"train_images": np.zeros((0, 1, 8, 8), np.float32), "train_labels": np.zeros(0, np.int64)},
        {"test_images": np.zeros((2, 1, 9, 8), np.float32)},
        {"train_labels": np.array([0, 10])},
        {"test_labels": np.array([-1, 0])},
        {"test_labels": np.array([0, 1, 2])},
        {"test_labels": np.zeros(2, np.int32)},
    ],
)
def test_dataset_refuses_what_does_not_fit(change: dict[str, np.ndarray]) -> None:
    images, labels = np.zeros((2, 1, 8, 8), np.float32), np.zeros(2, np.int64)
    good = Dataset("two", images, labels, images, labels, tuple("0123456789"))
    with pytest.raises(InvalidInput, match="expected"):
        replace(good, **change)
