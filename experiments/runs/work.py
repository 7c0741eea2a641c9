"""A task at work: its settings, the files of the tasks that it needs, and the folder that takes its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import Progress
from spikewright.experiments.data.load import Dataset
from spikewright.experiments.data.opening import open_dataset
from spikewright.experiments.models.factory import factory_of
from spikewright.experiments.runs.artifacts import load_model
from spikewright.experiments.runs.tasks import Task
from spikewright.experiments.stages.table import STAGES

if TYPE_CHECKING:
    from torch import nn

    from spikewright.compress import Compressed
    from spikewright.snn import Network

Rows = dict[str, list[dict[str, Any]]]
MODEL, COMPRESSED, NETWORK = "model.safetensors", "compressed.safetensors", "network.spike"


@dataclass(frozen=True)
class Work:
    """A task at work: `inputs` are the folders of its needs by role, `folder` takes its files."""

    task: Task
    inputs: Mapping[str, Path]
    folder: Path
    progress: Progress

    @property
    def params(self) -> Mapping[str, Any]:
        """The task's parameters."""
        return self.task.params

    @property
    def seed(self) -> int:
        """The task's seed."""
        return self.task.seed

    @property
    def dataset(self) -> Dataset:
        """The data set, cut as the study says."""
        part = self.params["dataset"]
        whole = open_dataset(part["name"], self.task.place.get("data"))
        return whole.first(part["train"], part["test"])

    def model(self, role: str = "model") -> "nn.Module | Compressed":
        """The model or `Compressed` that a need wrote."""
        compressed = self.inputs[role] / COMPRESSED
        path = compressed if compressed.is_file() else self.inputs[role] / MODEL
        return load_model(path, factory_of(self.params.get("factory")))

    def network(self, role: str = "network") -> "Network":
        """The spiking network that a need wrote."""
        from spikewright.snn import Network

        return Network.load(self.inputs[role] / NETWORK)

    def is_network(self, role: str) -> bool:
        """Whether a need wrote a spiking network rather than a model."""
        return (self.inputs[role] / NETWORK).is_file()


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with Python's own numbers."""
    return {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}


def run_stage(task: Task, inputs: Mapping[str, Path], folder: Path, progress: Progress) -> Rows:
    """Run the stage of `task.kind` with the task's settings; returns its rows by table, in plain values."""
    stage = STAGES.make(task.kind, task.params["settings"])
    stage.check()
    rows: Rows = stage.run(Work(task, inputs, folder, progress))
    return {name: [plain(row) for row in found] for name, found in rows.items()}
