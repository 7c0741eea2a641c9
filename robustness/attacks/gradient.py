"""The attacks. Each is a frozen record; `attack(predictor, images, labels, epsilon, seed)` runs it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, final

from torch import Tensor

from spikewright import InvalidInput
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.attacks.climb import AttackTask, Pass, Start, sweep
from spikewright.robustness.attacks.geometry import Norm, check_norm
from spikewright.robustness.attacks.losses import Loss
from spikewright.robustness.predictor import Predictor


@final
@dataclass(frozen=True)
class FGSM(Attack):
    """Fast gradient sign method (Goodfellow et al. 2015): x' = clip(x + epsilon sign(grad CE)).

    L2: x' = clip(x + epsilon grad CE / ||grad CE||). One step for each gradient that the predictor offers, on the
    examples that still stand; where a gradient vanishes altogether the step is random.
    """

    norm: Norm = "linf"

    def __post_init__(self) -> None:
        check_norm(self.norm)

    def _search(self, task: AttackTask) -> Tensor:
        return sweep(task, (Pass(variant, "ce", "center", 1, 1.0, 1.0) for variant in task.source.variants()))


@final
@dataclass(frozen=True)
class PGD(Attack):
    """Projected gradient descent (Madry et al. 2018): x <- project(x + size step(grad loss)), from a random start.

    `step_size`: as a multiple of epsilon, the same in every step; None: from 1 down to 1/50, geometric, far first
    and fine at the end. `loss`: "ce", "margin", or "both". One pass for each gradient that the predictor offers, each
    loss and each of `restarts` random starts, on the examples that still stand; every iterate counts. A gradient that
    vanishes altogether is replaced by a random direction.
    """

    steps: int = 40
    restarts: int = 1
    norm: Norm = "linf"
    step_size: float | None = None
    loss: Literal["ce", "margin", "both"] = "both"

    def __post_init__(self) -> None:
        check_norm(self.norm)
        for what, count in (("steps", self.steps), ("restarts", self.restarts)):
            if isinstance(count, bool) or not isinstance(count, int) or count < 1:
                raise InvalidInput(f"expected at least 1 of {what}, got {count!r}")
        if self.step_size is not None and not 0 < self.step_size < float("inf"):
            raise InvalidInput(f"expected a step_size > 0 as a multiple of epsilon, got {self.step_size}")
        if self.loss not in ("ce", "margin", "both"):
            raise InvalidInput(f'expected the loss "ce", "margin" or "both", got {self.loss!r}')

    def _search(self, task: AttackTask) -> Tensor:
        return sweep(task, self._passes(task))

    def _passes(self, task: AttackTask) -> Iterator[Pass]:
        losses: tuple[Loss, ...] = ("ce", "margin") if self.loss == "both" else (self.loss,)
        largest, smallest = (1.0, 0.02) if self.step_size is None else (self.step_size, self.step_size)
        starts: list[Start] = ["random"] * self.restarts
        if task.warm is not None:
            starts.insert(0, "warm")
        for start in starts:
            for variant in task.source.variants():
                for loss in losses:
                    yield Pass(variant, loss, start, self.steps, largest, smallest)


@final
@dataclass(frozen=True)
class Transfer(Attack):
    """The adversarials of `attack` made on `source`, tried on another predictor (Papernot et al. 2016): a black box.

    The search climbs on the source to the end of every pass, and the model under attack is asked once for each.
    """

    attack: Attack
    source: Predictor

    def __post_init__(self) -> None:
        if isinstance(self.attack, Transfer):
            raise InvalidInput("expected an attack that uses gradients inside Transfer, got another Transfer")

    @property
    def norm(self) -> Norm:  # type: ignore[override]
        """The norm of the attack inside."""
        return self.attack.norm

    @property
    def name(self) -> str:
        """Attack and source."""
        return f"{self.attack.name} from {self.source.name}"

    def refusal(self, predictor: Predictor) -> str | None:
        """A model is not attacked by transfer from itself."""
        return "the source is the model itself" if predictor is self.source else None

    def _search(self, task: AttackTask) -> Tensor:
        return self.attack._search(replace(task, source=self.source))
