"""What is read off a finished simulation, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.snn import IF, Direct, Identity, PhaseCode, Quiescence, RateCode, TerminateDelta, TerminateMax
from tests.snn.small import reference, single

SHAPES = ((2,), (2,))
IMAGE = [[1.0, 0.5]]


def network(**options):
    return single(SHAPES, IF(1.0), Identity(), options.pop("code", RateCode(4)), **options)


@pytest.mark.parametrize(
    ("readout", "wanted"),
    [
        ("count", [[1, 1], [2, 1], [3, 2], [4, 2]]),
        ("first", [[1, 1], [2, 2], [3, 3], [4, 4]]),
        ("potential", [[0, 0]] * 4),
    ],
)
def test_readouts(readout, wanted) -> None:
    assert reference(network(readout=readout), IMAGE).logits_over_time[:, 0].tolist() == wanted


def test_weights_of_steps_are_counted() -> None:
    weighted = reference(network(code=PhaseCode(2)), [[1.0, 1 / 3]])
    assert weighted.logits.tolist() == [[3, 1]] and weighted.spikes["a"].tolist() == [3]


@pytest.mark.parametrize(
    ("decision", "taken"), [(None, 4), (TerminateDelta(1), 2), (TerminateMax(3), 3), (Quiescence(), 4)]
)
def test_a_sample_stops_when_it_has_decided(decision, taken) -> None:
    activity = reference(replace(network(), decision=decision), IMAGE)
    assert activity.decision_step.tolist() == [taken]
    assert activity.spikes["a"].tolist() == [activity.rasters["a"][:taken].sum()]
    assert not activity.rasters["a"][taken:].any()
    assert np.array_equal(activity.logits_over_time[-1], activity.logits_over_time[taken - 1])


def test_rest_comes_after_the_last_current() -> None:
    activity = reference(replace(network(code=Direct(6, window=2)), decision=Quiescence()), IMAGE)
    assert activity.decision_step.tolist() == [3]
