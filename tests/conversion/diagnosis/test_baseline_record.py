"""Both networks side by side."""

import pytest
import torch

from spikewright.conversion import Rate, baseline, convert
from spikewright.conversion.diagnosis.baseline_record import Baseline
from spikewright.snn import (
    Network,
)
from tests.conversion.architectures import CASES, build, images


def rate(name: str, steps: int = 5, **options: object) -> tuple[torch.nn.Module, Network, torch.Tensor]:
    case = CASES[name]
    model, x = build(case), images(case, 16)
    return model, convert(model, x, Rate(steps, **{"percentile": 99.9, "calibration": None, **options})), x  # type: ignore[arg-type]


def test_side_by_side() -> None:
    model, network, x = rate("lenet")
    found = baseline(model, network, x)
    assert isinstance(found, Baseline) and "CNN at equal information" in str(found)
    table = {row["measure"]: row for row in found.table}
    assert table["operations"]["SNN / CNN"] == pytest.approx(found.snn.operations / found.cnn.operations)
    assert [row["side"] for row in found.rows()] == ["CNN at equal information", "SNN"]
