"""Early decision, on the reference engine: when a sample stops, and that nothing happens to it afterwards."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Quiescence,
    RateCode,
    SignedIF,
    Source,
    TerminateDelta,
    TerminateMax,
    dense,
)
from tests.snn.small import reference, single

DECISIONS = st.sampled_from([TerminateDelta(1), TerminateDelta(3), TerminateMax(2), TerminateMax(0.5), Quiescence()])


def counters(decision, code=RateCode(8), classes=3):  # noqa: B008 - frozen
    """Each class counts the spikes of its pixel."""
    return single(((classes,), (classes,)), IF(1.0), Identity(), code, decision=decision)


def test_delta_stops_when_the_best_class_leads():
    # counts of x = 1, 1/2, 0 after 1, 2, 3, 4, .. steps: 1 2 3 4 / 1 1 2 2 / 0: the lead is 0 1 1 2
    activity = reference(counters(TerminateDelta(2)), [[1.0, 0.5, 0.0], [1.0, 1.0, 0.0]])
    assert activity.decision_step.tolist() == [4, 8]
    assert activity.logits[0].tolist() == [4, 2, 0]
    assert activity.rasters["a"][:, 0].sum(axis=0).tolist() == [4, 2, 0]
    assert activity.spikes["in"].tolist() == [6, 16] == activity.synaptic_operations["in->a"].tolist()
    assert activity.logits_over_time[3:, 0].tolist() == [[4, 2, 0]] * 5


def test_max_stops_at_a_count():
    activity = reference(counters(TerminateMax(3)), [[1.0, 0.0, 0.0], [0.5, 0.25, 0.0], [0.25, 0.25, 0.25]])
    assert activity.decision_step.tolist() == [3, 5, 8]  # x = 1/2 fires in steps 0, 2, 4


def test_one_class_never_leads():
    assert reference(counters(TerminateDelta(1), classes=1), [[1.0]]).decision_step.tolist() == [8]


def test_quiescence_waits_for_the_end_of_the_input():
    # 2 steps of .5 from .25: 1.25 fires in step 1, .25 left; step 2 is quiet. 2 steps of 1.5 leave spikes for steps 2
    code = Direct(9, window=2)
    activity = reference(counters(Quiescence(), code, 1), [[0.5], [1.5], [0.0]])
    assert activity.decision_step.tolist() == [3, 4, 3]
    assert reference(counters(Quiescence(), Direct(9), 1), [[0.0]]).decision_step.tolist() == [9]
    assert reference(counters(Quiescence(), RateCode(9), 1), [[0.0]]).decision_step.tolist() == [9]


def recurrent(decision, seed, code):
    random = np.random.default_rng(seed)
    weights = [
        Linear(dense((random.integers(-6, 10, shape) / 8).astype(np.float32))) for shape in ((5, 4), (3, 5), (5, 3))
    ]
    neurons = (("a", 5, SignedIF(0.5)), ("out", 3, IF(0.75)))
    parts = (Population("in", (4,), Source()), *(Population(name, (size,), n) for name, size, n in neurons))
    links = [Projection(*ends, w) for ends, w in zip((("in", "a"), ("a", "out")), weights[:2], strict=True)]
    links.append(Projection("out", "a", weights[2], delay=2))
    return Network(parts, tuple(links), "in", "out", code, readout="count", decision=decision)


@settings(max_examples=40)
@given(DECISIONS, st.integers(0, 2**20), st.sampled_from([RateCode(12), Direct(12), Direct(12, window=4)]))
def test_until_it_stops_a_sample_does_what_it_would_do_anyway(decision, seed, code):
    images = np.random.default_rng(seed + 1).random((6, 4), dtype=np.float32)
    network = recurrent(decision, seed, code)
    early, late = reference(network, images), reference(replace(network, decision=None), images)
    for sample, taken in enumerate(early.decision_step):
        for what in ("rasters", "potentials"):
            for name, record in getattr(early, what).items():
                if len(record) > 1:
                    np.testing.assert_array_equal(record[:taken, sample], getattr(late, what)[name][:taken, sample])
                    assert not record[taken:, sample].any()
        logits = early.logits_over_time[:, sample]
        np.testing.assert_array_equal(logits[:taken], late.logits_over_time[:taken, sample])
        assert np.all(logits[taken:] == logits[taken - 1])
        short = reference(
            replace(network, decision=None, code=replace(code, steps=int(taken), **window(code, taken))), images
        )
        assert early.spikes["a"][sample] == short.spikes["a"][sample]
        for name, count in early.synaptic_operations.items():
            assert count[sample] == short.synaptic_operations[name][sample]


def window(code, taken):
    return {"window": min(code.window, int(taken))} if getattr(code, "window", None) else {}


def test_potentials_decide_too():
    network = single(((3,), (3,)), Integrator(), Identity(), RateCode(8), decision=TerminateDelta(0.75))
    assert reference(network, [[1.0, 0.0, 0.5]]).decision_step.tolist() == [2]


@pytest.mark.parametrize("build", [lambda: TerminateDelta(0), lambda: TerminateDelta(np.nan), lambda: TerminateMax(-1)])
def test_decisions_refuse_nonsense(build):
    with pytest.raises(InvalidInput, match="expected"):
        build()
