"""An attack whose adversarials come from another model."""

from dataclasses import dataclass, replace
from typing import final

from torch import Tensor

from spikewright import InvalidInput
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.attacks.geometry import Norm
from spikewright.robustness.attacks.tasks import AttackTask
from spikewright.robustness.predictor import Predictor


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

    def search(self, task: AttackTask) -> Tensor:
        """The search of the attack inside, along the gradients of the source."""
        return self.attack.search(replace(task, source=self.source))
