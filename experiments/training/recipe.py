"""What a training is: its recipe, the learning rate it follows and the log it leaves. No torch needed to read one."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from spikewright import InvalidInput, Table

OPTIMISERS = ("sgd", "adam")
SCHEDULES = ("onecycle", "cosine", "constant")
PRECISIONS = ("float32", "bfloat16")

_WARMUP = 0.25
_START_FACTOR = 0.1


@dataclass(frozen=True)
class PruneRecipe:
    """What a training prunes: `sparsity` of the weights, the smallest, in the shape that `compress.Pattern` describes.

    Before epoch e = 1 .. `rounds` the smallest weights go until s_e = sparsity (1 - (1 - e / rounds)^3) is reached
    (Zhu and Gupta 2017); what has gone stays zero. The layers named in `spare` keep all their weights and do not count.
    Raises InvalidInput for values out of range.
    """

    sparsity: float
    pattern: str = "unstructured"
    block: int | None = None
    along: str = "output"
    scope: str = "global"
    rounds: int = 4
    spare: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.sparsity < 1 or self.rounds < 1 or self.scope not in ("global", "layer"):
            raise InvalidInput(
                "expected a sparsity from 0 to below 1, rounds >= 1 and scope 'global' or 'layer', "
                f"got {self.sparsity}, {self.rounds} and {self.scope!r}"
            )

    def target(self, epoch: int) -> float:
        """The sparsity in an epoch, counted from 0."""
        return self.sparsity * (1 - (1 - min(epoch + 1, self.rounds) / self.rounds) ** 3)


@dataclass(frozen=True)
class TrainRecipe:
    """Everything that decides a training, together with the model's initial weights and the data set.

    `lr` is the peak of the schedule; `shift` moves each training image by up to so many pixels in both directions;
    `flip` mirrors half of them left to right; `cutout` blanks a square of so many pixels a side at a random place (DeVries
    and Taylor, arXiv 1708.04552). `activity` weighs a penalty on hidden ReLU outputs a of N neurons,
    (sum a)^2 / (N sum a^2) summed over layers (DeepHoyer, Yang et al. 2020): few active neurons, whatever their scale,
    so that the converted network sends few spikes. `precision` "bfloat16" computes convolutions and products of a
    training step with 8 bits of mantissa, which processors with matrix units do several times faster; the weights and
    the optimiser's state stay float32, and so does every test. `prune` makes weights zero on the way. With `levels` every
    ReLU is a `compress.QuantizedReLU` of so many levels from the first step on, whose clip range is learned like a weight
    (QCFS, Bu et al., arXiv 2303.04347). Raises InvalidInput for values out of range.
    """

    epochs: int = 20
    batch_size: int = 128
    lr: float = 0.05
    weight_decay: float = 5e-4
    optimiser: str = "sgd"
    schedule: str = "onecycle"
    shift: int = 0
    flip: bool = False
    label_smoothing: float = 0.0
    activity: float = 0.0
    seed: int = 0
    precision: str = "float32"
    prune: PruneRecipe | None = None
    levels: int | None = None
    cutout: int = 0

    def __post_init__(self) -> None:
        if self.levels is not None and self.levels < 1:
            raise InvalidInput(f"expected at least 1 level of activation or None, got {self.levels}")
        if self.epochs < 1 or self.batch_size < 1:
            raise InvalidInput(f"expected at least 1 epoch of batches, got {self.epochs} of {self.batch_size} images")
        if not (math.isfinite(self.lr) and self.lr > 0 and self.weight_decay >= 0):
            raise InvalidInput(f"expected lr > 0 and weight_decay >= 0, got {self.lr} and {self.weight_decay}")
        if self.optimiser not in OPTIMISERS:
            raise InvalidInput(f"expected an optimiser out of {', '.join(OPTIMISERS)}, got {self.optimiser!r}")
        if self.schedule not in SCHEDULES:
            raise InvalidInput(f"expected a schedule out of {', '.join(SCHEDULES)}, got {self.schedule!r}")
        if self.precision not in PRECISIONS:
            raise InvalidInput(f"expected a precision out of {', '.join(PRECISIONS)}, got {self.precision!r}")
        if not (math.isfinite(self.activity) and self.activity >= 0):
            raise InvalidInput(f"expected activity >= 0, got {self.activity}")
        if self.prune is not None and self.prune.rounds > self.epochs:
            raise InvalidInput(f"expected at least {self.prune.rounds} epochs to prune in, got {self.epochs}")
        if self.shift < 0 or self.cutout < 0 or not 0 <= self.label_smoothing < 1:
            raise InvalidInput(
                "expected shift >= 0, cutout >= 0 and label_smoothing in [0, 1), "
                f"got {self.shift}, {self.cutout} and {self.label_smoothing}"
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainRecipe":
        """The recipe of `to_dict`; raises InvalidInput for an unknown field."""
        known = _known(cls, values)
        if known.get("prune") is not None:
            prune = _known(PruneRecipe, known["prune"])
            known["prune"] = PruneRecipe(**{**prune, "spare": tuple(prune.get("spare", ()))})
        return cls(**known)


@dataclass(frozen=True)
class EpochLog:
    """One epoch: mean training loss, accuracy on the test split, wall time. Equality leaves the time out."""

    epoch: int
    loss: float
    test_accuracy: float
    seconds: float = field(compare=False)


@dataclass(frozen=True)
class TrainLog:
    """All epochs of a training, in order."""

    epochs: tuple[EpochLog, ...] = ()

    @property
    def test_accuracy(self) -> float:
        """Accuracy after the last epoch; no epoch is picked by its test accuracy."""
        if not self.epochs:
            raise InvalidInput("expected a log with at least one epoch, got an empty one")
        return self.epochs[-1].test_accuracy

    def to_table(self) -> Table:
        """One row per epoch."""
        return Table.of(asdict(epoch) for epoch in self.epochs)


def _known(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - {entry.name for entry in fields(kind)}
    if unknown:
        raise InvalidInput(f"expected fields of a recipe, got also {', '.join(sorted(unknown))}")
    return dict(values)


def learning_rate(recipe: TrainRecipe, step: int, steps: int) -> float:
    """Learning rate of batch `step` out of `steps`: a function of the place only, so that resuming needs no state.

    cosine: lr (1 + cos(pi s)) / 2 with s = step / steps. onecycle (Smith and Topin 2018): a cosine rise from lr / 10
    over the first quarter, then a cosine fall to zero.
    """
    if recipe.schedule == "constant":
        return recipe.lr
    if recipe.schedule == "cosine":
        return recipe.lr * _cosine(step / steps)
    rise = max(1.0, _WARMUP * steps)
    if step < rise:
        return recipe.lr * (1 - (1 - _START_FACTOR) * _cosine(step / rise))
    return recipe.lr * _cosine((step - rise) / max(1.0, steps - rise))


def _cosine(place: float) -> float:
    """1 at place 0, 0 at place 1."""
    return (1 + math.cos(math.pi * place)) / 2
