"""A small core that lies in a folder."""

from pathlib import Path

import pytest

from spikewright.hardware import export, time_multiplexed
from tests.hardware.small_networks import perceptron


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    network = perceptron((12, 6, 3), steps=4)
    return export(network, time_multiplexed(network), tmp_path / "core")
