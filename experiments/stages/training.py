"""The first stage of a study: the model, trained here, taken from the zoo, or the user's own."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from spikewright.experiments.models.factory import check_fits, factory_of, is_foreign, real_model
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.origin import Origin
from spikewright.experiments.runs.work import MODEL, Work
from spikewright.experiments.stages.accuracy import OF_MODELS, model_accuracy
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.experiments.studies.expansion import Expansion, file_hash
from spikewright.experiments.zoo import WEIGHTS, card, load

if TYPE_CHECKING:
    from torch import nn

ANN = "ann"
"""What a study calls its model."""


@dataclass(frozen=True)
class TrainStage(Stage):
    """The model: trained here, taken from the zoo, or the user's own.

    architecture: a built-in one to train.
    training: how, fields of TrainRecipe.
    zoo: a trained network to take.
    factory: the user's own, as package.module:function; trained here unless it comes with weights.
    """

    version: ClassVar[int] = 2
    makes: ClassVar[Columns] = {"accuracy": OF_MODELS, "training": ("epoch", "loss", "test_accuracy", "seconds")}
    architecture: str | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    zoo: str | None = None
    factory: str | None = None

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterator[Cell]:
        """One cell for the model."""
        model = expansion.study.model
        settings = model.model_dump(mode="json", exclude={"weights"}, exclude_defaults=True)
        if model.zoo is not None:
            cell = expansion.cell(ANN, settings, {}, weights_md5=card(model.zoo).weights_md5)
        elif model.weights is None:
            cell = expansion.cell(ANN, settings, {})
        else:
            path = str(model.weights.resolve())
            cell = expansion.cell(ANN, settings, {}, weights_sha256=file_hash(path))
            cell = replace(cell, place={**cell.place, "weights": path})
        expansion.made[ANN] = cell
        yield cell

    def run(self, work: Work) -> Rows:
        """Weights with their origin, their accuracy, and a row for each epoch."""
        from spikewright.experiments.training.checkpoint import save_weights

        model, origin = self._model(work)
        check_fits(model, work.dataset)
        save_weights(work.folder / MODEL, model, replace(origin, log=tuple(map(_without_time, origin.log))))
        rows = {"accuracy": [model_accuracy(model, work.dataset, work.cell.name)]}
        return {**rows, "training": [dict(epoch) for epoch in origin.log]}

    def _model(self, work: Work) -> "tuple[nn.Module, Origin]":
        if self.factory is not None and "weights" in work.cell.place:
            return self._own(work, self.factory)
        if self.zoo is not None:
            return _of_zoo(self.zoo, Path(work.cell.place.get("zoo", WEIGHTS)))
        return self._trained(work, str(self.architecture or self.factory))

    def _own(self, work: Work, factory: str) -> "tuple[nn.Module, Origin]":
        from spikewright.compress import Compressed
        from spikewright.experiments.runs.artifacts import load_model

        path = work.cell.place["weights"]
        model = real_model(path) if is_foreign(path) else load_model(path, factory_of(factory))
        inner = model.model if isinstance(model, Compressed) else model
        return inner, Origin(factory, work.dataset.name, len(work.dataset.classes), work.seed)

    def _trained(self, work: Work, architecture: str) -> "tuple[nn.Module, Origin]":
        from spikewright.experiments.training.run import TrainRecipe, train
        from spikewright.experiments.training.starting import levelled

        dataset, recipe = work.dataset, TrainRecipe.from_dict({"seed": work.seed, **self.training})
        model = _fresh(architecture, len(dataset.classes), recipe.seed)
        check_fits(model, dataset)
        model = levelled(model, recipe, dataset)
        log = train(model, dataset, recipe, checkpoint=work.checkpoint, progress=work.progress)
        rows = tuple(asdict(epoch) for epoch in log.epochs)
        return model, Origin(architecture, dataset.name, len(dataset.classes), recipe.seed, rows, recipe.levels)


def _fresh(architecture: str, classes: int, seed: int) -> "nn.Module":
    """The model before training, its weights drawn from `seed`: a built-in one, or the user's own."""
    import torch

    from spikewright.experiments.models.table import build

    own = factory_of(architecture) if ":" in architecture else None
    if own is None:
        return build(architecture, classes=classes, seed=seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return own().train()


def _without_time(epoch: Mapping[str, Any]) -> dict[str, Any]:
    """An epoch as the model's file has it: the same training gives the same bytes. Its row has the seconds."""
    return {name: value for name, value in epoch.items() if name != "seconds"}


def _of_zoo(name: str, folder: Path) -> "tuple[nn.Module, Origin]":
    known = card(name, folder)
    log = tuple(asdict(epoch) for epoch in known.log.epochs)
    origin = Origin(known.model, known.dataset, seed=known.seed, log=log, levels=known.recipe.levels)
    return load(name, folder), origin
