"""The boxes at the head of a report."""

from typing import Any

import pytest

from spikewright.experiments.report.chain import coded_how, compressed_how
from spikewright.experiments.studies.part_bases import STORED
from spikewright.experiments.studies.parts import CompressionPart, ConversionPart


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "80 % pruned, 4-bit weights"),
        ({"sparsity": 0.915, "bits": None, "activation_bits": 3}, "91.5 % pruned, 3-bit activations"),
        ({"methods": [{"method": "prune"}, {"method": "quantize", "bits": 3}]}, "prune, quantize"),
    ],
)
def test_what_was_done(values: dict[str, Any], told: str) -> None:
    assert compressed_how(CompressionPart.model_validate(values)) == told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"recipe": "rate", "steps": 3, "fixed": {}}, "3 steps of spikes, fixed point"),
        ({"recipe": "ttfs"}, "time to first spike"),
        ({"recipe": "quantized"}, "integers, one step"),
        ({"recipe": "phase"}, "phase"),
        ({"recipe": "mine.codes:Even", "steps": 4}, "Even"),
    ],
)
def test_how_numbers_are_coded(values: dict[str, Any], told: str) -> None:
    assert coded_how(ConversionPart.model_validate({"name": "n", **values}, context={STORED: True})) == told
