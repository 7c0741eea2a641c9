"""Sums over batches: whatever the sizes of the batches were, the numbers are those of all samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.conversion.diagnosis.parts import Activities
from spikewright.conversion.diagnosis.records import LayerDiagnosis
from spikewright.conversion.diagnosis.tally import Tally


def seen(rows: slice) -> Activities:
    random = np.random.default_rng(0)
    stages = [random.random((12, 5)) for _ in range(5)]
    stages[0][:, 3] = stages[4][:, 3] = 0.0
    return Activities(*(stage[rows] for stage in stages), full=stages[4][rows] > 0.7)


def layer_of(*batches: slice) -> LayerDiagnosis:
    tally = Tally(np.ones(1), 1.0)
    for rows in batches:
        tally.take(seen(rows))
    return tally.layer(("a", "node", "IF"), 7)


@given(st.integers(1, 11))
def test_batches_do_not_matter(cut: int) -> None:
    one, two = layer_of(slice(0, 12)), layer_of(slice(0, cut), slice(cut, 12))
    for name, value in one.row().items():
        assert two.row()[name] == (pytest.approx(value) if isinstance(value, float) else value)


def test_numbers_by_hand() -> None:
    layer, all_seen = layer_of(slice(0, 12)), seen(slice(0, 12))
    error = all_seen.decoded - all_seen.activation
    assert layer.error == pytest.approx(np.abs(error).mean()) and layer.bias == pytest.approx(error.mean())
    assert sum(part.contribution for part in layer.parts.values()) == pytest.approx(layer.error)
    assert layer.correlation == pytest.approx(np.corrcoef(all_seen.activation.ravel(), all_seen.decoded.ravel())[0, 1])
    assert layer.silent == layer.silent_in_model == 0.2 and layer.levels == 7


def test_a_constant_has_no_correlation() -> None:
    tally, flat = Tally(None, 1.0), np.ones((4, 2))
    tally.take(Activities(flat, flat, flat, flat, flat, flat > 1))
    layer = tally.layer(("a", "node", "IF"), None)
    assert layer.correlation is None and layer.points is None and layer.error == 0.0
