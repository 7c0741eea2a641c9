"""What lies between a source and its weights does what the engine does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spikewright import snn
from spikewright.hardware.cosim.comparing import differences
from tests.hardware.cosim.drawn import drawn_lanes
from tests.hardware.cosim.drawn_routes import delayed, ordered, ordered_linear, recurrent, separable, sequences
from tests.hardware.cosim.test_comparing import images_for, needs_icarus


@needs_icarus
@pytest.mark.parametrize("seed", [2, 5])
@pytest.mark.parametrize("draw", [sequences, separable, ordered_linear, ordered, delayed, recurrent])
def test_drawn_networks_are_equal(draw: Callable[[int], snn.Network], seed: int, tmp_path: Path) -> None:
    network = draw(seed)
    assert differences(network, drawn_lanes(network, seed), images_for(network, seed, 2), tmp_path) == ()
