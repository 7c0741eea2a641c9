"""The table of robustness: model x perturbation x strength, with intervals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spikewright import InvalidInput, Progress, Table, silent
from spikewright.inputs import as_data
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.checks import (
    as_strengths,
    check_images,
    check_labels,
    check_model,
    check_seed,
    check_strength,
)
from spikewright.robustness.corruptions.base import Corruption
from spikewright.robustness.predictor import Predictor
from spikewright.robustness.statistics import over_images_and_chips

Perturbation = Attack | Corruption
Standing = NDArray[np.bool_]
Row = dict[str, Any]
CHIPS = 5
"""Chips that a fault of the chip is drawn for."""


def evaluate(
    predictors: Sequence[Predictor],
    data: tuple[Any, Any],
    perturbations: Iterable[Perturbation | tuple[Perturbation, Sequence[float]]],
    epsilons: Sequence[float] = (),
    *,
    seed: int = 0,
    chips: int = CHIPS,
    progress: Progress = silent,
) -> Table:
    """Accuracy of every predictor under every perturbation at every strength.

    `data`: images `(samples, C, H, W)` in the predictors' bounds and integer labels `(samples,)`. A perturbation may
    bring its own strengths, `(perturbation, strengths)`; the others take `epsilons`. Columns: model, perturbation,
    strength, accuracy, low, high (95 %), over, samples, chips, note. `over` says what the interval is over: "images" (Wilson),
    or "images and chips" for a fault that one chip has for all images, drawn for `chips` chips (`over_images_and_chips`); the
    accuracy is then the mean of all chips. First row of a model: "clean". Attacks count the
    worst case for each example over nested budgets (`attack_curve`); where several attacks share a norm, "worst case"
    rows count the examples that stand against all of them. What does not apply has a row without accuracy whose note
    says why. Everything is deterministic in `seed`. Raises InvalidInput for bad images, labels, strengths or chips, for models
    that draw at each call, and for models or perturbations of one name.
    """
    strengths = as_strengths(epsilons)
    plan = [_with_strengths(p, strengths) for p in _several(perturbations, Attack | Corruption, "PGD()")]
    _check_names([perturbation for perturbation, _ in plan])
    if isinstance(chips, bool) or not isinstance(chips, int) or chips < 1:
        raise InvalidInput(f"expected at least one chip, got {chips!r}; try chips={CHIPS}")
    predictors = _several(predictors, Predictor, "AnnPredictor(model)")
    names = [predictor.name for predictor in predictors]
    if not names or len(set(names)) < len(names):
        raise InvalidInput(
            f"expected at least one predictor, each with its own name, got {names}; try AnnPredictor(model, name)"
        )
    check_seed(seed)
    data = as_data(data)
    rows: list[Row] = []
    for place, predictor in enumerate(predictors):
        images = check_images(data[0], predictor)
        labels = check_labels(data[1], images, predictor)
        check_model(predictor, images, attacked=False)
        part = _RowsOfOne(
            predictor, images, labels, seed, chips, progress, place * len(plan), len(plan) * len(predictors)
        )
        rows.extend(part.rows(plan))
    return Table.of(rows)


def attack_curve(
    predictor: Predictor,
    images: Any,
    labels: Any,
    attack: Attack,
    epsilons: Sequence[float],
    seed: int = 0,
) -> Standing:
    """Which examples stand, `(len(epsilons), samples)`, the worst case over nested budgets.

    Budgets are taken in rising order. Each attack goes on from the adversarials of the budget before, and an example
    that fell stays fallen: whoever may change more may also change less. So no accuracy ever rises. Raises as the attack.
    """
    epsilons = as_strengths(epsilons)
    images = check_images(images, predictor)
    labels = check_labels(labels, images, predictor)
    standing = np.ones((len(epsilons), len(images)), dtype=bool)
    up = predictor.predict(images) == labels
    found = images.clone()
    for place in np.argsort(np.asarray(epsilons), kind="stable"):
        rows = up.nonzero()[:, 0]
        if len(rows):
            result = attack(predictor, images[rows], labels[rows], float(epsilons[place]), seed, start=found[rows])
            found[rows] = result.adversarials
            up[rows] = ~result.success
        standing[place] = up.numpy()
    return standing


@dataclass(frozen=True, eq=False)
class _RowsOfOne:
    """One predictor's share of the table."""

    predictor: Predictor
    images: Tensor
    labels: Tensor
    seed: int
    chips: int
    progress: Progress
    done: int
    total: int

    def rows(self, plan: Sequence[tuple[Perturbation, tuple[float, ...]]]) -> Iterator[Row]:
        yield self.row("clean", 0.0, (self.predictor.predict(self.images) == self.labels).numpy())
        curves: dict[str, list[tuple[tuple[float, ...], Standing]]] = {}
        for place, (perturbation, strengths) in enumerate(plan):
            self.progress(f"{self.predictor.name}: {perturbation.name}", self.done + place, self.total)
            if isinstance(perturbation, Corruption):
                yield from (self.corrupted(perturbation, strength) for strength in strengths)
                continue
            reason = perturbation.refusal(self.predictor)
            if reason is not None:
                yield from (self.refused(perturbation.name, strength, reason) for strength in strengths)
                continue
            curve = attack_curve(self.predictor, self.images, self.labels, perturbation, strengths, self.seed)
            curves.setdefault(perturbation.norm, []).append((strengths, curve))
            yield from (self.row(perturbation.name, e, s) for e, s in zip(strengths, curve, strict=True))
        self.progress(self.predictor.name, self.done + len(plan), self.total)
        for norm, several in curves.items():
            if len(several) > 1:
                yield from self.worst(norm, several)

    def corrupted(self, corruption: Corruption, strength: float) -> Row:
        reason = corruption.refusal(self.predictor, strength)
        if reason is not None:
            return self.refused(corruption.name, strength, reason)
        chips = self.chips if corruption.of_chip and strength > 0 else 1
        found = [corruption(self.predictor, self.images, strength, self.seed, chip=chip) for chip in range(chips)]
        right = np.stack([(labels == self.labels).numpy() for labels in found])
        return self.row(corruption.name, strength, right) | ({"chips": chips} if corruption.of_chip else {})

    def worst(self, norm: str, curves: list[tuple[tuple[float, ...], Standing]]) -> Iterator[Row]:
        """Who stands at each strength against all attacks of a norm, at this strength and below."""
        for strength in sorted({epsilon for epsilons, _ in curves for epsilon in epsilons}):
            standing = np.ones(len(self.images), dtype=bool)
            for epsilons, curve in curves:
                standing &= curve[[epsilon <= strength for epsilon in epsilons]].all(axis=0)
            yield self.row(f"worst case ({norm})", strength, standing)

    def row(self, perturbation: str, strength: float, right: Standing) -> Row:
        """`right (images,)`, or `(chips, images)`."""
        table = np.atleast_2d(right)
        low, high = over_images_and_chips(table)
        over = "images" if len(table) == 1 else "images and chips"
        found = {"accuracy": float(table.mean()), "low": low, "high": high, "over": over}
        return self.refused(perturbation, strength, "") | found

    def refused(self, perturbation: str, strength: float, reason: str) -> Row:
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


def _check_names(perturbations: Sequence[Perturbation]) -> None:
    """Two that differ may not share a name: their rows could not be told apart."""
    for place, one in enumerate(perturbations):
        if any(other.name == one.name and other != one for other in perturbations[:place]):
            raise InvalidInput(
                f"expected perturbations that differ in their names, got two called {one.name!r}; "
                "try sources with names of their own, or two tables"
            )


def _several(given: Any, kind: Any, example: str) -> list[Any]:
    """A list of what may also be given alone. Raises InvalidInput, with an example, for predictors that are none."""
    alone = isinstance(given, kind) or not isinstance(given, Iterable) or hasattr(given, "forward")
    found = [given] if alone else list(given)
    for one in found:
        if kind is Predictor and not isinstance(one, kind):
            raise InvalidInput(
                f"expected predictors, got {type(one).__name__}; try {example}, or SnnPredictor(network)"
            )
    return found


def _with_strengths(item: Any, epsilons: Sequence[float]) -> tuple[Perturbation, tuple[float, ...]]:
    perturbation, strengths = item if isinstance(item, tuple) and len(item) == 2 else (item, epsilons)
    if not isinstance(perturbation, Attack | Corruption):
        raise InvalidInput(
            f"expected an attack or a corruption, got {type(perturbation).__name__}; try PGD() or GaussianNoise()"
        )
    chosen = as_strengths(strengths)
    if not chosen:
        raise InvalidInput(f"expected at least one strength for {perturbation.name}, got none; try epsilons=[0.1]")
    for strength in chosen:
        check_strength(strength)
    return perturbation, chosen
