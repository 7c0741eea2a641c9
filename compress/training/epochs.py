"""What a training leaves after each epoch, and where it is kept so that a later call goes on from it.

    with fits_kept(folder):
        small = method.apply(model, data)  # killed in the midst of it: the same lines once more go on

The calls of `fit` inside the block are numbered in their order. Each keeps its state in a file of its own after each epoch; one
that was finished before is not trained again but put where it ended.
"""

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikewright import FolderKind, InvalidFile, Kind, atomic_path, claim_folder
from spikewright.errors import UnusableCheckpoint
from spikewright.kinds import holds

FITS_FOLDER = FolderKind("a folder of trainings that can go on")
FIT_FILE = Kind("the state of a training", holds(b"spikewright-fit"))


@dataclass(frozen=True)
class Epoch:
    """Mean training loss and accuracy (0 to 1; None of values) of one epoch, measured while training."""

    epoch: int
    loss: float
    accuracy: float | None


@dataclass(frozen=True, eq=False)
class FitState:
    """All that training needs to go on after an epoch exactly as if it had not stopped.

    `buffers`: those that the model's state dict leaves out, such as the scales that integers are rounded with.
    """

    history: tuple[Epoch, ...]
    model: dict[str, Any]
    optimizer: dict[str, Any]
    shuffle: Tensor
    noise: Tensor
    buffers: Mapping[str, Tensor] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Values that `torch.save` writes and `torch.load` reads without running code."""
        return {**vars(self), "buffers": dict(self.buffers), "history": [asdict(one) for one in self.history]}

    @classmethod
    def of_plain(cls, values: Mapping[str, Any]) -> "FitState":
        """The state of `plain`. Raises KeyError or TypeError for other values."""
        return cls(**{**values, "history": tuple(Epoch(**one) for one in values["history"])})


def buffers_beside(model: nn.Module) -> dict[str, Tensor]:
    """Copies of the buffers that are not in the model's state dict, by name."""
    named = model.state_dict().keys()
    return {name: value.detach().clone() for name, value in model.named_buffers() if name not in named}


def put_buffers(model: nn.Module, buffers: Mapping[str, Tensor]) -> None:
    """Give the model the buffers of `buffers_beside`."""
    for name, value in buffers.items():
        path, _, last = name.rpartition(".")
        part = model.get_submodule(path)
        setattr(part, last, value.to(part.get_buffer(last).device))


@dataclass(frozen=True)
class KeptFit:
    """Where the state of one training is kept; `of` is what the training depends on, see `meaning`."""

    path: Path
    of: str

    def read(self) -> FitState | None:
        """What was kept; None before the first epoch has ended.

        Raises UnusableCheckpoint for one that is damaged or of another training.
        """
        if not self.path.exists():
            return None
        try:
            values = torch.load(self.path, weights_only=True)
            of, found = values["of"], FitState.of_plain(values["fitted"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise UnusableCheckpoint(
                f"expected the state of a training in {self.path}, got: {first:.200}; try to remove it, it begins anew then"
            ) from error
        if of != self.of:
            raise UnusableCheckpoint(
                f"expected the state of this training in {self.path}, got that of another model, data or settings; "
                "try another folder"
            )
        return found

    def write(self, state: FitState) -> None:
        """Keep `state` in the place of the one before. Raises InvalidFile where something else is at the path."""
        with atomic_path(self.path, FIT_FILE) as temporary:
            torch.save({"made_by": "spikewright-fit", "of": self.of, "fitted": state.plain()}, temporary)


_places: ContextVar[Iterator[Path] | None] = ContextVar("places of trainings", default=None)


@contextmanager
def fits_kept(folder: str | Path | None) -> Iterator[None]:
    """Inside the block every call of `fit` keeps its state in `folder` and goes on from what is there; None: nothing is kept.

    Raises UnusableCheckpoint where the folder is another one.
    """
    if folder is None:
        yield
        return
    try:
        claimed = claim_folder(folder, FITS_FOLDER)
    except InvalidFile as error:
        raise UnusableCheckpoint(str(error)) from error
    token = _places.set(claimed / f"fit-{number}.pt" for number in count(1))
    try:
        yield
    finally:
        _places.reset(token)


def kept_fit(model: nn.Module, data: Iterable[Tensor], told: str) -> KeptFit | None:
    """Where the next training is kept; None outside of `fits_kept`. `told`: its settings in words."""
    places = _places.get()
    return None if places is None else KeptFit(next(places), meaning(model, data, told))


def meaning(model: nn.Module, data: Iterable[Tensor], told: str) -> str:
    """A hash of all that a training depends on: the model's numbers, the data, and settings in words."""
    found = hashlib.sha256(told.encode())
    for value in (*(value for _, value in sorted(model.state_dict().items())), *data):
        found.update(value.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()
