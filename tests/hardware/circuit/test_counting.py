"""Counts stand in front of gates, and of nothing else."""

from pathlib import Path

import pytest

from spikewright.hardware.circuit.top import build
from tests.hardware.cosim.drawn import drawn_lanes
from tests.hardware.cosim.drawn_kinds import gated


@pytest.mark.parametrize("seed", range(8))
def test_every_projection_of_spikes_into_gates_is_counted(seed: int, tmp_path: Path) -> None:
    network = gated(seed)
    circuit = build(network, drawn_lanes(network, seed), tmp_path)
    text = (tmp_path / "core.v").read_text()
    for number, projection in enumerate(network.projections):
        wanted = network.by_name[projection.target].neuron.compares and not circuit.once(projection.source)
        assert (f"counts{number} (" in text) == wanted
        assert f".event_valid({'g' if wanted else 'f'}{number}_valid)" in text
