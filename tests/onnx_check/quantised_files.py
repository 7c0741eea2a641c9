"""Files that onnxruntime.quantization writes: what is imported has the integers of the file, and answers as the runtime does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from spikewright import SpikewrightError
from spikewright.compress import Compressed, from_quantized_onnx
from tests.onnx_check.comparing import onnxruntime
from tests.onnx_check.exporting import exported
from tests.onnx_check.networks import network

SHARE = 0.05
"""How far answers may lie apart, of the largest: a runtime rounds activations to 8 bits where here they stay real."""


@dataclass(frozen=True)
class QuantisedSettings:
    """How a file is quantised: "QDQ", "QOperator" or "dynamic"; type of the weights; one scale, or one for each output."""

    form: str
    weights: str
    each: bool

    @property
    def told(self) -> str:
        """In words."""
        return f"{self.form} of {self.weights}, {'a scale for each output' if self.each else 'one scale'}"


SETTINGS = tuple(
    QuantisedSettings(form, weights, each)
    for form in ("QDQ", "QOperator", "dynamic")
    for weights in ("QInt8", "QUInt8")
    for each in (False, True)
)


def quantised(name: str, settings: QuantisedSettings, folder: Path) -> Path:
    """The network of that name in integers, as onnxruntime writes it; static scales are those of its images."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_dynamic,
        quantize_static,
    )

    images = network(name)[1]

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.batches = iter([{"x": images.numpy()}])

        def get_next(self) -> Any:
            return next(self.batches, None)

    exported(network(name)[0], images, "TorchScript", 17, folder / "float.onnx")
    written, kind = folder / "quantised.onnx", QuantType[settings.weights]
    given: dict[str, Any] = {"weight_type": kind, "per_channel": settings.each}
    if settings.form == "dynamic":
        quantize_dynamic(folder / "float.onnx", written, **given)
    else:
        given |= {"quant_format": QuantFormat[settings.form], "activation_type": QuantType.QUInt8}
        quantize_static(folder / "float.onnx", written, Reader(), **given)
    return written


def quantised_outcome(name: str, settings: QuantisedSettings, folder: Path) -> tuple[str, str]:
    """ "equal", "wrong", "refused", or "not run" where onnxruntime cannot write or run such a file; and why."""
    images = network(name)[1].numpy()
    try:
        path = quantised(name, settings, folder)
        wanted = onnxruntime(onnx.load_model(path), images)[0]
    except Exception as error:  # a runtime raises what it likes
        return "not run", f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}"
    try:
        small = from_quantized_onnx(path, ends=True)
    except SpikewrightError as error:
        return "refused", str(error).replace(str(folder), "")
    with torch.no_grad():
        found = small(torch.from_numpy(images)).numpy()
    off = float(np.abs(found - wanted).max() / np.abs(wanted).max()) if found.shape == wanted.shape else np.inf
    missing = not set(integers_of(small)) <= set(tensors_of(path))
    return ("wrong" if off > SHARE or missing else "equal"), f"{off:.2g} of the largest"


def integers_of(small: Compressed) -> list[int]:
    """How many integers each layer has."""
    return sorted(codes.size for codes, _ in small.integers.values())


def tensors_of(path: Path) -> list[int]:
    """How many integers of 8 bits each tensor of the file with several axes has."""
    kept = [one for one in onnx.load_model(path).graph.initializer if one.data_type in (2, 3) and len(one.dims) > 1]
    return sorted(numpy_helper.to_array(one).size for one in kept)
