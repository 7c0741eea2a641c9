"""The cells of a sweep: a trained network over its data set, and what is measured of it."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from spikewright import InvalidInput
from spikewright.experiments.data.opening import open_dataset
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.stages.base import Stage
from spikewright.experiments.stages.table import STAGES
from spikewright.experiments.stages.training import TrainStage
from spikewright.experiments.zoo import WEIGHTS, card
from spikewright.tables import changed

T = TypeVar("T")


def network_cell(name: str, options: Namespace, *, train: int | None = None) -> Cell:
    """A network of the zoo over the first `options.images` test and `train` training images of its data set.

    Raises InvalidInput for a name that is not there, InvalidFile for missing weights or data.
    """
    folder = options.weights or WEIGHTS
    known = card(name, folder)
    dataset, place = dataset_of(known.dataset, options, train)
    place["zoo"] = str(folder.resolve())
    params = {"dataset": dataset, "weights_md5": known.weights_md5}
    return stage_cell(TrainStage(zoo=name), name, params, place=place)


def dataset_of(name: str, options: Namespace, train: int | None) -> tuple[dict[str, Any], dict[str, str]]:
    """What a cell means by its data set, and where that lies on this machine. Raises InvalidInput or InvalidFile without it."""
    for what, count in (("test", options.images), ("training", train)):
        if count is not None and count < 1:
            raise InvalidInput(f"expected at least 1 {what} image, got {count}; try 100")
    place = {} if options.data is None else {"data": str(options.data.resolve())}
    open_dataset(name, place.get("data"))  # now, and once: not in every worker
    return {"name": name, "train": train, "test": options.images}, place


def measure_cell(stage: Stage, name: str, source: Cell, *, role: str = "subject", **params: Any) -> Cell:
    """What `stage` makes of the model in `source`, over the same data set; `params` are what that means beside its settings."""
    params = {"dataset": source.params["dataset"], **params}
    return stage_cell(stage, name, params, needs={role: source}, place=source.place, seed=source.seed)


def stage_cell(stage: Stage, name: str, params: Mapping[str, Any], **more: Any) -> Cell:
    """A cell of `stage` with its settings; `more` is passed on to the cell."""
    place = f"{type(stage).__module__}:{type(stage).__qualname__}"
    kind = dict(zip(STAGES.places, STAGES, strict=True)).get(place, place)
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    told = {**params, "settings": changed(stage)}
    return Cell(kind, plain, more.pop("seed", 0), told, version=stage.version, **more)


def chosen(known: Mapping[str, T], names: Sequence[str] | None, what: str) -> dict[str, T]:
    """Those of the table `known` that are named, in its order; all without names. Raises InvalidInput for unknown ones."""
    unknown = set(names or ()) - known.keys()
    if unknown:
        raise InvalidInput(f"expected {what} out of {', '.join(known)}, got {', '.join(sorted(unknown))}")
    return {name: value for name, value in known.items() if not names or name in names}


def add_sources(parser: ArgumentParser, *, network: str | None) -> None:
    """--network, --weights, --data and --images; `network` is the default, None asks for one."""
    told = "networks of the zoo" + (f" (default: {network})" if network else "")
    parser.add_argument("--network", nargs="+", required=network is None, default=[network], help=told)
    parser.add_argument("--weights", type=Path, help="folder with other weights and cards, of another seed say")
    add_data(parser)


def add_data(parser: ArgumentParser) -> None:
    """--data and --images."""
    parser.add_argument("--data", type=Path, help="folder with the data sets; without it, they are downloaded")
    parser.add_argument("--images", type=int, help="use the first so many test images (default: all)")
