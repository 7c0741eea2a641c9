"""The rows that one predictor has in the table of robustness."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spikewright import Progress
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.corruptions.base import Corruption
from spikewright.robustness.curves import Standing, attack_curve
from spikewright.robustness.perturbations import Trial
from spikewright.robustness.predictor import Predictor
from spikewright.robustness.statistics import over_images_and_chips

Row = dict[str, Any]
Curve = tuple[tuple[float, ...], Standing]
"""Strengths, and who stands at each, `(strengths, images)`."""
Kept = Callable[[str, Callable[[], NDArray[Any]]], NDArray[Any]]
"""`kept(name, make)`: what `make()` gives, or gave when it was last asked for under that name: finished parts of a long table."""
BLOCK = 256
"""Images that are attacked at all budgets before the next; no image's result depends on which others are beside it."""


def anew(name: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """Keeps nothing."""
    return make()


@dataclass(frozen=True, eq=False)
class PredictorRows:
    """The rows of one predictor.

    images, labels: what it is tried on, checked.
    seed, chips: of what is drawn; faults of the chip are drawn for so many chips.
    progress, done, total: what is told of the progress, and how much of the whole table was done before.
    kept: holds the finished parts.
    """

    predictor: Predictor
    images: Tensor
    labels: Tensor
    seed: int
    chips: int
    progress: Progress
    done: int
    total: int
    kept: Kept = anew

    def rows(self, trials: Sequence[Trial]) -> Iterator[Row]:
        """The clean row, those of each perturbation in turn, and the worst cases over attacks of one norm."""
        yield self.row("clean", 0.0, self.answered("clean", lambda: self.predictor.predict(self.images)))
        curves: dict[str, list[Curve]] = {}
        for place, (perturbation, strengths) in enumerate(trials):
            self.progress(f"{self.predictor.name}: {perturbation.name}", self.done + place, self.total)
            if isinstance(perturbation, Corruption):
                yield from (self.corrupted(perturbation, strength) for strength in strengths)
            else:
                yield from self.attacked(perturbation, strengths, curves)
        self.progress(self.predictor.name, self.done + len(trials), self.total)
        for norm, several in curves.items():
            if len(several) > 1:
                yield from self.worst(norm, several)

    def attacked(self, attack: Attack, strengths: tuple[float, ...], curves: dict[str, list[Curve]]) -> Iterator[Row]:
        """A row for each budget; the curve is kept among those of its norm."""
        plain = self.labels.ndim == 1 and self.predictor.head.flat
        reason = attack.refusal(self.predictor) if plain else "an attack needs one class for each image"
        if reason is not None:
            yield from (self.refused(attack.name, strength, reason) for strength in strengths)
            return
        firsts = range(0, len(self.images), BLOCK)
        curve = np.concatenate([self.curve(attack, strengths, first) for first in firsts], axis=1)
        curves.setdefault(attack.norm, []).append((strengths, curve))
        yield from (self.row(attack.name, e, s) for e, s in zip(strengths, curve, strict=True))

    def curve(self, attack: Attack, strengths: tuple[float, ...], first: int) -> Standing:
        """Who stands of the block of images from `first` on, `(strengths, images)`."""
        part = slice(first, first + BLOCK)
        images, labels = self.images[part], self.labels[part]
        return self.kept(
            f"{self.predictor.name} {attack.name} {first}",
            lambda: attack_curve(self.predictor, images, labels, attack, strengths, self.seed),
        )

    def answered(self, what: str, labels: Callable[[], Tensor]) -> NDArray[Any]:
        """Whether each image is right under the labels that are given for it, see `right`."""
        return self.kept(f"{self.predictor.name} {what}", lambda: self.right(labels()))

    def corrupted(self, corruption: Corruption, strength: float) -> Row:
        """The row of a corruption: of one draw, or over several chips; with a reason where it does not apply."""
        reason = corruption.refusal(self.predictor, strength)
        if reason is not None:
            return self.refused(corruption.name, strength, reason)
        chips = self.chips if corruption.of_chip and strength > 0 else 1
        harmed = partial(corruption, self.predictor, self.images, strength, self.seed)
        told = f"{corruption.name} {strength!r} {self.seed}"
        right = np.stack([self.answered(f"{told} {chip}", partial(harmed, chip=chip)) for chip in range(chips)])
        return self.row(corruption.name, strength, right) | ({"chips": chips} if corruption.of_chip else {})

    def worst(self, norm: str, curves: list[Curve]) -> Iterator[Row]:
        """Who stands at each strength against all attacks of a norm, at this strength and below."""
        for strength in sorted({epsilon for epsilons, _ in curves for epsilon in epsilons}):
            standing = np.ones(len(self.images), dtype=bool)
            for epsilons, curve in curves:
                standing &= curve[[epsilon <= strength for epsilon in epsilons]].all(axis=0)
            yield self.row(f"worst case ({norm})", strength, standing)

    def right(self, found: Tensor) -> NDArray[Any]:
        """Whether each image is right, bool `(images,)`; of places or several labels the share of those that count in each.

        Images in which nothing counts are left out.
        """
        same = (found == self.labels).numpy()
        if same.ndim == 1 and self.predictor.head.ignored is None:
            return same
        counted = self.predictor.head.counts(self.labels.numpy()).reshape(len(same), -1)
        each, several = (same.reshape(len(same), -1) & counted).sum(axis=1), counted.sum(axis=1)
        return np.asarray(each[several > 0] / several[several > 0])

    def row(self, perturbation: str, strength: float, right: NDArray[Any]) -> Row:
        """A row with its accuracy; `right (images,)`, or `(chips, images)`, bool or shares."""
        table = np.atleast_2d(right)
        low, high = over_images_and_chips(table)
        over = "images" if len(table) == 1 else "images and chips"
        found = {"accuracy": float(table.mean()), "low": low, "high": high, "over": over}
        return self.refused(perturbation, strength, "") | found

    def refused(self, perturbation: str, strength: float, reason: str) -> Row:
        """A row without accuracy, and why."""
        return {
            "model": self.predictor.name,
            "perturbation": perturbation,
            "strength": strength,
            "accuracy": None,
            "low": None,
            "high": None,
            "over": None,
            "samples": len(self.images),
            "chips": None,
            "note": f"not applicable: {reason}" if reason else "",
        }
