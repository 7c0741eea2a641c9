"""What flows through a projection."""

from hypothesis import given

from spikewright.hardware.model.flows import event_flow
from spikewright.snn import (
    simulate,
)
from tests.snn.strategies import cases


@given(cases("spiking", "fixed"))
def test_no_event_reaches_more_than_its_row(case) -> None:
    activity = simulate(case.network, case.images, engine="reference")
    for projection in case.network.projections:
        flow = event_flow(case.network, activity, projection)
        assert 0 <= flow.operations <= flow.events * flow.reach.channels * flow.reach.taps * (1 + 1e-12)
        assert flow.operations <= flow.reads * (1 + 1e-12)
