"""Random harm, as against the worst case of an attack: noise on images, on spikes, on a chip and its stored weights."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, final

from torch import Tensor

from spikewright import InvalidInput
from spikewright.robustness.checks import check_images, check_seed, check_strength, name_of
from spikewright.robustness.draws import chip_seed
from spikewright.robustness.predictor import Predictor

Harms = Literal["images", "spikes", "chip"]
"""What is harmed: the images before any model, the spikes on their way, or the chip, its neurons and weights."""


@dataclass(frozen=True)
class Strength:
    """What a strength means, such as "a probability", and the range of it; it is never below 0."""

    meaning: str
    most: float = float("inf")

    def refusal(self, strength: float) -> str | None:
        """The reason why a strength is none of these; None when it is one."""
        return None if 0 <= strength <= self.most else f"its strength is {self.meaning}, not {strength:g}"


PROBABILITY = Strength("a probability", 1.0)
DEVIATION = Strength("a standard deviation up to 100", 100.0)


class Corruption(ABC):
    """`corruption(predictor, images, strength, seed)` -> the labels that the harmed system gives, int64 `(batch,)`.

    A corruption is a frozen dataclass below this class that says what it harms and what a strength means, and writes
    `harmed`. Noise is drawn for each image by (seed, chip, its number in the call). A fault of the chip (`of_chip`) is drawn
    by (seed, chip) alone: it harms all images alike, and another chip is another draw.
    """

    harms: ClassVar[Harms]
    strength: ClassVar[Strength]
    of_chip: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """How the corruption is called in tables: its type and what differs from the defaults."""
        return name_of(self)

    def lacks(self, predictor: Predictor) -> str | None:
        """What a predictor lacks to be harmed so, as a reason; None when it lacks nothing."""
        return None

    def refusal(self, predictor: Predictor, strength: float) -> str | None:
        """Why the corruption cannot be used on `predictor` at this strength; None when it can."""
        return self.lacks(predictor) or self.strength.refusal(strength)

    @abstractmethod
    def harmed(self, predictor: Predictor, images: Tensor, strength: float, seed: int) -> Tensor:
        """Labels under the corruption, int64 `(batch,)`; everything was checked."""

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
        return self.harmed(predictor, images, float(strength), chip_seed(seed, chip))
