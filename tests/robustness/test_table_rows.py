"""The rows of one predictor: noise over chips, attacks over budgets."""

from typing import Any

import numpy as np

from spikewright.robustness import (
    FGSM,
    SnnPredictor,
    SpikeDeletionFault,
    WeightBitFlipsFault,
    WeightVariationFault,
    evaluate,
)
from spikewright.snn import Network


def test_an_interval_over_chips_holds_the_mean_over_chips(rate_network: Network, digits: Any) -> None:
    """Eight seeds with five chips each: the interval of each holds the mean of all forty, but for one."""
    predictor = SnnPredictor(rate_network.to_fixed(weight_bits=6))
    data = (digits.images[:100], digits.labels[:100])
    tables = [evaluate([predictor], data, [(WeightBitFlipsFault(), [0.01])], seed=seed) for seed in range(8)]
    rows = [table.where(perturbation="WeightBitFlips") for table in tables]
    mean = float(np.mean([row["accuracy"][0] for row in rows]))
    assert sum(row["low"][0] <= mean <= row["high"][0] for row in rows) >= 7
    assert {row["over"][0] for row in rows} == {"images and chips"}
    assert {row["chips"][0] for row in rows} == {5}


def test_what_is_drawn_for_each_image_needs_no_chips(snn: SnnPredictor, digits: Any) -> None:
    plan = [(SpikeDeletionFault(), [0.2]), (WeightVariationFault(), [0.0, 0.3])]
    table = evaluate([snn], (digits.images[:20], digits.labels[:20]), [*plan, FGSM()], [0.1], chips=2)
    assert table["over"] == ["images", "images", "images", "images and chips", "images"]
    assert table["chips"] == [None, None, 1, 2, None]
