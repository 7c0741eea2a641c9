"""Winner-take-all circuits fire the neurons, in the steps, that the law says, and answer with their counts."""

from dataclasses import replace
from pathlib import Path

import pytest

from spikewright.hardware.circuit.winners import build_winners
from spikewright.hardware.cosim.winners import winners_differences
from tests.hardware.cosim.drawn_winners import competing, spikes_for
from tests.hardware.cosim.test_comparing import needs_icarus


@needs_icarus
@pytest.mark.parametrize("seed", [1, 5, 9])
def test_drawn_networks_are_equal_at_two_choices_of_lanes(seed: int, tmp_path: Path) -> None:
    network, lanes = competing(seed)
    for count in {1, lanes}:
        assert (
            winners_differences(build_winners(network, count, tmp_path / str(count)), spikes_for(network, seed)) == ()
        )


@needs_icarus
def test_another_network_is_told_apart(tmp_path: Path) -> None:
    network, lanes = competing(5)
    circuit = build_winners(network, lanes, tmp_path / "circuit")
    changed = replace(circuit, network=replace(network, thresholds=network.thresholds * 3))
    told = winners_differences(changed, spikes_for(network, 5))
    assert told and "differ first in image" in told[0]
