"""The stage of conversion: the spiking network, where it loses, and the CNN to compare it with."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spikewright import InvalidInput, InvalidNetwork
from spikewright.experiments.families import RECIPES, make
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.origin import hand_on
from spikewright.experiments.runs.work import NETWORK, Work
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.experiments.stages.building import built
from spikewright.experiments.stages.training import ANN
from spikewright.experiments.studies.expansion import Expansion

if TYPE_CHECKING:
    from spikewright.conversion import Diagnosis
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network, ReportRow

DIAGNOSIS_IMAGES = 200
"""First test images that the diagnosis and the CNN at equal information are run on."""
POINTS_FILE = "points.npz"


@dataclass(frozen=True)
class ConvertStage(Stage):
    """The spiking network, in fixed point where it is wanted, the report of every layer, and where it loses.

    recipe: how numbers become spikes.
    samples: training images that show the ranges.
    options: settings of the recipe.
    fixed: widths of integers; none: the recipe's own numbers.
    core: whether hardware is built from it; what no core can be built from is refused here.
    input_range: low and high of the inputs; none: those of the data set.
    """

    version: ClassVar[int] = 1
    makes: ClassVar[Columns] = {
        "conversion": ("parameters", "neurons"),
        "diagnosis": (
            "neurons", "levels", "mean_activation", "correlation", "error", "relative_error", "bias", "own_error",
            "relative_own_error", "inherited", "clipping", "quantisation", "unevenness", "inherited_share", "clipping_share",
            "quantisation_share", "unevenness_share", "saturated", "silent", "silent_in_model", "always_firing", "samples",
        ),
        "baseline": (
            "accuracy", "levels", "bits", "multiply_accumulates", "additions", "operations", "activations_written_bits",
            "activations_read_bits", "weights_read_bits", "bits_moved", "sums_bits",
        ),
    }  # fmt: skip
    recipe: str
    samples: int
    options: Mapping[str, Any] = field(default_factory=dict)
    fixed: Mapping[str, Any] | None = None
    core: bool = False
    input_range: tuple[float, float] | None = None

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterator[Cell]:
        """One cell for each conversion, from the last compression unless it says from what."""
        last = expansion.study.compressions[-1].name if expansion.study.compressions else ANN
        core = built(expansion.study)
        for part in expansion.study.conversions:
            fixed = None if part.fixed is None else part.fixed.model_dump()
            settings = {**part.meaning, "samples": part.samples, "fixed": fixed, "core": part.name in core}
            settings |= {} if part.input_range is None else {"input_range": part.input_range}
            expansion.made[part.name] = expansion.cell(
                part.name, settings, {"model": expansion.made[part.source or last]}
            )
            yield expansion.made[part.name]

    def run(self, work: Work) -> Rows:
        """The network's file, and rows of its report, its diagnosis and the CNN at equal information."""
        from spikewright.conversion import convert
        from spikewright.conversion.diagnosis.judging import MOST_SAMPLES

        dataset, name = work.dataset, work.cell.name
        model, samples = work.model(), dataset.train_images[: self.samples]
        judged = dataset.test_images[:MOST_SAMPLES]
        recipe = make(RECIPES, self.recipe, self.options)
        bounds = dataset.known_range
        if self.input_range is not None:
            low, high = self.input_range
            bounds = (low, high)
        network = convert(model, samples, recipe, input_range=bounds, judge=judged)
        if self.fixed is not None:
            network = network.to_fixed(**self.fixed)
        if self.core:
            check_core(network)
        _save(network, work)
        return {
            "conversion": [{"network": name, **asdict(row)} for row in (*network.report, *verdict_rows(network))],
            "diagnosis": diagnosis_rows(work, model, network),
            "baseline": [{"network": name, **row} for row in baseline_rows(model, network, samples, dataset)],
        }


def verdict_rows(network: "Network") -> list["ReportRow"]:
    """The verdict of the conversion as a row of its report."""
    from spikewright.snn import ReportRow

    verdict = network.report.verdict
    return [] if verdict is None else [ReportRow("network", "verdict", "note", str(verdict))]


def _save(network: "Network", work: Work) -> None:
    """The network, with the origin of the model that it was made from."""
    network.save(work.folder / NETWORK)
    hand_on(work.model_file(), work.folder / NETWORK)


def check_core(network: "Network") -> None:
    """Raise InvalidInput where the study builds hardware from `network` and no core has its parts."""
    from spikewright.hardware.supported import check_buildable

    try:
        check_buildable(network)
    except InvalidInput as error:
        raise InvalidInput(f"{error} (the study builds hardware from it; try hardware.networks without it)") from error


def diagnosis_rows(work: Work, model: Any, network: "Network") -> list[dict[str, Any]]:
    """One row for each population; what the picture of activations needs is kept beside the network."""
    from spikewright.conversion import diagnose

    dataset = work.dataset
    images, labels = dataset.test_images[:DIAGNOSIS_IMAGES], dataset.test_labels[:DIAGNOSIS_IMAGES]
    found = diagnose(model, network, images, labels)
    save_points(work, found)
    return [
        {"network": work.cell.name, **row, "worst": row["population"] == found.worst, "samples": found.samples}
        for row in found.layers
    ]


def save_points(work: Work, found: "Diagnosis") -> None:
    """Activations and decoded values, thinned, by population."""
    points: dict[str, Any] = {one.population: one.points for one in found.populations if one.points is not None}
    np.savez_compressed(work.folder / POINTS_FILE, **points)


def baseline_rows(model: Any, network: "Network", samples: Any, dataset: "Dataset") -> list[dict[str, Any]]:
    """The CNN at equal information and the SNN, a row each; none for the integer CNN itself, and where there is no equal."""
    from spikewright.conversion import baseline
    from spikewright.snn.traits import is_quantised

    if is_quantised(network):
        return []
    try:
        data = (dataset.test_images[:DIAGNOSIS_IMAGES], dataset.test_labels[:DIAGNOSIS_IMAGES])
        return baseline(model, network, samples, data).rows()
    except (InvalidInput, InvalidNetwork) as error:
        return [{"side": "none", "reason": str(error)}]
