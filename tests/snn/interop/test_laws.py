"""A law of another library, put into our units, fires in the same steps: stepped by hand in its own potential."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.snn import IF, Burst, Direct, Identity, Integrator, Network, Population, Projection, Source, simulate
from spikewright.snn.interop.laws import ForeignLaw, placed

STEPS = 6


def sixteenths(low: int, high: int) -> Any:
    return st.integers(low, high).map(lambda number: number / 16)


LAWS = st.builds(
    ForeignLaw,
    threshold=sixteenths(1, 24),
    decay=st.sampled_from([1.0, 0.75, 0.5]),
    gain=st.sampled_from([0.5, 1.0, 4.0]),
    current=sixteenths(-2, 4),
    reset=st.sampled_from(["to", "by"]),
    value=st.one_of(st.none(), sixteenths(-16, 20)),
    start=sixteenths(-8, 16),
    strict=st.booleans(),
    refractory=st.integers(0, 2),
)


def by_hand(law: ForeignLaw, inputs: Any) -> Any:
    """Spikes (steps, neurons) of `law` in its own potential."""
    v, deaf, spikes = np.full(inputs.shape, law.start), np.zeros(inputs.shape, int), []
    for _ in range(STEPS):
        charged = law.decay * v + law.gain * inputs + law.current
        fired = ((charged > law.threshold) if law.strict else (charged >= law.threshold)) & (deaf == 0)
        reset = (
            charged - (law.threshold if law.value is None else law.value) if law.reset == "by" else (law.value or 0.0)
        )
        v = np.where(deaf > 0, v, np.where(fired, reset, charged))
        deaf = np.where(fired, law.refractory, np.maximum(deaf - 1, 0))
        spikes.append(fired)
    return np.array(spikes)


@given(law=LAWS, seed=st.integers(0, 999))
def test_a_law_in_our_units_is_the_same_neuron(law: ForeignLaw, seed: int) -> None:
    """Every number is dyadic and every sum exact, so ties at the threshold and resets at any value are compared too."""
    amount = law.threshold if law.value is None else law.value
    assume(amount > 0 if law.reset == "by" else (law.value or 0.0) < law.threshold)
    inputs = np.random.default_rng(seed).integers(-8, 25, 40) / 16
    here = placed(law, "a", (40,))
    parts = (Population("in", (40,), Source()), Population("a", (40,), here.neuron, here.bias, here.initial))
    network = Network(parts, (Projection("in", "a", Identity()),), "in", "a", Direct(STEPS), readout="count")
    found = simulate(network, inputs[None].astype(np.float32), engine="reference", record=("rasters",)).rasters["a"]
    np.testing.assert_array_equal(found[:, 0], by_hand(law, inputs))


def test_what_is_the_same_already_is_not_touched() -> None:
    here = placed(ForeignLaw(threshold=np.float32(0.3)), "a", (4,))
    assert isinstance(here.neuron, IF) and (here.neuron.threshold, here.bias, here.initial, here.unit) == (
        np.float32(0.3),
        0,
        0,
        1,
    )
    assert isinstance(placed(ForeignLaw(reset="none"), "a", (4,)).neuron, Integrator)
    several = placed(ForeignLaw(threshold=np.array([1.0, 2.0]).reshape(1, 2, 1), limit=3), "a", (2, 5)).neuron
    assert isinstance(several, Burst) and np.array_equal(several.threshold, [1, 2])


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (ForeignLaw(decay=0.0), "expected a decay in .0, 1.*keeps no potential"),
        (ForeignLaw(gain=-1.0), "expected an input gain > 0"),
        (ForeignLaw(reset="to", value=1.5), "expected a reset below the threshold, got threshold 1 and 1.5"),
        (ForeignLaw(value=-0.5), "expected a reset that takes something off"),
        (ForeignLaw(decay=0.5, limit=3), "several spikes a step"),
        (ForeignLaw(threshold=np.ones(3)), "expected a parameter that fits .4,.*got the shape .3,"),
        (ForeignLaw(threshold=np.nan), "expected finite parameters"),
        (ForeignLaw(current=np.inf), "expected finite parameters"),
    ],
)
def test_a_law_without_a_record_is_refused_by_name(law: ForeignLaw, words: str) -> None:
    with pytest.raises(InvalidNetwork, match=f"'a': {words}"):
        placed(law, "a", (4,))
