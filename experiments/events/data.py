"""Event data sets with one shape: structured arrays of events, one a sample, and labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidFile, InvalidInput
from spikewright.experiments.events.files import Events, read_bin, read_npz
from spikewright.snn.codes import AddressEvents
from spikewright.snn.streams import bin_events

Labels = NDArray[np.int64]
Samples = tuple[tuple[Events, ...], Labels]

NMNIST_SHAPE = (2, 34, 34)
NMNIST_CLASSES = tuple("0123456789")
NMNIST_FOLDERS = ("NMNIST", "nmnist", "N-MNIST", "nmnist-small")
_FIRST_FOLDERS = {"train": "Train", "test": "Test"}


@dataclass(frozen=True, eq=False)
class EventData:
    """Recordings of an event camera: `train` and `test` hold one structured array (x, y, t, p) a sample; t in microseconds.

    `shape`: (polarities, rows, columns). Raises InvalidInput when events, labels and shape do not fit together.
    """

    name: str
    train: tuple[Events, ...]
    train_labels: Labels
    test: tuple[Events, ...]
    test_labels: Labels
    shape: tuple[int, int, int]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        for split, samples, labels in (("train", self.train, self.train_labels), ("test", self.test, self.test_labels)):
            if not samples or len(samples) != len(labels):
                raise InvalidInput(f"expected a label for each {split} sample, got {len(labels)} for {len(samples)}")
            if labels.min() < 0 or labels.max() >= len(self.classes):
                raise InvalidInput(f"expected {split} labels below {len(self.classes)}, got {labels.max()}")
            for number, sample in enumerate(samples):
                _check_sample(f"{split} sample {number}", sample, self.shape)


def load_events(name: str, folder: str | Path, *, train: int | None = None, test: int | None = None) -> EventData:
    """Load "nmnist" from a folder: its `Train/0/*.bin` to `Test/9/*.bin` (also inside tonic's `NMNIST`), or one .npz.

    `train` and `test`: only so many samples, in the order of their numbers. Raises InvalidInput for an unknown name or data
    that contradict themselves, InvalidFile for a folder without recordings or a damaged file.
    """
    if name not in _READERS:
        raise InvalidInput(f"expected event data out of {', '.join(_READERS)}, got {name!r}")
    for what, count in (("train", train), ("test", test)):
        if count is not None and count < 1:
            raise InvalidInput(f"expected at least 1 {what} sample, got {count}")
    return _READERS[name](Path(folder), train, test)


def event_names() -> tuple[str, ...]:
    """The names that `load_events` knows."""
    return tuple(_READERS)


def count_frames(samples: Sequence[Events], shape: tuple[int, ...], code: AddressEvents) -> NDArray[np.float32]:
    """How many spikes `code` makes of each pixel, `(samples, polarities, rows, columns)`, divided by its steps.

    With a limit of one spike a step the frames lie in [0, 1], and over `code.steps` steps a frame as a constant current
    brings what the events bring. Raises InvalidInput for events that do not fit the shape.
    """
    stream = bin_events(samples, shape, code)
    counts = np.zeros((len(samples), int(np.prod(shape))), np.float32)
    np.add.at(counts, (np.repeat(np.arange(len(samples)), np.diff(stream.offsets)), stream.address), 1)
    return (counts / np.float32(code.steps)).reshape(len(samples), *shape)


def _nmnist(folder: Path, train: int | None, test: int | None) -> EventData:
    if not folder.is_dir():
        raise InvalidFile(f"expected a folder with N-MNIST at {folder}, got none; try --data FOLDER")
    for place in [folder / name for name in NMNIST_FOLDERS] + [folder]:
        if all((place / part).is_dir() for part in _FIRST_FOLDERS.values()):
            splits = (_recordings(place / "Train", train), _recordings(place / "Test", test))
            break
        archives = sorted(place.glob("*nmnist*.npz"))
        if archives:
            splits = (read_npz(archives[0], "train", train), read_npz(archives[0], "test", test))
            break
    else:
        raise InvalidFile(
            f"expected Train/0/*.bin to Test/9/*.bin or a file *nmnist*.npz in {folder}, got neither; "
            "try the folder into which N-MNIST was unpacked"
        )
    return EventData("nmnist", *splits[0], *splits[1], NMNIST_SHAPE, NMNIST_CLASSES)


def _recordings(folder: Path, first: int | None) -> Samples:
    """The recordings of a split by their number; the label is the folder that they lie in."""
    found = [(path.stem, path, int(label)) for label in NMNIST_CLASSES for path in (folder / label).glob("*.bin")]
    if not found:
        raise InvalidFile(f"expected recordings {folder}/0/*.bin to {folder}/9/*.bin, got none")
    chosen = sorted(found)[:first]
    return tuple(read_bin(path) for _, path, _ in chosen), np.array([label for _, _, label in chosen], np.int64)


def _check_sample(what: str, sample: Events, shape: tuple[int, int, int]) -> None:
    if not sample.size:
        return
    for name, extent in zip("pyx", shape, strict=True):
        low, high = int(sample[name].min()), int(sample[name].max())
        if low < 0 or high >= extent:
            raise InvalidInput(f"expected {name} from 0 to {extent - 1} in {what}, got {low} to {high}")
    if np.any(np.diff(sample["t"]) < 0):
        raise InvalidInput(f"expected events in order of time in {what}; try sorting them by t")


_READERS: dict[str, Callable[[Path, int | None, int | None], EventData]] = {"nmnist": _nmnist}
