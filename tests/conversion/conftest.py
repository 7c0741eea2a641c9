"""What several tests of conversion read: the digits, and the zoo's network for them."""

from typing import Any

import pytest
from torch import nn

from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.zoo import load


@pytest.fixture(scope="session")
def digits() -> Any:
    return load_dataset("digits")


@pytest.fixture(scope="session")
def trained() -> nn.Module:
    return load("small-digits")
