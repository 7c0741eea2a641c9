"""Where the original files are: found in a folder, or downloaded once."""

import hashlib
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidFile
from spikewright.experiments.data.load import dataset_names, load_dataset, read_cifar10, read_idx_dataset
from spikewright.experiments.data.sources import CIFAR10, FASHION_MNIST, MNIST
from tests.experiments.data.originals import LABELS, with_md5


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
