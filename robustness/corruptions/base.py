"""Random harm, as against the worst case of an attack: noise on images, on spikes, on stored weights."""

from abc import ABC, abstractmethod
from typing import Any, final

from torch import Tensor

from spikewright import InvalidInput
from spikewright.robustness.checks import check_images, check_seed, check_strength, name_of
from spikewright.robustness.draws import chip_seed
from spikewright.robustness.predictor import Predictor


class Corruption(ABC):
    """`corruption(predictor, images, strength, seed)` -> the labels that the harmed system gives, int64 `(batch,)`.

    Noise is drawn for each image by (seed, chip, its number in the call). A fault of the chip is drawn by (seed, chip) alone.
    """

    @property
    def name(self) -> str:
        """How the corruption is called in tables: its type and what differs from the defaults."""
        return name_of(self)

    @property
    def of_chip(self) -> bool:
        """Whether one draw harms all images alike, so that another chip is another draw."""
        return False

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Why the corruption cannot be used on `predictor` at this strength; None when it can."""
        return None

    @abstractmethod
    def _predict(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        """Labels under the corruption; everything was checked."""

    @final
    def __call__(self, predictor: Predictor, images: Any, strength: float, seed: int = 0, *, chip: int = 0) -> Tensor:
        """`chip`: number of the chip that is drawn from `seed`; number 0 has the seed's own draws.

        Raises InvalidInput for bad images, strength, seed or chip, and where the corruption does not apply, saying why.
        """
        images = check_images(images, predictor)
        check_strength(strength)
        check_seed(seed)
        if isinstance(chip, bool) or not isinstance(chip, int) or not 0 <= chip < 2**32:
            raise InvalidInput(f"expected the number of a chip, 0 or more, got {chip!r}")
        reason = self.refusal(predictor, strength)
        if reason is not None:
            raise InvalidInput(f"expected a predictor that {self.name} applies to, got {predictor.name!r}: {reason}")
        return self._predict(predictor, images, float(strength), chip_seed(seed, chip))


def not_a_probability(strength: float) -> str | None:
    """The reason why `strength` is no probability; None when it is one."""
    return None if 0 <= strength <= 1 else f"its strength is a probability, not {strength:g}"
