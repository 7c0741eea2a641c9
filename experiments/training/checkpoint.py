"""A training's checkpoint: a folder with weights, optimiser state and log, replaced as a whole after each epoch."""

import json
import pickle
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from spikewright import FolderKind, InvalidFile, Kind, atomic_folder, atomic_path
from spikewright.errors import UnusableCheckpoint
from spikewright.experiments.records.provenance import UNKNOWN, current_commit
from spikewright.experiments.runs.origin import KEY, WEIGHTS_KEY, Origin
from spikewright.experiments.training.recipe import EpochLog, TrainLog, TrainRecipe
from spikewright.folders import check_folder, restored
from spikewright.kinds import json_object, json_with, safetensors_metadata

_VERSION = 1
LONGEST_REASON = 300
"""Characters that are told of why a file does not fit."""
_FILES = ("weights.safetensors", "optimiser.pt", "log.json")


def _older(folder: Path) -> tuple[str, ...] | None:
    """The files of a checkpoint that was written before folders carried a marker."""
    return _FILES if json_with("version", "recipe", "dataset", "epochs")(folder / "log.json") else None


CHECKPOINT_FOLDER = FolderKind("a checkpoint of a training", older=_older)


def _are_weights(path: Path) -> bool:
    """A stamped network, compressed or spiking, has an origin too."""
    found = safetensors_metadata(path).keys()
    return bool(found & {WEIGHTS_KEY, KEY}) and not found & {"spikewright", "spikewright.compressed"}


WEIGHTS_FILE = Kind("weights that spikewright saved", _are_weights)


@dataclass(frozen=True)
class TrainingRun:
    """What a checkpoint belongs to; one of another run is refused, not silently trained on."""

    recipe: TrainRecipe
    dataset: str
    train_images: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the checkpoint's header."""
        return {"recipe": self.recipe.to_dict(), "dataset": self.dataset, "train_images": self.train_images}


def save_checkpoint(
    folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer, run: TrainingRun, log: TrainLog
) -> None:
    """Write `weights.safetensors`, `optimiser.pt` and `log.json`; the folder appears or changes all at once."""
    commits = tuple(dict.fromkeys((*commits_of(folder), current_commit())))
    epochs = [asdict(epoch) for epoch in log.epochs]
    header = {"version": _VERSION, **run.to_dict(), "epochs": epochs, "commits": commits}
    with atomic_folder(folder, CHECKPOINT_FOLDER) as temporary:
        (temporary / "weights.safetensors").write_bytes(packed_weights(model))
        torch.save(optimiser.state_dict(), temporary / "optimiser.pt")
        (temporary / "log.json").write_text(json.dumps(header, indent=2) + "\n")


def commits_of(folder: Path) -> tuple[str, ...]:
    """The states of the code under which the epochs of a checkpoint were trained, in order; none where there is no checkpoint."""
    found = json_object(folder / "log.json")
    return tuple(map(str, found.get("commits", (UNKNOWN,)))) if "epochs" in found else ()


def resume_checkpoint(folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer, run: TrainingRun) -> TrainLog:
    """Put model and optimiser where the checkpoint left them and return its log; an empty log if there is none.

    Raises UnusableCheckpoint when the checkpoint is damaged, or of another model, recipe, data set or version.
    """
    if not restored(folder, CHECKPOINT_FOLDER).exists() or (folder.is_dir() and not any(folder.iterdir())):
        return TrainLog()
    try:
        check_folder(folder, CHECKPOINT_FOLDER)
        log = _read_log(folder, run)
        load_weights(folder / "weights.safetensors", model)
        optimiser.load_state_dict(torch.load(folder / "optimiser.pt", weights_only=True))
    except UnusableCheckpoint:
        raise
    except InvalidFile as error:
        raise UnusableCheckpoint(str(error)) from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        reason = mismatch(error)
        raise UnusableCheckpoint(
            f"expected the optimiser's state in {folder}, got: {reason}; try another folder"
        ) from error
    return log


def save_weights(path: str | Path, model: nn.Module, origin: Origin | None = None, *, force: bool = False) -> None:
    """Write the model's state dict as safetensors, with its origin where that is known, all or nothing.

    Weights that this function wrote are replaced, another file only with `force`; else InvalidFile.
    """
    # As bytes: written by safetensors itself, the file would be readable by its owner only.
    content = packed_weights(model, metadata=origin.metadata() if origin else {WEIGHTS_KEY: "1"})
    with atomic_path(path, WEIGHTS_FILE, force=force) as temporary:
        temporary.write_bytes(content)


def packed_weights(model: nn.Module, *, half: bool = False, metadata: Mapping[str, str] | None = None) -> bytes:
    """The model's state dict as a safetensors file; `half`: floating-point numbers as float16."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    if half:
        tensors = {name: value.half() if value.is_floating_point() else value for name, value in tensors.items()}
    return save(tensors, dict(metadata) if metadata else None)


def load_weights(path: Path, model: nn.Module) -> None:
    """Read weights of `save_weights` into a model of the same architecture; raises InvalidFile if they do not fit."""
    try:
        model.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise InvalidFile(
            f"expected weights that fit the model in {path}, got: {mismatch(error)}; try another file"
        ) from error


def mismatch(error: Exception) -> str:
    """What torch says about a file in one line; of a state dict the names and shapes that differ, not the headline above them."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    told = (
        lines[0]
        if len(lines) == 1 or not lines[0].startswith("Error(s) in loading state_dict")
        else " ".join(lines[1:])
    )
    return told if len(told) <= LONGEST_REASON else told[: LONGEST_REASON - 3] + "..."


def _read_log(folder: Path, run: TrainingRun) -> TrainLog:
    try:
        header = json.loads((folder / "log.json").read_text())
        log = TrainLog(tuple(EpochLog(**epoch) for epoch in header["epochs"]))
        found = TrainingRun(TrainRecipe.from_dict(header["recipe"]), header["dataset"], header["train_images"])
        version = header["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableCheckpoint(f"expected a checkpoint in {folder}, got: {error}; try another folder") from error
    if version != _VERSION:
        raise UnusableCheckpoint(
            f"expected a checkpoint of version {_VERSION} in {folder}, got {version!r:.20}; try another folder"
        )
    if found != run:
        raise UnusableCheckpoint(
            f"expected a checkpoint of this run in {folder}, got one of {found}; try another folder"
        )
    return log
