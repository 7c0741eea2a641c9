"""Random harm, as against the worst case of an attack: noise on images, on spikes, on stored weights."""

from abc import ABC, abstractmethod
from typing import final

from torch import Tensor

from robustness.checks import check_images, check_seed, check_strength
from robustness.predictor import Predictor
from spikewright import InvalidInput


class Corruption(ABC):
    """`corruption(predictor, images, strength, seed)` -> the labels that the harmed system gives, int64 `(batch,)`."""

    @property
    def name(self) -> str:
        """How the corruption is called in tables."""
        return type(self).__name__

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Why the corruption cannot be used on `predictor` at this strength; None when it can."""
        return None

    @abstractmethod
    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        """Labels under the corruption; everything was checked."""

    @final
    def __call__(self, predictor: Predictor, images: Tensor, strength: float, seed: int = 0) -> Tensor:
        """Raises InvalidInput for bad images, strength or seed, and where the corruption does not apply, saying why."""
        images = check_images(images, predictor)
        check_strength(strength)
        check_seed(seed)
        reason = self.refusal(predictor, strength)
        if reason is not None:
            raise InvalidInput(f"expected a predictor that {self.name} applies to, got {predictor.name!r}: {reason}")
        return self._predict(predictor, images, float(strength), seed)


def not_a_probability(strength: float) -> str | None:
    """The reason why `strength` is no probability; None when it is one."""
    return None if 0 <= strength <= 1 else f"its strength is a probability, not {strength:g}"
