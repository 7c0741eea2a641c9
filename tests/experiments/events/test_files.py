"""Recordings as files: both layouts, damage, hostile archives."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.events import EventData, load_events
from spikewright.experiments.events.files import read_bin
from tests.experiments.events.recordings import events, write_bin


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(0, 255), st.integers(0, 239), st.integers(0, 2**23 - 1), st.integers(0, 1)), min_size=1
    )
)
def test_bin_files_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int, int]]) -> None:
    path = tmp_path_factory.mktemp("bin") / "one.bin"
    write_bin(path, events(*rows))
    assert np.array_equal(read_bin(path), events(*rows))


def test_a_known_event(tmp_path: Path) -> None:
    """x 17, y 3, on, 0x12345 us: 11 03 81 23 45."""
    (tmp_path / "a.bin").write_bytes(bytes.fromhex("1103812345"))
    assert read_bin(tmp_path / "a.bin").tolist() == [(17, 3, 0x12345, 1)]


def test_an_overflow_of_the_clock_is_no_event(tmp_path: Path) -> None:
    write_bin(tmp_path / "a.bin", events((1, 1, 8000, 0), (0, 240, 0, 0), (2, 2, 5, 1), (0, 240, 0, 0), (3, 3, 7, 0)))
    assert read_bin(tmp_path / "a.bin")["t"].tolist() == [8000, 8192 + 5, 2 * 8192 + 7]


def test_both_layouts_give_the_same(recordings: Path, tmp_path: Path) -> None:
    """tonic's folder, the original inside it, and one .npz; samples in the order of their numbers."""
    data = load_events("nmnist", recordings)
    assert (len(data.train), len(data.test), data.shape) == (60, 20, (2, 34, 34))
    assert data.train_labels.tolist() == [number % 10 for number in range(60)]
    arrays: dict[str, np.ndarray] = {}
    for split, samples, labels in (("train", data.train, data.train_labels), ("test", data.test, data.test_labels)):
        whole = np.concatenate(samples)
        arrays |= {f"{split}_{name}": whole[name].astype(np.uint32 if name == "t" else np.uint8) for name in "xypt"}
        arrays[f"{split}_offsets"] = np.cumsum([0, *map(len, samples)])
        arrays[f"{split}_labels"] = labels.astype(np.uint8)
    np.savez_compressed(tmp_path / "my_nmnist.npz", **arrays)
    for other in (load_events("nmnist", recordings / "NMNIST"), load_events("nmnist", tmp_path)):
        assert all(
            np.array_equal(one, two) for one, two in zip(data.train + data.test, other.train + other.test, strict=True)
        )
        assert np.array_equal(data.test_labels, other.test_labels)
    few = load_events("nmnist", tmp_path, train=7, test=3)
    assert (len(few.train), few.test_labels.tolist()) == (7, [0, 1, 2])


def damaged(folder: Path, **change: object) -> Path:
    """An .npz of two samples a split, with some arrays changed or (None) left out."""
    arrays: dict[str, object] = {}
    for split in ("train", "test"):
        arrays |= {f"{split}_{name}": np.arange(4) for name in "xypt"} | {f"{split}_p": np.zeros(4, int)}
        arrays |= {f"{split}_offsets": np.array([0, 2, 4]), f"{split}_labels": np.array([1, 2])}
    arrays |= change
    np.savez(folder / "nmnist.npz", **{name: value for name, value in arrays.items() if value is not None})  # type: ignore[arg-type]
    return folder


def test_a_sound_archive(tmp_path: Path) -> None:
    assert load_events("nmnist", damaged(tmp_path)).train_labels.tolist() == [1, 2]


DAMAGE = {
    "missing array": ({"train_t": None}, "train_t"),
    "offsets that run backwards": ({"train_offsets": np.array([0, 3, 2])}, "offsets"),
    "offsets beyond the events": ({"test_offsets": np.array([0, 2, 9])}, "offsets"),
    "no offsets": ({"test_offsets": np.array([], int)}, "offsets"),
    "a label too many": ({"train_labels": np.array([1, 2, 3])}, "labels"),
    "objects": ({"train_x": np.array([{"a": 1}] * 4, object)}, "plain arrays"),
    "fractions": ({"train_x": np.zeros(4)}, "integers"),
    "two dimensions": ({"train_x": np.zeros((2, 2), int)}, "integers"),
    "times of another age": ({"train_t": np.full(4, 2**40)}, "microseconds"),
    "outside the camera": ({"train_x": np.full(4, 34)}, "0 to 33 in train sample 0"),
    "out of order": ({"test_t": np.array([5, 4, 0, 1])}, "order of time in test sample 0"),
    "an unknown class": ({"test_labels": np.array([1, 11])}, "below 10"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_archives_are_refused(tmp_path: Path, name: str) -> None:
    change, words = DAMAGE[name]
    with pytest.raises((InvalidFile, InvalidInput), match=words):
        load_events("nmnist", damaged(tmp_path, **change))


def test_cut_files_are_refused(recordings: Path, tmp_path: Path) -> None:
    content = (damaged(tmp_path) / "nmnist.npz").read_bytes()
    (tmp_path / "nmnist.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidFile, match=r"whole \.npz"):
        load_events("nmnist", tmp_path)
    for length in (0, 3, 7):
        (tmp_path / "a.bin").write_bytes(bytes(length))
        with pytest.raises(InvalidFile, match="whole events"):
            read_bin(tmp_path / "a.bin")


def test_wrong_folders_and_names(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="Train/0"):
        load_events("nmnist", tmp_path)
    with pytest.raises(InvalidFile, match="got none"):
        load_events("nmnist", tmp_path / "nowhere")
    (tmp_path / "Train").mkdir()
    (tmp_path / "Test").mkdir()
    with pytest.raises(InvalidFile, match="recordings"):
        load_events("nmnist", tmp_path)
    with pytest.raises(InvalidInput, match="event data out of"):
        load_events("dvs-gesture", tmp_path)
    with pytest.raises(InvalidInput, match="at least 1 train"):
        load_events("nmnist", tmp_path, train=0)


@pytest.fixture(scope="module")
def data(recordings: Path) -> EventData:
    return load_events("nmnist", recordings)
