"""The rows of one predictor: noise over chips, attacks over budgets."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikewright.robustness import (
    FGSM,
    PGD,
    GaussianNoise,
    SnnPredictor,
    SpikeDeletionFault,
    WeightBitFlipsFault,
    WeightVariationFault,
    evaluate,
    table_rows,
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


def test_blocks_of_images_and_parts_kept_change_no_row(
    snn: SnnPredictor, digits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, plan = (digits.images[:20], digits.labels[:20]), [PGD(3), (GaussianNoise(), [0.4]), FGSM()]
    whole = evaluate([snn], data, plan, [0.02, 0.1])
    monkeypatch.setattr(table_rows, "BLOCK", 7)
    parts: dict[str, Any] = {}

    def kept(name: str, make: Callable[[], Any]) -> Any:
        return parts[name] if name in parts else parts.setdefault(name, make())

    def none(name: str, make: Callable[[], Any]) -> Any:
        return parts[name]

    assert evaluate([snn], data, plan, [0.02, 0.1], kept=kept) == whole
    assert len(parts) == 1 + 3 + 1 + 3
    assert evaluate([snn], data, plan, [0.02, 0.1], kept=none) == whole
