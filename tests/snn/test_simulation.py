"""The verb: which engine runs what, and what it refuses."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.snn import IF, Direct, Identity, PhaseCode, RateCode, TtfsCode, simulate, with_steps
from spikewright.snn.simulation import ENGINES
from tests.snn.every_record import NETWORKS
from tests.snn.small import single

ONE = np.ones((1, 2), np.float32)


def network(code=None):
    return single(((2,), (2,)), IF(1.0), Identity(), code or RateCode(3))


def test_each_network_has_its_engine() -> None:
    timed = NETWORKS["Ttfs"]
    images = np.zeros((1, *timed.populations[0].shape), np.float32)
    assert simulate(timed, images).engine == "temporal" and simulate(network(), ONE).engine == "event"
    with pytest.raises(InvalidInput, match="the engine 'event' or 'reference' for this network, got 'temporal'"):
        simulate(network(), ONE, engine="temporal")
    with pytest.raises(InvalidInput, match=r"try snn\.interop\.norse\.simulate"):
        simulate(network(), ONE, engine="norse")
    with pytest.raises(InvalidInput, match=", ".join(ENGINES)):
        simulate(network(), ONE, engine="fast")


def test_records_are_known() -> None:
    assert simulate(network(), ONE, record="rasters").rasters.keys() == {"in", "a"}
    with pytest.raises(InvalidInput, match="record among rasters, potentials, got weights"):
        simulate(network(), ONE, record=["weights"])


def test_other_steps_keep_the_scale_of_the_logits() -> None:
    longer = with_steps(network(), 6)
    assert longer.steps == 6 and longer.logit_scale == 0.5 and "6 steps" in str(longer.report)
    assert with_steps(network(Direct(4, window=2)), 8).logit_scale == 1.0


@pytest.mark.parametrize(
    ("code", "words"), [(PhaseCode(3), "another period"), (TtfsCode(), "it has windows, not steps")]
)
def test_codes_that_are_not_made_of_steps_refuse_others(code, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        code.with_steps(9)
