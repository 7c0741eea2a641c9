"""Files that onnxruntime.quantization writes itself, where it is installed: its integers, and its answers to half a level."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from spikewright.compress import from_quantized_onnx
from tests.onnx_check.comparing import onnxruntime
from tests.onnx_check.exporting import exported
from tests.onnx_check.networks import network

runtime = pytest.importorskip("onnxruntime", reason="the extra ort is not installed")


def quantised(folder: Path, images: np.ndarray, name: str, **settings: Any) -> Path:
    """The network of that name in integers, as onnxruntime calibrates it on the images."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.batches = iter([{"x": images}])

        def get_next(self) -> Any:
            return next(self.batches, None)

    exported(network(name)[0], torch.from_numpy(images), "TorchScript", 17, folder / "float.onnx")
    form, kind = QuantFormat[settings["form"]], QuantType[settings["weights"]]
    written = folder / "quantised.onnx"
    quantize_static(
        *(folder / "float.onnx", written, Reader()),
        quant_format=form,
        weight_type=kind,
        activation_type=QuantType.QUInt8,
        per_channel=settings["each"],
    )
    return written


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("form", ["QDQ", "QOperator"])
@pytest.mark.parametrize("weights", ["QInt8", "QUInt8"])
@pytest.mark.parametrize("each", [False, True], ids=["one scale", "a scale for each channel"])
@pytest.mark.parametrize("name", ["residual", "weight norm, old", "sounds"])
def test_integers_and_answers(name: str, each: bool, weights: str, form: str, tmp_path: Path) -> None:
    images = network(name)[1].numpy()
    path = quantised(tmp_path, images, name, form=form, weights=weights, each=each)
    small = from_quantized_onnx(path)
    model = onnx.load_model(path)
    codes = [
        numpy_helper.to_array(one) for one in model.graph.initializer if one.data_type in (2, 3) and len(one.dims) > 1
    ]
    assert list(small.bits.values()) == [8] * len(codes)
    assert sorted(code.size for code in codes) == sorted(integers.size for integers, _ in small.integers.values())
    with torch.no_grad():
        found = small(torch.from_numpy(images)).numpy()
    wanted = onnxruntime(model, images)
    assert np.abs(found - wanted).max() <= 0.03 * np.abs(wanted).max()
