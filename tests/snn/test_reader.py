"""A simulator that was written from the docstrings of the records alone agrees with the engines, bit for bit in fixed point.

Where it differs, a docstring is wrong, or an engine: the docstrings are what users and hardware rely on.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import InputNoise, simulate
from spikewright.snn.disturb.preparation import RUNNING
from tests.snn.full_strategies import STEPPED, Wish, disturbances, full_cases
from tests.snn.reader.simulator import run

WISHES = [
    *(Wish("spiking", "fixed", code) for code in STEPPED),
    *(Wish(family, "fixed") for family in ("quantised", "timed")),
    Wish(numbers="fixed", late=False),
    Wish(numbers="fixed", decides=True),
]
NETWORKS = 504


@st.composite
def cases(draw, wish: Wish):
    """A case and the noise of its run, often none."""
    case = draw(full_cases(wish))
    chosen = draw(st.just(()) | disturbances(case.network))
    return case, tuple(one for one in chosen if isinstance(one, (*RUNNING, InputNoise)))


@pytest.mark.parametrize("wish", WISHES, ids=str)
def test_a_reader_of_the_docstrings_gets_the_same_answers(wish: Wish) -> None:
    @settings(max_examples=NETWORKS // len(WISHES))
    @given(cases(wish))
    def holds(drawn) -> None:
        case, noise = drawn
        agree(case.network, case.images, noise)

    holds()


def agree(network, inputs, noise) -> None:
    mine = run(network, inputs, noise)
    activity = simulate(network, inputs, noise=noise, record=("rasters", "potentials"))
    alone = network.by_name[network.output].size == 1  # a single score decides nothing
    for name in ("decision_step",) if alone else ("predictions", "decision_step"):
        assert np.array_equal(getattr(mine, name), getattr(activity, name)), name
    assert np.array_equal(mine.logits, activity.logits_over_time)
    for ours, theirs in (
        (mine.spikes, activity.spikes),
        (mine.operations, activity.synaptic_operations),
        (mine.rasters, activity.rasters),
        (mine.potentials, activity.potentials),
    ):
        assert ours.keys() == theirs.keys()
        for name, numbers in theirs.items():
            assert np.array_equal(ours[name].reshape(numbers.shape), numbers), name
