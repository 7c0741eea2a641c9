"""Is an attack fit to be believed? Signs of gradient masking (Athalye et al. 2018; Carlini et al. 2019)."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from spikewright import InvalidInput, Table
from spikewright.robustness.attacks.base import CHUNK, Attack
from spikewright.robustness.attacks.fgsm import FGSM
from spikewright.robustness.attacks.losses import input_gradient
from spikewright.robustness.attacks.pgd import PGD
from spikewright.robustness.attacks.square import Square
from spikewright.robustness.attacks.transfer import Transfer
from spikewright.robustness.checks import check_images, check_labels, check_strength
from spikewright.robustness.predictor import Predictor

MISSED = 0.05
"""The share of examples that an attack leaves and another finds, above which it is too weak."""
LONG = 20
"""Steps of an attack that takes no steps; the longer search has twice as many."""
QUERIES = 200
"""Questions of the black box for each image and epsilon."""
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

    Held against it are one step (FGSM), the whole box, a rising accuracy, gradients that vanish, and, on what it leaves, a
    longer search (PGD with both losses and falling steps, twice as many) and for L-inf a black box (`Square`); `source` adds
    an attack by transfer.

    Columns: check, healthy, value, limit, detail. Runs of different epsilon are independent here, not nested, since
    nesting hides what is looked for. Raises InvalidInput as the attacks do: logits that are random and probabilities are
    refused.
    """
    images = check_images(data[0], predictor)
    labels = check_labels(data[1], images, predictor)
    if not epsilons:
        raise InvalidInput("expected at least one epsilon, got none")
    for epsilon in epsilons:
        check_strength(epsilon, "epsilon")
    bench = _HealthCheck(predictor, images, labels, tuple(sorted(epsilons)), PGD() if attack is None else attack, seed)
    scores = bench.scores(bench.attack)
    rows = [bench.one_step(scores), bench.unbounded(), bench.monotone(scores), bench.zero_gradients()]
    rows += bench.missed(scores)
    if source is not None:
        rows.append(bench.transfer(scores, source))
    return Table.of(rows)


@dataclass(frozen=True, eq=False)
class _HealthCheck:
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

    def missed(self, scores: list[float]) -> list[dict[str, Any]]:
        """What the attack leaves at the largest budget at which it leaves any must withstand others too."""
        left = [epsilon for epsilon, score in zip(self.epsilons, scores, strict=True) if score > 0]
        epsilon = left[-1] if left else self.epsilons[-1]
        up = ~self.attack(self.predictor, self.images, self.labels, epsilon, self.seed).success
        steps = 2 * max(LONG, self.attack.steps)
        rivals: list[tuple[str, Attack]] = [("more effort finds more", PGD(steps, norm=self.attack.norm))]
        if self.attack.norm == "linf":
            rivals.append(("a black box finds more", Square(QUERIES)))
        return [self._missed(check, rival, epsilon, up) for check, rival in rivals]

    def _missed(self, check: str, rival: Attack, epsilon: float, up: Tensor) -> dict[str, Any]:
        found = 0
        if up.any():
            found = int(rival(self.predictor, self.images[up], self.labels[up], epsilon, self.seed).success.sum())
        detail = f"share that {rival.name} finds at epsilon {epsilon:g} of what the attack leaves"
        return _row(check, found / len(up), MISSED, detail)

    def transfer(self, scores: list[float], source: Predictor) -> dict[str, Any]:
        """A black box must not beat the white box."""
        lead = self._lead(scores, Transfer(self.attack, source))
        return _row("transfer beats the white box", lead, 0.0, f"largest lead of adversarials from {source.name}")

    def _lead(self, scores: list[float], other: Attack) -> float:
        rivals = self.scores(other)
        return max(0.0, *(mine - rival for mine, rival in zip(scores, rivals, strict=True)))


def _row(check: str, value: float, limit: float, detail: str) -> dict[str, Any]:
    return {"check": check, "healthy": value <= limit, "value": value, "limit": limit, "detail": detail}
