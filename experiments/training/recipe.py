"""What a training is: its recipe, the learning rate it follows and the log it leaves. No torch needed to read one."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal

from spikewright import InvalidInput, Table
from spikewright.fields import Within, check_fields, record_of

_WARMUP = 0.25
_START_FACTOR = 0.1


@dataclass(frozen=True)
class PruneRecipe:
    """What a training prunes: the weights of least magnitude, in the shape that `compress.Pattern` describes.

    Before epoch e = 1 .. `rounds` the smallest weights go until s_e = sparsity (1 - (1 - e / rounds)^3) is reached
    (Zhu and Gupta 2017); what has gone stays zero. Raises InvalidInput for values out of range.

    sparsity: the share of the weights to set to zero.
    pattern: what lives or dies together.
    block: channels of a block or group.
    along: the channels that groups run over.
    scope: whether all weights are ranked together, or those of each layer.
    rounds: epochs before which weights go.
    spare: layers that keep all their weights and do not count.
    counted: what the sparsity is a share of, weights or the additions of the spiking network (`compress.PruneSettings`).
    """

    sparsity: Annotated[float, Within(0, below=1)]
    pattern: str = "unstructured"
    block: int | None = None
    along: str = "output"
    scope: Literal["global", "layer"] = "global"
    rounds: Annotated[int, Within(1)] = 4
    spare: tuple[str, ...] = ()
    counted: Literal["weights", "additions"] = "weights"

    def __post_init__(self) -> None:
        check_fields(self)

    def target(self, epoch: int) -> float:
        """The sparsity in an epoch, counted from 0."""
        return self.sparsity * (1 - (1 - min(epoch + 1, self.rounds) / self.rounds) ** 3)


@dataclass(frozen=True)
class TrainRecipe:
    """Everything that decides a training, together with the model's initial weights and the data set.

    Raises InvalidInput for values out of range.

    epochs: passes over the training images.
    batch_size: images of one update.
    lr: the learning rate at the peak of the schedule.
    weight_decay: how fast weights shrink on their own.
    optimiser: SGD with momentum, or Adam.
    schedule: how the learning rate goes: up and down, down along half a cosine, or not at all.
    shift: every training image moves by up to so many pixels in both directions.
    flip: half of the images are mirrored left to right.
    label_smoothing: the share of each label that is spread over all classes.
    activity: weight of a penalty on hidden ReLU outputs a of N neurons, (sum a)^2 / (N sum a^2) summed over layers (DeepHoyer,
        Yang et al. 2020): few active neurons, whatever their scale, so that the converted network sends few spikes.
    seed: of all that is drawn.
    precision: bfloat16 computes convolutions and products of a training step with 8 bits of mantissa, which processors with
        matrix units do several times faster; weights, the optimiser's state and every test stay float32.
    prune: makes weights zero on the way.
    levels: every ReLU is a `compress.QuantizedReLU` of so many levels from the first step on, whose clip range is learned like
        a weight (QCFS, Bu et al., arXiv 2303.04347).
    cutout: a square of so many pixels a side is blanked at a random place (DeVries and Taylor, arXiv 1708.04552).
    """

    epochs: Annotated[int, Within(1)] = 20
    batch_size: Annotated[int, Within(1)] = 128
    lr: Annotated[float, Within(above=0)] = 0.05
    weight_decay: Annotated[float, Within(0)] = 5e-4
    optimiser: Literal["sgd", "adam"] = "sgd"
    schedule: Literal["onecycle", "cosine", "constant"] = "onecycle"
    shift: Annotated[int, Within(0)] = 0
    flip: bool = False
    label_smoothing: Annotated[float, Within(0, below=1)] = 0.0
    activity: Annotated[float, Within(0)] = 0.0
    seed: int = 0
    precision: Literal["float32", "bfloat16"] = "float32"
    prune: PruneRecipe | None = None
    levels: Annotated[int, Within(1)] | None = None
    cutout: Annotated[int, Within(0)] = 0

    def __post_init__(self) -> None:
        check_fields(self)
        if self.prune is not None and self.prune.rounds > self.epochs:
            raise InvalidInput(f"expected at least {self.prune.rounds} epochs to prune in, got {self.epochs}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "TrainRecipe":
        """The recipe of `to_dict`; raises InvalidInput for an unknown field."""
        made: TrainRecipe = record_of(cls, values, "a training")
        return made


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
