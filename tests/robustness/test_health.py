"""Is an attack fit to be believed?"""

from typing import Any

import torch
from torch import nn

from spikewright.robustness import (
    PGD,
    AnnPredictor,
    SnnPredictor,
    attack_health,
)


def test_a_sound_attack_is_healthy(ann: AnnPredictor, snn: SnnPredictor, digits: Any) -> None:
    data = (digits.images[:30], digits.labels[:30])
    assert all(attack_health(ann, data, (0.05, 0.2))["healthy"])
    health = attack_health(snn, data, (0.1,), attack=PGD(15), source=ann)
    assert all(health["healthy"]) and len(health) == 7


def test_masked_gradients_are_found(digits: Any) -> None:
    """Rounding in front of the model: no gradient anywhere."""

    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = digits.model

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.inner((x > 0.3).float() + 0 * x)

    health = attack_health(AnnPredictor(Masked()), (digits.images[:30], digits.labels[:30]), (0.1,), attack=PGD(2))
    assert health.where(check="gradients vanish")["healthy"] == [False]


def test_a_weak_attack_is_flagged(digits: Any) -> None:
    """One short step in the wrong unit leaves what a longer search and a black box find."""
    weak = PGD(1, step_size=1e-3, loss="ce")
    health = attack_health(AnnPredictor(digits.model), (digits.images[:20], digits.labels[:20]), (0.2,), attack=weak)
    for check in ("more effort finds more", "a black box finds more"):
        assert health.where(check=check)["healthy"] == [False]
