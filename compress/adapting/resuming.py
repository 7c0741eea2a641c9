"""The checkpoint of an adaptation: a folder, replaced as a whole after each epoch, from which a later call goes on."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikewright import FolderKind, InvalidFile, atomic_folder
from spikewright.compress.training.epochs import FitState
from spikewright.errors import UnusableCheckpoint
from spikewright.folders import check_folder, restored

ADAPTING_FOLDER = FolderKind("a checkpoint of an adaptation")
_STATE = "state.pt"


@dataclass(frozen=True)
class CourseState:
    """How far an adaptation is.

    step: the replacement that is trained, counted from 0.
    start: the numbers of the model before its training, by name.
    fitted: what its training needs to go on, None before its first epoch has ended.
    rates: what was right before and after the training of each step so far.
    """

    step: int = 0
    start: Mapping[str, Tensor] = field(default_factory=dict)
    fitted: FitState | None = None
    rates: tuple[tuple[float, float], ...] = ()


def save_progress(folder: Path, of: str, progressed: CourseState) -> None:
    """Write the checkpoint, all or nothing. Raises InvalidFile where `folder` holds something else."""
    fitted = progressed.fitted
    values = {
        "of": of,
        "step": progressed.step,
        "start": dict(progressed.start),
        "rates": [list(pair) for pair in progressed.rates],
        "fitted": None if fitted is None else fitted.plain(),
    }
    with atomic_folder(folder, ADAPTING_FOLDER) as temporary:
        torch.save(values, temporary / _STATE)


def read_progress(folder: Path, of: str) -> CourseState | None:
    """What `save_progress` wrote; None for a folder that is missing or empty.

    Raises UnusableCheckpoint for one that is damaged or of another adaptation.
    """
    if not restored(folder, ADAPTING_FOLDER).exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    try:
        check_folder(folder, ADAPTING_FOLDER)
        found = torch.load(folder / _STATE, weights_only=True)
        held, rates = found["fitted"], tuple((float(one), float(other)) for one, other in found["rates"])
        fitted = None if held is None else FitState.of_plain(held)
        read = CourseState(int(found["step"]), found["start"], fitted, rates)
    except InvalidFile as error:
        raise UnusableCheckpoint(str(error)) from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UnusableCheckpoint(
            f"expected a checkpoint of an adaptation in {folder}, got: {first:.200}; try another folder"
        ) from error
    if found["of"] != of:
        raise UnusableCheckpoint(
            f"expected a checkpoint of this model, data and settings in {folder}, got one of others; try another folder"
        )
    return read


def state_of(model: nn.Module) -> dict[str, Any]:
    """A copy of the numbers of a model."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
