"""Trains a network of the zoo from its line in the table and writes weights and card."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from spikewright import InvalidFile, Kind, Progress, atomic_path, check_path
from spikewright.compress.training.threads import steady_threads
from spikewright.experiments.data.load import Dataset, load_dataset
from spikewright.experiments.models.table import build, parameter_count
from spikewright.experiments.records.provenance import current_commit, versions
from spikewright.experiments.training.checkpoint import commits_of, packed_weights
from spikewright.experiments.training.run import TrainLog, accuracy, train
from spikewright.experiments.training.starting import levelled
from spikewright.experiments.zoo import load
from spikewright.experiments.zoo.cards import CARD_FILE, Card, read_card, write_card
from spikewright.experiments.zoo.recipes import Entry, entry
from spikewright.progress import shown

_USE = (
    "A starting point for compression, conversion and robustness studies. Pixels in [0, 1], no standardisation. "
    "Trained on clean images only; not meant for decisions about people or for safety."
)


@dataclass(frozen=True)
class Trained:
    """A network that has just been trained, with all that its card says about it."""

    name: str
    entry: Entry
    dataset: Dataset
    model: nn.Module
    log: TrainLog
    commit: str


def train_entry(
    name: str,
    output: Path,
    *,
    data: Path | None = None,
    checkpoint: Path | None = None,
    seed: int | None = None,
    force: bool = False,
    progress: Progress = shown,
) -> Card:
    """Train a network of the table and write `output/NAME.safetensors` and `output/NAME.json`.

    `data` is a folder with the data set (None downloads it), `seed` another one than the table's. Raises InvalidInput
    for an unknown name, InvalidFile for missing data or an output that cannot be written, or holds files of others (`force`
    replaces them).
    """
    chosen = entry(name)
    check_output(name, output, force=force)  # before the training
    if seed is not None:
        chosen = replace(chosen, recipe=replace(chosen.recipe, seed=seed))
    commit = current_commit()  # now: others may commit while the training runs
    dataset = load_dataset(chosen.dataset, data)
    model = _initial(chosen, dataset)
    log = train(model, dataset, chosen.recipe, checkpoint=checkpoint, progress=progress)
    if checkpoint is not None:  # earlier epochs may be of earlier commits
        commit = " and ".join(commits_of(checkpoint)) or commit
    return publish(Trained(name, chosen, dataset, model, log, commit), output, force=force)


def _has_card(path: Path) -> bool:
    """Whether the card beside `path` is about these very bytes."""
    try:
        return read_card(path.with_suffix(".json")).weights_md5 == hashlib.md5(path.read_bytes()).hexdigest()
    except (InvalidFile, OSError):
        return False


ZOO_FILE = Kind("weights with their card", _has_card)


def check_output(name: str, output: Path, *, force: bool = False) -> None:
    """Raise InvalidFile when the files of `publish` would take the place of others; nothing is created."""
    check_path(output / f"{name}.safetensors", ZOO_FILE, force=force)
    check_path(output / f"{name}.json", CARD_FILE, force=force)


def _initial(chosen: Entry, dataset: Dataset) -> nn.Module:
    """The network before its first step."""
    if chosen.base is not None:
        model = load(chosen.base)
    else:
        model = build(chosen.model, classes=len(dataset.classes), seed=chosen.recipe.seed)
    return levelled(model, chosen.recipe, dataset)


def publish(trained: Trained, output: Path, *, force: bool = False) -> Card:
    """Write weights and card; the card comes last, so that weights without their card are never trusted.

    A network of the zoo is replaced, other files only with `force`; else InvalidFile, before anything is written.
    """
    check_output(trained.name, output, force=force)
    weights = output / f"{trained.name}.safetensors"
    if trained.entry.half:
        trained.model.half().float()
    with atomic_path(weights, ZOO_FILE, force=force) as temporary:
        temporary.write_bytes(packed_weights(trained.model, half=trained.entry.half))
    card = _describe(trained, hashlib.md5(weights.read_bytes()).hexdigest())
    write_card(output / f"{trained.name}.json", card, force=force)
    return card


def _threads(trained: Trained) -> int:
    """How many threads the training had."""
    with steady_threads(trained.model, torch.from_numpy(trained.dataset.train_images[:1])) as count:
        return count


def _accuracy(trained: Trained) -> float:
    """That of the last epoch, or, where weights were rounded since, of what is stored."""
    if not trained.entry.half:
        return trained.log.test_accuracy
    return accuracy(trained.model, trained.dataset.test_images, trained.dataset.test_labels)


def _describe(trained: Trained, weights_md5: str) -> Card:
    return Card(
        name=trained.name,
        model=trained.entry.model,
        parameters=parameter_count(trained.model),
        dataset=trained.dataset.name,
        train_images=len(trained.dataset.train_images),
        test_images=len(trained.dataset.test_images),
        accuracy=_accuracy(trained),
        recipe=trained.entry.recipe,
        log=trained.log,
        weights_md5=weights_md5,
        versions=versions(),
        commit=trained.commit,
        threads=_threads(trained),
        use=_USE,
        base=trained.entry.base,
    )
