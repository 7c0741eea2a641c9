"""Is an attack fit to be believed? Signs of gradient masking (Athalye et al. 2018; Carlini et al. 2019)."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from robustness.attacks import FGSM, PGD, Transfer
from robustness.base import CHUNK, Attack
from robustness.checks import check_images, check_labels, check_strength
from robustness.losses import input_gradient
from robustness.predictor import Predictor
from spikewright import InvalidInput, Table

ZERO_SHARE = 0.05
"""The share of vanished gradients above which an attack is suspect."""


def attack_health(
    predictor: Predictor,
    data: tuple[Any, Any],
    epsilons: tuple[float, ...] = (0.05, 0.1, 0.2),
    *,
    attack: Attack | None = None,
    source: Predictor | None = None,
    seed: int = 0,
) -> Table:
    """Check `attack` (PGD unless given) on `predictor` with `data` = images and labels.

    `source` adds an attack by transfer.

    Columns: check, healthy, value, limit, detail. Runs of different epsilon are independent here, not nested, since
    nesting hides what is looked for. Raises InvalidInput as the attacks do.
    """
    images = check_images(data[0], predictor)
    labels = check_labels(data[1], images, predictor)
    if not epsilons:
        raise InvalidInput("expected at least one epsilon, got none")
    for epsilon in epsilons:
        check_strength(epsilon, "epsilon")
    bench = _Bench(predictor, images, labels, tuple(sorted(epsilons)), PGD() if attack is None else attack, seed)
    scores = bench.scores(bench.attack)
    rows = [bench.one_step(scores), bench.unbounded(), bench.monotone(scores), bench.zero_gradients()]
    if source is not None:
        rows.append(bench.transfer(scores, source))
    return Table.of(rows)


@dataclass(frozen=True, eq=False)
class _Bench:
    """The examples and the attack under examination."""

    predictor: Predictor
    images: Tensor
    labels: Tensor
    epsilons: tuple[float, ...]
    attack: Attack
    seed: int

    def accuracy(self, attack: Attack, epsilon: float) -> float:
        """Share of examples that stand against one independent run."""
        success = attack(self.predictor, self.images, self.labels, epsilon, self.seed).success
        return 1.0 - float(success.double().mean())

    def scores(self, attack: Attack) -> list[float]:
        """Accuracy at every epsilon."""
        return [self.accuracy(attack, epsilon) for epsilon in self.epsilons]

    def one_step(self, scores: list[float]) -> dict[str, Any]:
        """FGSM must not beat an iterative attack."""
        lead = self._lead(scores, FGSM(self.attack.norm))
        return _row("one step beats the attack", lead, 0.0, "largest lead of FGSM in accuracy points / 100")

    def unbounded(self) -> dict[str, Any]:
        """With the whole box to move in, nothing should stand."""
        low, high = self.predictor.bounds
        side = high - low
        epsilon = side if self.attack.norm == "linf" else side * math.sqrt(self.images[0].numel())
        left = self.accuracy(self.attack, epsilon)
        return _row("an unbounded attack leaves examples standing", left, 0.0, f"accuracy at epsilon {epsilon:g}")

    def monotone(self, scores: list[float]) -> dict[str, Any]:
        """A larger budget must not help the defender."""
        rise = max((after - before for before, after in pairwise(scores)), default=0.0)
        return _row("accuracy rises with epsilon", max(0.0, rise), 0.0, "largest rise between neighbouring epsilons")

    def zero_gradients(self) -> dict[str, Any]:
        """Gradients of every kind that the predictor offers vanish altogether."""
        dead = torch.ones(len(self.images), dtype=torch.bool)
        for variant in self.predictor.variants():
            for first in range(0, len(self.images), CHUNK):
                part = slice(first, first + CHUNK)
                gradient, _ = input_gradient(variant, self.images[part], self.labels[part])
                dead[part] &= gradient.flatten(1).abs().amax(dim=1) == 0
        share = float(dead.double().mean())
        return _row("gradients vanish", share, ZERO_SHARE, "share of clean examples without any input gradient")

    def transfer(self, scores: list[float], source: Predictor) -> dict[str, Any]:
        """A black box must not beat the white box."""
        lead = self._lead(scores, Transfer(self.attack, source))
        return _row("transfer beats the white box", lead, 0.0, f"largest lead of adversarials from {source.name}")

    def _lead(self, scores: list[float], other: Attack) -> float:
        rivals = self.scores(other)
        return max(0.0, *(mine - rival for mine, rival in zip(scores, rivals, strict=True)))


def _row(check: str, value: float, limit: float, detail: str) -> dict[str, Any]:
    return {"check": check, "healthy": value <= limit, "value": value, "limit": limit, "detail": detail}
