"""The fast gradient sign method."""

from dataclasses import dataclass
from typing import final

from torch import Tensor

from spikewright.robustness.attacks.ascents import Ascent, StepLengths, clean_image, climb
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.attacks.geometry import Norm
from spikewright.robustness.attacks.losses import cross_entropy
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.tables import check_fields


@final
@dataclass(frozen=True)
class FGSM(Attack):
    """Fast gradient sign method (Goodfellow et al. 2015): x' = clip(x + epsilon sign(grad CE)).

    L2: x' = clip(x + epsilon grad CE / ||grad CE||). One step for each gradient that the predictor offers, on the
    examples that still stand; where a gradient vanishes altogether the step is random.

    norm: how the distance from the image is measured, in the largest change of a pixel or in Euclidean length.
    """

    norm: Norm = "linf"

    def __post_init__(self) -> None:
        check_fields(self)

    def search(self, task: AttackTask) -> Tensor:
        """One step along each gradient."""
        return climb(
            task,
            (
                Ascent(gradients=variant, loss=cross_entropy, start=clean_image, lengths=StepLengths(1))
                for variant in task.source.variants()
            ),
        )
