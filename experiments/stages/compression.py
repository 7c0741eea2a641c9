"""The stage that makes the model smaller, by two methods or by a chain of any."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from spikewright import InvalidInput, Progress
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.origin import hand_on
from spikewright.experiments.runs.work import COMPRESSED, Work
from spikewright.experiments.stages.accuracy import OF_MODELS, model_accuracy
from spikewright.experiments.stages.base import Columns, Stage
from spikewright.experiments.stages.training import ANN
from spikewright.experiments.studies.expansion import Expansion
from spikewright.progress import shown
from spikewright.tables import Within, changed, check_fields

if TYPE_CHECKING:
    from pathlib import Path

    from spikewright.compress import Compressed
    from spikewright.compress.methods import Method
    from spikewright.experiments.data.load import Dataset


@dataclass(frozen=True)
class CompressStage(Stage):
    """Prune, then quantise, each with fine-tuning; or any chain of methods instead.

    sparsity: share of the weights set to zero.
    bits: bits of a weight; none: real numbers.
    activation_bits: bits of an activation; none: real numbers.
    images: training images for fine-tuning; none: all.
    rounds: how often weights are pruned and the rest fine-tuned.
    round_epochs: fine-tuning of one such round.
    final_epochs: fine-tuning after the last one.
    quantize_epochs: fine-tuning after quantisation.
    methods: instead of all but `images`: methods one after the other, each a `method` with its settings beside it.
    """

    version: ClassVar[int] = 1
    makes: ClassVar[Columns] = {
        "accuracy": OF_MODELS,
        "footprint": (
            "weights",
            "kept",
            "weight_bits_each",
            "before_bits",
            "weight_bits",
            "index_bits",
            "other_bits",
            "after_bits",
        ),
    }
    sparsity: Annotated[float, Within(0, below=1)] = 0.8
    bits: Annotated[int, Within(2, 8)] | None = 4
    activation_bits: Annotated[int, Within(1, 16)] | None = None
    images: Annotated[int, Within(1)] | None = None
    rounds: Annotated[int, Within(1)] = 4
    round_epochs: Annotated[int, Within(0)] = 4
    final_epochs: Annotated[int, Within(0)] = 10
    quantize_epochs: Annotated[int, Within(0)] = 15
    methods: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        check_fields(self)
        others = [name for name in changed(self) if name not in ("methods", "images")]
        if self.methods and others:
            raise InvalidInput(f"expected methods, or settings of pruning and quantising, got methods and {others[0]}")

    def check(self) -> None:
        """The methods of a chain."""
        for each in self.methods:
            _method(each, 0)

    @classmethod
    def asked(cls, expansion: Expansion) -> Iterator[Cell]:
        """One cell for each compression."""
        for part in expansion.study.compressions:
            expansion.made[part.name] = expansion.cell(
                part.name, part.meaning["options"], {"model": expansion.made[ANN]}
            )
            yield expansion.made[part.name]

    def run(self, work: Work) -> Rows:
        """The compressed model, its accuracy, what was done, and its footprint before and after."""
        from spikewright import compress

        model, name = work.model(), work.cell.name
        small = self.applied(model, work.dataset, work.seed, work.progress, work.checkpoint)
        compress.save(small, work.folder / COMPRESSED)
        hand_on(work.model_file(), work.folder / COMPRESSED)
        return {
            "accuracy": [model_accuracy(small, work.dataset, name)],
            "footprint": [{"network": name, **row} for row in footprint_rows(model, small)],
            "compression": [{"network": name, "done": step} for step in small.steps],
        }

    def applied(
        self,
        model: Any,
        dataset: "Dataset",
        seed: int = 0,
        progress: Progress = shown,
        checkpoint: "Path | None" = None,
    ) -> "Compressed":
        """The model after all methods; each fine-tuning sees the first `images` training images.

        `checkpoint`: a folder that keeps the trainings, so that a call after a kill goes on.
        """
        from spikewright.compress.methods import apply_methods

        data = (dataset.train_images[: self.images], dataset.train_labels[: self.images])
        return apply_methods(model, self._chain(seed), data, progress=progress, checkpoint=checkpoint)

    def _chain(self, seed: int) -> "list[Method]":
        if self.methods:
            return [_method(each, seed) for each in self.methods]
        told = {"label_smoothing": 0.1, "seed": seed}
        tuning = {"epochs": self.round_epochs, "lr": 2e-3, **told}
        pruned = {
            "sparsity": self.sparsity,
            "rounds": self.rounds,
            "final_epochs": self.final_epochs,
            "training": tuning,
        }
        chain = [{"method": "prune", **pruned}]
        if self.bits is not None:
            tuning = {"epochs": self.quantize_epochs, **told}
            widths = {"bits": self.bits, "activation_bits": self.activation_bits}
            chain.append({"method": "quantize", **widths, "training": tuning})
        return [_method(each, seed) for each in chain]


def _method(given: Mapping[str, Any], seed: int) -> Any:
    """The record of a method; what it draws, and its fine-tuning, follow the seed of the study unless it has one of its own."""
    from spikewright.compress.methods import METHODS

    if "method" not in given:
        raise InvalidInput(
            f"expected the name of a method, got {dict(given)!r:.60}; try {{method: prune, sparsity: 0.8}}"
        )
    settings = {name: value for name, value in given.items() if name != "method"}
    made = METHODS.make(str(given["method"]), settings)
    return _seeded(made, seed, settings)


def _seeded(record: Any, seed: int, given: Mapping[str, Any]) -> Any:
    found: dict[str, Any] = {}
    for each in fields(record):
        value, told = getattr(record, each.name), given.get(each.name, {})
        if each.name == "seed" and "seed" not in given:
            found["seed"] = seed
        elif is_dataclass(value) and isinstance(told, Mapping):
            found[each.name] = _seeded(value, seed, told)
    return replace(record, **found)


def footprint_rows(before: Any, after: Any) -> list[dict[str, Any]]:
    """One row for each layer: bits in float32 and bits now."""
    from spikewright.compress import footprint

    small = footprint(after)
    return [
        {
            "layer": layer.path,
            "weights": layer.weights,
            "kept": layer.kept,
            "weight_bits_each": layer.bits,
            "storage": layer.storage,
            "before_bits": old.dense_bits,
            "weight_bits": layer.weight_bits,
            "index_bits": layer.index_bits,
            "other_bits": layer.scale_bits + layer.bias_bits,
            "after_bits": layer.total_bits,
        }
        for old, layer in zip(footprint(before).layers, small.layers, strict=True)
    ]
