"""The stage that runs a spiking network on the test images."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.accuracy import OF_NETWORKS, activity_rows, network_accuracy
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.experiments.studies.expansion import Expansion

if TYPE_CHECKING:
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network

RASTER_FILE = "raster.npz"


@dataclass(frozen=True)
class SimulateStage(Stage):
    """The whole test split through the engine; the rasters of the first test image are kept for the figure."""

    version: ClassVar[int] = 1
    makes: ClassVar[Columns] = {
        "accuracy": (*OF_NETWORKS, "seconds"),
        "accuracy_over_steps": ("step", "accuracy", "samples"),
        "activity": ("neurons", "spikes", "spikes_per_neuron", "synaptic_operations"),
    }

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterator[Cell]:
        """One cell for each conversion."""
        for part in expansion.study.conversions:
            yield expansion.cell(part.name, {}, {"network": expansion.made[part.name]})

    def run(self, work: Work) -> Rows:
        """Accuracy in all and after each step, and a row for each population."""
        from spikewright.snn import simulate

        network, dataset, name = work.network(), work.dataset, work.cell.name
        simulate(network, dataset.test_images[:1])  # compiles
        start = time.perf_counter()
        activity = simulate(network, dataset.test_images)
        seconds = time.perf_counter() - start
        _save_raster(work, network, dataset)
        return {
            "accuracy": [{**network_accuracy(network, activity, dataset.test_labels, name), "seconds": seconds}],
            "accuracy_over_steps": [
                {"network": name, "step": place + 1, "accuracy": value, "samples": len(dataset.test_labels)}
                for place, value in enumerate(activity.accuracy_over_time(dataset.test_labels))
            ],
            "activity": [{"network": name, **row} for row in activity_rows(network, activity)],
        }


def _save_raster(work: Work, network: "Network", dataset: "Dataset") -> None:
    from spikewright.snn import simulate

    rasters = simulate(network, dataset.test_images[:1], record=("rasters",)).rasters
    flat: dict[str, Any] = {name: np.asarray(raster)[:, 0].reshape(len(raster), -1) for name, raster in rasters.items()}
    np.savez_compressed(work.folder / RASTER_FILE, **flat)
