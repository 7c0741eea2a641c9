"""The design that flags mean."""

from argparse import ArgumentTypeError
from dataclasses import replace

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.experiments.cli.arguments import design_name
from spikewright.experiments.cli.designing import design_asked, fitting, lanes_asked
from spikewright.experiments.stages.building import HardwareStage
from spikewright.hardware import DEVICES, estimate, explore, time_multiplexed
from spikewright.snn import IF, Conv2d, Integrator, Linear, Network, Population, Projection, RateCode, Source
from tests.hardware.small_networks import active, perceptron


def test_lanes_are_no_more_than_a_layer_has_channels() -> None:
    stage = HardwareStage(device="ecp5-25k", clock_mhz=50.0)
    point = lanes_asked(perceptron((8, 6, 3)), 4, stage)
    assert [layer.lanes.axes for layer in point.layers] == [(4, 1, 1), (3, 1, 1)]
    assert (point.device_name, point.clock_mhz) == ("ecp5-25k", 50.0)


MAPS = Network(
    (
        Population("in", (1, 8, 8), Source()),
        Population("maps", (4, 8, 8), IF(100), 0, 0, 12),
        Population("out", (10,), Integrator(), 0, 0, 12),
    ),
    (
        Projection("in", "maps", Conv2d(np.ones((4, 1, 3, 3), np.int8), padding=(1, 1))),
        Projection("maps", "out", Linear(np.ones((10, 256), np.int8))),
    ),
    "in", "out", RateCode(2), numbers="fixed",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2/10", [(2, 1, 1), (10, 1, 1)]),
        ("2x4x1/5", [(2, 4, 1), (5, 1, 1)]),
        ("3x1x2/10", [(3, 1, 2), (10, 1, 1)]),
        ("4x2/1", [(4, 2, 1), (1, 1, 1)]),
    ],
)
def test_lanes_are_spelled(text: str, wanted: list[tuple[int, ...]]) -> None:
    point = design_asked(MAPS, active(MAPS, {"in": 9}), design_name(text), HardwareStage(clock_mhz=50.0))
    assert [layer.lanes.axes for layer in point.layers] == wanted and point.clock_mhz == 50.0


def test_what_explore_lists_is_the_same_design() -> None:
    activity = active(MAPS, {"in": 9, "maps": 9})
    found = explore([(MAPS, activity)])
    for one in found.estimates:
        assert design_asked(MAPS, activity, design_name(one.point.label), HardwareStage()) == one.point


def test_other_spellings_are_refused() -> None:
    for text in ("", "fast", "0/1", "1/", "1x2x3x4/1", "1.5/2", "-1/2"):
        with pytest.raises(ArgumentTypeError, match="physical neurons such as 16/8/10, got"):
            design_name(text)
    with pytest.raises(InvalidInput, match=r"for each of maps, out, got 1/2/3; try 1/1"):
        design_asked(MAPS, active(MAPS, {"in": 9}), "1/2/3", HardwareStage())
    with pytest.raises(InvalidInput, match="1 to 10 physical neurons for 'out', got 11"):
        design_asked(MAPS, active(MAPS, {"in": 9}), "1/11", HardwareStage())


def test_a_design_says_how_it_fits() -> None:
    activity = active(MAPS, {"in": 9, "maps": 9})
    one = estimate(MAPS, activity, time_multiplexed(MAPS))
    assert fitting(one) == "fits xc7a100t" and one.surely_fits
    middle = replace(DEVICES["xc7a100t"], name="middle", lut=int(one.lut.value) + 1)
    other = estimate(MAPS, activity, time_multiplexed(MAPS, device=middle))
    assert other.fits and not other.surely_fits and repr(other).endswith("fits by the middle, not by the high ends)")
    assert fitting(other).startswith("fits middle by its middle estimate; at the high end of its bounds it takes ")
    small = estimate(MAPS, activity, time_multiplexed(MAPS, device=replace(middle, name="small", lut=9)))
    assert fitting(small).startswith("does not fit small: ") and "LUT of 9 (" in fitting(small)
