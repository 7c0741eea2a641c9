"""What is imported beside what others answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx.reference import ReferenceEvaluator

from spikewright import SpikewrightError
from spikewright.compress.imports.onnx.choosing import Choice
from spikewright.compress.imports.onnx.rounding import RoundedValues
from spikewright.compress.imports.onnx.walk import OnnxWalk
from tests.onnx_check.drawing import DrawnModel

Runtime = Callable[[onnx.ModelProto, np.ndarray], np.ndarray]
"""What answers for a model and images."""


def reference(model: onnx.ModelProto, images: np.ndarray) -> np.ndarray:
    """The evaluator that stands beside the definition of the operators."""
    with np.errstate(all="ignore"):
        answer: np.ndarray = ReferenceEvaluator(model).run(None, {"x": images})[0]
    return answer


def onnxruntime(model: onnx.ModelProto, images: np.ndarray) -> np.ndarray:
    """The runtime that most files are written for, with no operators put together."""
    import onnxruntime as runtime

    settings = runtime.SessionOptions()
    settings.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.intra_op_num_threads, settings.log_severity_level = 1, 4
    session = runtime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    answer: np.ndarray = session.run(None, {"x": images})[0]
    return answer


def compared(made: DrawnModel, runtime: Runtime, folder: Path) -> tuple[str, str]:
    """ "equal", "wrong", "refused" or "not run", and why."""
    path = folder / "drawn.onnx"
    path.write_bytes(made.model.SerializeToString())
    try:
        walk = OnnxWalk(path, None, Choice(), RoundedValues(leave_off=False))
        network: Any = walk.run()
    except SpikewrightError as error:
        return "refused", str(error).replace(str(path), "the file")
    try:
        wanted = runtime(made.model, made.images)
    except Exception as error:  # a runtime raises what it likes for what it lacks
        return "not run", f"{type(error).__name__}: {str(error).splitlines()[0][:300]}"
    images = made.images if walk.start.channels_first else made.images.transpose(0, 3, 1, 2)
    with torch.no_grad():
        found = network(torch.from_numpy(np.ascontiguousarray(images))).numpy()
    return near(found, wanted)


def near(found: np.ndarray, wanted: np.ndarray, share: float = 1e-4) -> tuple[str, str]:
    """ "equal" where all numbers differ by at most that share of the largest one, else "wrong", and by how much."""
    if found.shape != wanted.shape:
        return "wrong", f"{found.shape} instead of {wanted.shape}"
    finite = np.isfinite(wanted)
    if not np.array_equal(found[~finite], wanted[~finite].astype(found.dtype), equal_nan=True):
        return "wrong", "other places are not finite"
    largest = np.abs(wanted[finite]).max(initial=0.0)
    off = float(np.abs(found[finite] - wanted[finite]).max(initial=0.0))
    return ("equal" if off <= share * max(1.0, largest) else "wrong"), f"{off:.2g} of {largest:.3g}"
