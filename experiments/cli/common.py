"""What several commands share: the model and the data set behind a file, and outputs that can be written."""

import os
from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikewright import FolderKind, InvalidFile, InvalidInput, Kind, check_claim, check_folder, check_path
from spikewright.experiments.cli.console import say
from spikewright.experiments.data.load import Dataset
from spikewright.experiments.data.opening import open_dataset
from spikewright.experiments.models.factory import factory_of, is_foreign
from spikewright.experiments.runs.artifacts import load_model, load_network
from spikewright.experiments.runs.origin import Origin, origin_of

if TYPE_CHECKING:
    from spikewright.snn import Activity, Network


def check_files(files: Mapping[Path, Kind], options: Namespace) -> None:
    """Raise InvalidFile unless all of `files` can be written, before any work is done for them; nothing is created.

    A file of another kind at one of these paths is replaced with --force only.
    """
    for path, kind in files.items():
        check_path(path, kind, force=options.force)
        _check_parent(path)


def check_tables(options: Namespace, *more: Mapping[Path, Kind]) -> None:
    """`check_files` for the table at --out and for `more`."""
    from spikewright.experiments.report.tables import table_files

    for files in (table_files(options.out), *more):
        check_files(files, options)


def _check_parent(path: Path) -> None:
    """Raise InvalidFile unless a file or folder can be made at `path`."""
    parent = path.absolute().parent
    while not parent.exists() and not parent.is_symlink():
        parent = parent.parent
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise InvalidFile(f"expected a writable folder for {path}, got {parent}; try another --out")


def check_growing(path: Path, kind: FolderKind) -> None:
    """Raise InvalidFile unless `path` is missing, empty, or a folder of `kind` that can be written to; nothing is created."""
    check_claim(path, kind)
    _check_parent(path)


def check_whole(path: Path, kind: FolderKind) -> None:
    """Raise InvalidFile unless a folder of `kind` can be written at `path` as a whole; nothing is created."""
    check_folder(path, kind)
    _check_parent(path)


def source_model(options: Namespace) -> tuple[Any, Origin]:
    """The model of `FILE`, or the user's own of --model and --weights (or --model alone, an ONNX file), and its origin."""
    path = options.weights or options.file
    if path is None and options.model is not None and is_foreign(options.model):
        path = Path(options.model)
    if path is None or (options.weights and options.file):
        raise InvalidInput("expected a file of train or compress, or --model with --weights, got neither or both")
    origin = known_origin(path) or Origin(options.model or "", options.dataset or "")
    if options.model is not None:
        origin = replace(origin, model=options.model)
    if options.dataset is not None:
        origin = replace(origin, dataset=options.dataset)
    model = load_model(path, factory_of(options.model), options.output)
    print_steps(path, model)
    return model, origin


def known_origin(path: Path) -> Origin | None:
    """Where a file comes from; None for state dicts and files of other programs, which do not say it."""
    return None if path.suffix in (".pt", ".pth", ".bin") or is_foreign(path) else origin_of(path)


def print_steps(path: Path, model: Any) -> None:
    """Say of a quantised file of another program how it was read: the integers that it has, the rounding that is left off."""
    if is_foreign(path) and hasattr(model, "steps"):
        say("; ".join(model.steps))


def dataset_of(options: Namespace, origin: Origin | None) -> Dataset:
    """The data set of --dataset, or the one of the file. Raises InvalidInput when neither is known."""
    name = options.dataset or (origin.dataset if origin else "")
    if not name:
        raise InvalidInput("expected a data set, got a file that names none; try --dataset digits")
    return open_dataset(name, str(options.data) if options.data is not None else None)


def images_of(options: Namespace, dataset: Dataset) -> tuple[Any, Any]:
    """The first --images of the test split, with their labels."""
    if options.images is not None and options.images < 1:
        raise InvalidInput(f"expected at least 1 image, got {options.images}; try --images 100")
    return dataset.test_images[: options.images], dataset.test_labels[: options.images]


def simulated(path: Path, options: Namespace) -> "tuple[Network, Activity, Any]":
    """A network that hardware can be built from, its activity on the test images, and their labels.

    Raises InvalidInput, before anything runs, where no core has its parts.
    """
    from spikewright.hardware.supported import check_buildable
    from spikewright.snn import simulate

    network = load_network(path)
    check_buildable(network)
    images, labels = images_of(options, dataset_of(options, origin_of(path)))
    return network, simulate(network, images), labels


def listed(paths: Iterable[Path]) -> str:
    """Paths in words."""
    return " and ".join(map(str, paths))
