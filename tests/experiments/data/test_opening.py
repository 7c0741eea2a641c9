"""A user's own data set from an .npz file: taken as it is meant, or refused with what to do."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.data.opening import known_dataset, open_dataset

IMAGES, LABELS = np.linspace(0, 1, 18).reshape(2, 1, 3, 3), np.array([0, 2])


def saved(folder: Path, **change: Any) -> str:
    parts = {"train_images": IMAGES, "train_labels": LABELS, "test_images": IMAGES, "test_labels": LABELS, **change}
    np.savez(folder / "own.npz", **{name: part for name, part in parts.items() if part is not None})
    return str(folder / "own.npz")


def test_images_become_float32_and_labels_int64(tmp_path: Path) -> None:
    data = open_dataset(saved(tmp_path, train_labels=LABELS.astype(np.float32)))
    assert data.train_images.dtype == np.float32 and data.train_labels.dtype == np.int64
    assert data.name == "own.npz" and data.classes == ("0", "1", "2") and data.shape == (1, 3, 3)


@pytest.mark.parametrize(
    ("change", "way"),
    [
        ({"train_images": IMAGES[:, 0]}, "images[:, None]"),
        ({"test_images": (IMAGES * 255).astype(np.uint8)}, "/ 255"),
        ({"train_labels": LABELS + 0.5}, "astype('int64')"),
        ({"train_labels": np.array([0, 10**9])}, "number the classes from 0"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_way_out(tmp_path: Path, change: dict[str, Any], way: str) -> None:
    with pytest.raises(InvalidInput) as error:
        open_dataset(saved(tmp_path, **change))
    assert way in str(error.value)


def test_what_is_no_such_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="train_labels"):
        open_dataset(saved(tmp_path, train_labels=None))
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises(InvalidFile, match=r"expected an \.npz file"):
        open_dataset(str(tmp_path / "bad.npz"))


def test_a_name_is_opened_once() -> None:
    assert open_dataset("digits") is open_dataset("digits")


def test_images_of_another_range_say_so_in_the_file(tmp_path: Path) -> None:
    wide = {"train_images": IMAGES * 4 - 3, "test_images": IMAGES * 4 - 3}
    data = open_dataset(saved(tmp_path, **wide, input_range=np.array([-3, 1])))
    assert data.input_range == data.known_range == (-3.0, 1.0) and data.first(1, 1).input_range == (-3.0, 1.0)
    assert open_dataset(saved(tmp_path)).known_range is None
    with pytest.raises(InvalidInput, match="input_range"):
        open_dataset(saved(tmp_path, **wide))
    with pytest.raises(InvalidInput, match=r"train images in \[-2, 1\]"):
        open_dataset(saved(tmp_path, **wide, input_range=np.array([-2.0, 1.0])))
    for bad in (np.array([1.0, -1.0]), np.array([0.0]), np.array([np.nan, 1.0]), np.array(["a", "b"])):
        with pytest.raises(InvalidInput, match="input_range as low and high"):
            open_dataset(saved(tmp_path, **wide, input_range=bad))


def test_a_function_of_ones_own_is_a_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "theirs_of_data.py").write_text(
        "from spikewright.experiments.data.load import load_dataset\n"
        "def few(): return load_dataset('digits').first(20, 10)\n"
        "def none(): return None\n"
        "def needs(place): return few()\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*sys.path])
    assert len(open_dataset("theirs_of_data:few").test_labels) == 10
    for name, words in (
        ("none", "got NoneType"),
        ("needs", "try a function without arguments"),
        ("more", "got no more"),
    ):
        with pytest.raises(InvalidInput, match=words):
            open_dataset(f"theirs_of_data:{name}")
    assert known_dataset("mine.data:digits") and known_dataset("a.npz") and known_dataset("digits")
    assert not known_dataset("digit") and not known_dataset("../mine:digits")
