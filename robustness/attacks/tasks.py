"""The examples that an attack works on, with all that it may ask."""

from dataclasses import dataclass, replace

from torch import Tensor

from spikewright.robustness.attacks.geometry import Ball
from spikewright.robustness.draws import ImageDraws
from spikewright.robustness.predictor import Predictor


@dataclass(frozen=True, eq=False)
class AttackTask:
    """Examples under attack.

    source: the model whose gradients may be followed, by `source.variants()`.
    judge: the model under attack, which decides; another one than the source in a transfer.
    ball: where the adversarials must lie, around each clean image.
    labels: the classes that the judge should not answer, int64 `(batch,)`.
    draws: what is random, for each image.
    warm: adversarials of a smaller budget `(batch, ...)`, or None.
    """

    source: Predictor
    judge: Predictor
    ball: Ball
    labels: Tensor
    draws: ImageDraws
    warm: Tensor | None = None

    @property
    def white_box(self) -> bool:
        """Whether the model under attack gives the gradients itself."""
        return self.source is self.judge

    @property
    def begin(self) -> Tensor:
        """The adversarials of the smaller budget, or the clean images where there are none, `(batch, ...)`."""
        return self.ball.center if self.warm is None else self.ball.project(self.warm)

    def rows(self, chosen: Tensor) -> "AttackTask":
        """The same task for the chosen examples."""
        warm = None if self.warm is None else self.warm[chosen]
        draws = self.draws.rows(chosen)
        return replace(self, ball=self.ball.rows(chosen), labels=self.labels[chosen], draws=draws, warm=warm)

    def standing(self, x: Tensor) -> Tensor:
        """Whether the judge still gives the label at `x`, bool `(batch,)`."""
        return self.judge.predict(x) == self.labels
