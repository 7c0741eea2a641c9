"""The table of robustness: model x perturbation x strength, with intervals."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from robustness.base import Attack
from robustness.checks import check_images, check_labels, check_seed, check_strength
from robustness.corruption import Corruption
from robustness.predictor import Predictor
from robustness.statistics import wilson
from spikewright import InvalidInput, Progress, Table, silent

Perturbation = Attack | Corruption
Standing = NDArray[np.bool_]
Row = dict[str, Any]


def evaluate(
    predictors: Sequence[Predictor],
    data: tuple[Any, Any],
    perturbations: Iterable[Perturbation | tuple[Perturbation, Sequence[float]]],
    epsilons: Sequence[float] = (),
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> Table:
    """Accuracy of every predictor under every perturbation at every strength.

    `data`: images `(samples, C, H, W)` in the predictors' bounds and integer labels `(samples,)`. A perturbation may
    bring its own strengths, `(perturbation, strengths)`; the others take `epsilons`. Columns: model, perturbation,
    strength, accuracy, low, high (Wilson, 95 %), samples, note. First row of a model: "clean". Attacks count the
    worst case for each example over nested budgets (`attack_curve`); where several attacks share a norm, "worst case"
    rows count the examples that stand against all of them. What does not apply has a row without accuracy whose note
    says why. Everything is deterministic in `seed`. Raises InvalidInput for bad images, labels, strengths, or models
    of one name.
    """
    plan = [_with_strengths(p, epsilons) for p in perturbations]
    names = [predictor.name for predictor in predictors]
    if not names or len(set(names)) < len(names):
        raise InvalidInput(
            f"expected at least one predictor, each with its own name, got {names}; try AnnPredictor(model, name)"
        )
    check_seed(seed)
    rows: list[Row] = []
    for place, predictor in enumerate(predictors):
        images = check_images(data[0], predictor)
        labels = check_labels(data[1], images, predictor)
        part = _Part(predictor, images, labels, seed, progress, place * len(plan), len(plan) * len(predictors))
        rows.extend(part.rows(plan))
    return Table.of(rows)


def attack_curve(
    predictor: Predictor,
    images: Tensor,
    labels: Tensor,
    attack: Attack,
    epsilons: Sequence[float],
    seed: int = 0,
) -> Standing:
    """Which examples stand, `(len(epsilons), samples)`, the worst case over nested budgets.

    Budgets are taken in rising order. Each attack goes on from the adversarials of the budget before, and an example
    that fell stays fallen: whoever may change more may also change less. So no accuracy ever rises.
    """
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
class _Part:
    """One predictor's share of the table."""

    predictor: Predictor
    images: Tensor
    labels: Tensor
    seed: int
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
        labels = corruption(self.predictor, self.images, strength, self.seed)
        return self.row(corruption.name, strength, (labels == self.labels).numpy())

    def worst(self, norm: str, curves: list[tuple[tuple[float, ...], Standing]]) -> Iterator[Row]:
        """Who stands at each strength against all attacks of a norm, at this strength and below."""
        for strength in sorted({epsilon for epsilons, _ in curves for epsilon in epsilons}):
            standing = np.ones(len(self.images), dtype=bool)
            for epsilons, curve in curves:
                standing &= curve[[epsilon <= strength for epsilon in epsilons]].all(axis=0)
            yield self.row(f"worst case ({norm})", strength, standing)

    def row(self, perturbation: str, strength: float, right: Standing) -> Row:
        low, high = wilson(int(right.sum()), right.size)
        return self.refused(perturbation, strength, "") | {"accuracy": float(right.mean()), "low": low, "high": high}

    def refused(self, perturbation: str, strength: float, reason: str) -> Row:
        return {
            "model": self.predictor.name,
            "perturbation": perturbation,
            "strength": strength,
            "accuracy": None,
            "low": None,
            "high": None,
            "samples": len(self.images),
            "note": f"not applicable: {reason}" if reason else "",
        }


def _with_strengths(item: Any, epsilons: Sequence[float]) -> tuple[Perturbation, tuple[float, ...]]:
    perturbation, strengths = item if isinstance(item, tuple) else (item, epsilons)
    if not isinstance(perturbation, Attack | Corruption):
        raise InvalidInput(
            f"expected an attack or a corruption, got {type(perturbation).__name__}; try PGD() or GaussianNoise()"
        )
    chosen = tuple(float(s) if isinstance(s, int | float | np.number) else s for s in strengths)
    if not chosen:
        raise InvalidInput(f"expected at least one strength for {perturbation.name}, got none; try epsilons=[0.1]")
    for strength in chosen:
        check_strength(strength)
    return perturbation, chosen
