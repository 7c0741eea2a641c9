"""The stage of conversion: the spiking network, where it loses, and the CNN to compare it with."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from spikewright import InvalidInput, InvalidNetwork
from spikewright.experiments.recipes import make_recipe, options_of
from spikewright.experiments.runs.origin import origin_of, stamp
from spikewright.experiments.runs.work import COMPRESSED, MODEL, NETWORK, Rows, Work

if TYPE_CHECKING:
    from spikewright.conversion import Diagnosis, Recipe
    from spikewright.experiments.data.load import Dataset
    from spikewright.snn import Network

DIAGNOSIS_IMAGES = 200
"""First test images that the diagnosis and the CNN at equal information are run on."""
POINTS_FILE = "points.npz"


def convert(step: Work) -> Rows:
    """The spiking network, in fixed point where the study asks for it, the report of every layer, and where it loses."""
    from spikewright.conversion import convert as to_spikes

    part, dataset, name = step.params["conversion"], step.dataset, step.task.name
    model, samples = step.model(), dataset.train_images[: part["samples"]]
    network = to_spikes(model, samples, recipe_of(part))
    if part.get("fixed") is not None:
        network = network.to_fixed(**part["fixed"])
    if step.params.get("core"):
        check_core(network)
    network.save(step.folder / NETWORK)
    held = [step.inputs["model"] / file for file in (COMPRESSED, MODEL)]
    origin = origin_of(next(path for path in held if path.is_file()))
    if origin is not None:
        stamp(step.folder / NETWORK, origin)
    return {
        "conversion": [{"network": name, **asdict(row)} for row in network.report],
        "diagnosis": diagnosis_rows(step, model, network),
        "baseline": [{"network": name, **row} for row in baseline_rows(model, network, samples, dataset)],
    }


def check_core(network: "Network") -> None:
    """Raise InvalidInput where the study builds hardware from `network` and no core has its parts."""
    from spikewright.hardware.supported import check_fixed

    try:
        check_fixed(network)
    except InvalidInput as error:
        raise InvalidInput(f"{error} (the study builds hardware from it; try hardware.networks without it)") from error


def recipe_of(part: Mapping[str, Any]) -> "Recipe":
    """The recipe of a conversion in plain values."""
    known = options_of(part["recipe"])
    given = {name: value for name, value in part.items() if name in known}
    return make_recipe(part["recipe"], {**given, **part.get("options", {})})


def diagnosis_rows(step: Work, model: Any, network: "Network") -> list[dict[str, Any]]:
    """One row for each population; what the picture of activations needs is kept beside the network."""
    from spikewright.conversion import diagnose

    dataset = step.dataset
    images, labels = dataset.test_images[:DIAGNOSIS_IMAGES], dataset.test_labels[:DIAGNOSIS_IMAGES]
    found = diagnose(model, network, images, labels)
    save_points(step, found)
    return [
        {"network": step.task.name, **row, "worst": row["population"] == found.worst, "samples": found.samples}
        for row in found.layers
    ]


def save_points(step: Work, found: "Diagnosis") -> None:
    """Activations and decoded values, thinned, by population."""
    points: dict[str, Any] = {one.population: one.points for one in found.populations if one.points is not None}
    np.savez_compressed(step.folder / POINTS_FILE, **points)


def baseline_rows(model: Any, network: "Network", samples: Any, dataset: "Dataset") -> list[dict[str, Any]]:
    """The CNN at equal information and the SNN, a row each; none for the integer CNN itself, and where there is no equal."""
    from spikewright.conversion import baseline
    from spikewright.snn import QuantReLU

    if any(isinstance(p.neuron, QuantReLU) for p in network.populations):
        return []
    try:
        data = (dataset.test_images[:DIAGNOSIS_IMAGES], dataset.test_labels[:DIAGNOSIS_IMAGES])
        return baseline(model, network, samples, data).rows()
    except (InvalidInput, InvalidNetwork) as error:
        return [{"side": "none", "reason": str(error)}]
