"""Model cards: one JSON file beside each network's weights."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from spikewright import InvalidFile, InvalidInput, Kind, atomic_path
from spikewright.experiments.training.recipe import EpochLog, TrainLog, TrainRecipe
from spikewright.kinds import json_with

_VERSION = 1
CARD_FILE = Kind("a model card", json_with("version", "name", "recipe", "log", "weights_md5"))


@dataclass(frozen=True)
class Card:
    """Where a network comes from and what it does.

    `accuracy` is that of the stored weights on the whole test split of `test_images` images, 0 to 1. `versions` names the
    programs, `commit` the state of this project, `threads` torch's threads: with all of these the same, the same
    weights come out again. `base` is the network of the zoo that the training started from.
    """

    name: str
    model: str
    parameters: int
    dataset: str
    train_images: int
    test_images: int
    accuracy: float
    recipe: TrainRecipe
    log: TrainLog
    weights_md5: str
    versions: Mapping[str, str]
    commit: str
    threads: int
    use: str
    base: str | None = None

    @property
    def seed(self) -> int:
        """Seed of the initial weights, the order of the images and their augmentation."""
        return self.recipe.seed

    @property
    def summary(self) -> str:
        """The network in a line: architecture, data set, accuracy, and what its training was for."""
        told = [f"{self.model} on {self.dataset}, {self.accuracy:.2%} of {self.test_images:,} test images"]
        if self.recipe.prune is not None:
            told.append(f"{self.recipe.prune.sparsity:.1%} of most layers pruned ({self.recipe.prune.pattern})")
        if self.recipe.levels is not None:
            told.append(f"learned thresholds of {self.recipe.levels} levels")
        if self.recipe.activity:
            told.append("trained for few spikes")
        return "; ".join(told) + "."


def write_card(path: Path, card: Card, *, force: bool = False) -> None:
    """Write the card as JSON, all or nothing; a card is replaced, another file only with `force`."""
    values = {entry.name: getattr(card, entry.name) for entry in fields(card)}
    values["recipe"] = card.recipe.to_dict()
    values["log"] = [asdict(epoch) for epoch in card.log.epochs]
    values["versions"] = dict(card.versions)
    with atomic_path(path, CARD_FILE, force=force) as temporary:
        temporary.write_text(json.dumps({"version": _VERSION, **values}, indent=2) + "\n")


def read_card(path: Path) -> Card:
    """Read a card; raises InvalidFile when it is missing, damaged or of another version."""
    try:
        values = json.loads(path.read_text())
        version = values.pop("version")
        if version == _VERSION:
            return _card(values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidInput) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidFile(f"expected a model card at {path}, got: {reason}; try to train the network again") from error
    raise InvalidFile(f"expected a model card of version {_VERSION} at {path}, got version {version}")


def _card(values: dict[str, Any]) -> Card:
    recipe = TrainRecipe.from_dict(values.pop("recipe"))
    log = TrainLog(tuple(EpochLog(**epoch) for epoch in values.pop("log")))
    return Card(recipe=recipe, log=log, **values)
