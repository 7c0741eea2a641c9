"""What flows into a population: all samples or some, all channels or some, kept or worked out again."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion import Rate, convert
from spikewright.conversion.calibration import arriving
from spikewright.conversion.calibration.arriving import Drives, channel_slices, drive_bytes, of_channels, sample_count
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.conversion.calibration.light import Attempt, attempt
from spikewright.snn import Population
from tests.conversion.architectures import seq


def at_second() -> tuple[LayerRun, Population]:
    """A flow that has run the first of two convolutions, and the second."""
    torch.manual_seed(0)
    model = seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Conv2d(3, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(80, 3)).eval()
    x = torch.rand(40, 1, 8, 8)
    network = convert(model, x, Rate(6, initial="zero", calibration=None))
    flow = LayerRun(network, x, {})
    flow.run(network.order[1])
    return flow, network.order[2]


def test_a_held_input_flows_in_every_step_and_lies_in_memory_once() -> None:
    flow, second = at_second()
    again = LayerRun(flow.network, flow.held.get("input", torch.rand(40, 1, 8, 8)), {})
    first = flow.network.order[1]
    drive = again.drive(first, slice(0, 3))
    assert drive.shape == (6, 3, *first.shape) and drive.stride(0) == 0
    assert drive_bytes(again, first, 40) == 4 * 40 * first.size
    assert drive_bytes(flow, second, 40) == 4 * 6 * 40 * second.size


def test_a_part_of_a_population_has_its_own_channels() -> None:
    _, second = at_second()
    part = of_channels(second, slice(1, 3))
    assert part.shape == (2, *second.shape[1:])
    np.testing.assert_array_equal(part.bias, np.asarray(second.bias)[1:3])
    np.testing.assert_array_equal(part.neuron.threshold, np.asarray(second.neuron.threshold)[1:3])


def test_a_correction_is_the_same_some_channels_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether drives of all channels are kept, those of two, or none."""
    with torch.no_grad():
        flow, second = at_second()
        whole = attempt(flow, second, 6)
        for most, parts in ((drive_bytes(flow, second, 40) // 3, 3), (1, 5)):
            monkeypatch.setattr(arriving, "KEPT_BYTES", most)
            assert len(channel_slices(flow, second, 40)) == parts
            _equal(whole, attempt(flow, second, 6))


def _equal(one: Attempt, other: Attempt) -> None:
    assert other.drives is None
    torch.testing.assert_close(one.shift.bias, other.shift.bias)
    torch.testing.assert_close(one.shift.initial, other.shift.initial)
    assert other.after == pytest.approx(one.after) and one.after < one.before


def test_drives_of_all_samples_are_taken_on() -> None:
    with torch.no_grad():
        flow, second = at_second()
        drives = Drives(flow, second, sample_count(flow, second))
        assert not drives.complete
        rates = drives.rates(second)
        assert drives.complete and torch.equal(rates, flow.run(second, drives)[0])
        fewer = Drives(flow, second, 20)
        assert drives.fit == 30 and fewer.fit == 15 and not fewer.complete
