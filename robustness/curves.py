"""The worst case of an attack at several budgets."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.progress import watched
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.checks import as_strengths, check_images, check_labels
from spikewright.robustness.predictor import Predictor

Standing = NDArray[np.bool_]
"""Which examples a model still gets right."""


@watched
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
