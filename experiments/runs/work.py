"""A cell at work: its settings, the files of the cells that it needs, and the folder that takes its own."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidInput, Progress
from spikewright.errors import UnusableCheckpoint
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work_folder import WorkFolder
from spikewright.experiments.stages.table import STAGES

if TYPE_CHECKING:
    from torch import nn

    from spikewright.compress import Compressed
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network

MODEL, COMPRESSED, NETWORK = "model.safetensors", "compressed.safetensors", "network.spike"


@dataclass(frozen=True)
class Work:
    """A cell at work.

    inputs: the folders of its needs by role. folder: takes its files. checkpoint: a folder that stays after a kill and is there
    again when the cell is made once more; the stage makes it when it has something to keep.
    """

    cell: Cell
    inputs: Mapping[str, Path]
    folder: Path
    checkpoint: Path
    progress: Progress

    @property
    def params(self) -> Mapping[str, Any]:
        """The cell's parameters."""
        return self.cell.params

    @property
    def seed(self) -> int:
        """The cell's seed."""
        return self.cell.seed

    @property
    def dataset(self) -> "Dataset":
        """The data set, cut as the study says."""
        from spikewright.experiments.data.opening import open_dataset

        part = self.params["dataset"]
        whole = open_dataset(part["name"], self.cell.place.get("data"))
        return whole.first(part["train"], part["test"])

    def model(self, role: str = "model") -> "nn.Module | Compressed":
        """The model or `Compressed` that a need wrote."""
        from spikewright.experiments.models.factory import factory_of
        from spikewright.experiments.runs.artifacts import load_model

        return load_model(self.model_file(role), factory_of(self.params.get("factory")))

    def model_file(self, role: str = "model") -> Path:
        """Where the model or `Compressed` is that a need wrote."""
        compressed = self.inputs[role] / COMPRESSED
        return compressed if compressed.is_file() else self.inputs[role] / MODEL

    def network(self, role: str = "network") -> "Network":
        """The spiking network that a need wrote."""
        from spikewright.snn import Network

        return Network.load(self.inputs[role] / NETWORK)

    def is_network(self, role: str) -> bool:
        """Whether a need wrote a spiking network rather than a model."""
        return (self.inputs[role] / NETWORK).is_file()


def plain(row: Mapping[str, Any], table: str = "a table") -> dict[str, Any]:
    """The row with Python's own numbers. Raises InvalidInput for a number that is not finite."""
    found = {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    for name, value in found.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise InvalidInput(
                f"expected finite numbers in {table}, got {value} in {name}; try None for what is not known"
            )
    return found


def run_stage(cell: Cell, inputs: Mapping[str, Path], place: WorkFolder, progress: Progress) -> Rows:
    """Run the stage of `cell` with its settings; returns its rows by table, in plain values.

    Where the checkpoint of an earlier process is of no use, a warning says so and the stage begins anew.
    """
    stage = STAGES.make(cell.stage, cell.params["settings"])
    stage.check()
    work = Work(cell, inputs, place.made, place.checkpoint, progress)
    try:
        rows: Rows = stage.run(work)
    except UnusableCheckpoint as error:
        if not place.checkpoint.exists():
            raise
        logging.getLogger("spikewright").warning("%s begins anew: %s", cell.label, error)
        place.begin_anew()
        rows = stage.run(work)
    return {name: [plain(row, name) for row in found] for name, found in rows.items()}
