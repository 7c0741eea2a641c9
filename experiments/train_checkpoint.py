"""A training's checkpoint: a folder with weights, optimiser state and log, replaced as a whole after each epoch."""

import json
import pickle
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from experiments.train_recipe import EpochLog, TrainLog, TrainRecipe
from spikewright import InvalidFile, InvalidInput, atomic_folder

_VERSION = 1


@dataclass(frozen=True)
class Run:
    """What a checkpoint belongs to; one of another run is refused, not silently trained on."""

    recipe: TrainRecipe
    dataset: str
    train_images: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the checkpoint's header."""
        return {"recipe": self.recipe.to_dict(), "dataset": self.dataset, "train_images": self.train_images}


def save_checkpoint(folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer, run: Run, log: TrainLog) -> None:
    """Write `weights.safetensors`, `optimiser.pt` and `log.json`; the folder appears or changes all at once."""
    header = {"version": _VERSION, **run.to_dict(), "epochs": [asdict(epoch) for epoch in log.epochs]}
    with atomic_folder(folder) as temporary:
        save_weights(temporary / "weights.safetensors", model)
        torch.save(optimiser.state_dict(), temporary / "optimiser.pt")
        (temporary / "log.json").write_text(json.dumps(header, indent=2) + "\n")


def resume_checkpoint(folder: Path, model: nn.Module, optimiser: torch.optim.Optimizer, run: Run) -> TrainLog:
    """Put model and optimiser where the checkpoint left them and return its log; an empty log if there is none.

    Raises InvalidInput when the checkpoint is of another recipe or data set, InvalidFile when it is damaged.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return TrainLog()
    log = _read_log(folder, run)
    load_weights(folder / "weights.safetensors", model)
    try:
        optimiser.load_state_dict(torch.load(folder / "optimiser.pt", weights_only=True))
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
        raise InvalidFile(f"expected the optimiser's state in {folder}, got: {error}; try another folder") from error
    return log


def save_weights(path: Path, model: nn.Module, *, half: bool = False) -> None:
    """Write the model's state dict as safetensors; `half`: floating-point numbers as float16."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    if half:
        tensors = {name: value.half() if value.is_floating_point() else value for name, value in tensors.items()}
    # As bytes: written by safetensors itself, the file would be readable by its owner only.
    path.write_bytes(save(tensors))


def load_weights(path: Path, model: nn.Module) -> None:
    """Read weights of `save_weights` into a model of the same architecture; raises InvalidFile if they do not fit."""
    try:
        model.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InvalidFile(f"expected weights that fit the model in {path}, got: {reason}") from error


def _read_log(folder: Path, run: Run) -> TrainLog:
    try:
        header = json.loads((folder / "log.json").read_text())
        log = TrainLog(tuple(EpochLog(**epoch) for epoch in header["epochs"]))
        found = Run(TrainRecipe.from_dict(header["recipe"]), header["dataset"], header["train_images"])
        version = header["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidFile(f"expected a checkpoint in {folder}, got: {error}; try another folder") from error
    if version != _VERSION:
        raise InvalidFile(f"expected a checkpoint of version {_VERSION} in {folder}, got {version}")
    if found != run:
        raise InvalidInput(f"expected a checkpoint of this run in {folder}, got one of {found}; try another folder")
    return log
