"""The worst case over nested budgets."""

from typing import Any

import numpy as np

from spikewright.robustness import (
    FGSM,
    PGD,
    AnnPredictor,
    SnnPredictor,
    attack_curve,
)


def test_per_example_nothing_rises_again(snn: SnnPredictor, digits: Any) -> None:
    standing = attack_curve(snn, digits.images[:30], digits.labels[:30], PGD(3, loss="ce"), [0.0, 0.05, 0.1, 0.2])
    assert np.all(standing[:-1] >= standing[1:])
    np.testing.assert_array_equal(standing[0], (snn.predict(digits.images[:30]) == digits.labels[:30]).numpy())


def test_budgets_in_any_order_give_the_same_curve(ann: AnnPredictor, digits: Any) -> None:
    data = (digits.images[:20], digits.labels[:20])
    rising, mixed = (attack_curve(ann, *data, PGD(2), epsilons) for epsilons in ([0.05, 0.1, 0.2], [0.2, 0.05, 0.1]))
    np.testing.assert_array_equal(rising, mixed[[1, 2, 0]])
    assert attack_curve(ann, *data, FGSM(), 0.1).shape == (1, 20)
