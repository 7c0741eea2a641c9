"""Networks in Norse answer as the event engine does, spike for spike."""

from hypothesis import given

from spikewright.snn.interop import norse
from tests.snn.interop.agreement import FEW, assert_agrees
from tests.snn.strategies import ORDERED, Case, cases


@FEW
@given(case=cases("spiking", "float32", ORDERED))
def test_norse_equals_event(case: Case) -> None:
    assert_agrees(norse, case.network, case.images, 1e-5)
