"""Files that onnxruntime.quantization writes itself, where it is installed: its integers, and its answers."""

from pathlib import Path

import pytest

from spikewright.compress import from_quantized_onnx
from tests.onnx_check.quantised_files import (
    SETTINGS,
    QuantisedSettings,
    integers_of,
    quantised,
    quantised_outcome,
    tensors_of,
)

runtime = pytest.importorskip("onnxruntime", reason="the extra ort is not installed")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda one: one.told)
@pytest.mark.parametrize("name", ["residual", "weight norm, old", "sounds", "pyramid"])
def test_integers_and_answers(name: str, settings: QuantisedSettings, tmp_path: Path) -> None:
    assert quantised_outcome(name, settings, tmp_path)[0] == "equal"
    small = from_quantized_onnx(path := quantised(name, settings, tmp_path))
    assert integers_of(small) == tensors_of(path) and set(small.bits.values()) == {8}
