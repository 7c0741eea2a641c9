"""What is imported beside what others answer."""

from collections.abc import Callable, Sequence
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
from tests.onnx_check.jumps import by_rounding, with_other_images

TRIES = 8
"""How often other images are drawn for a graph whose answer rounding decides."""
Runtime = Callable[[onnx.ModelProto, np.ndarray], list[np.ndarray]]
"""What answers for a model and images: all outputs."""


def reference(model: onnx.ModelProto, images: np.ndarray) -> list[np.ndarray]:
    """The evaluator that stands beside the definition of the operators."""
    with np.errstate(all="ignore"):
        answers: list[np.ndarray] = ReferenceEvaluator(model).run(None, {"x": images})
    return answers


def onnxruntime(model: onnx.ModelProto, images: np.ndarray) -> list[np.ndarray]:
    """The runtime that most files are written for, with no operators put together."""
    import onnxruntime as runtime

    settings = runtime.SessionOptions()
    settings.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.intra_op_num_threads, settings.log_severity_level = 1, 4
    session = runtime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    answers: list[np.ndarray] = session.run(None, {"x": images})
    return answers


def imported(made: DrawnModel, output: Any, folder: Path) -> list[np.ndarray]:
    """The values of one output, or of several names, as they are imported. Raises what an import raises."""
    path = folder / "drawn.onnx"
    path.write_bytes(made.model.SerializeToString())
    walk = OnnxWalk(path, None, Choice(output), RoundedValues(leave_off=False))
    network: Any = walk.run()
    images = made.images if walk.start.channels_first else made.images.transpose(0, 3, 1, 2)
    with torch.no_grad():
        found = network(torch.from_numpy(np.ascontiguousarray(images)))
    return [one.numpy() for one in (found if isinstance(found, tuple) else (found,))]


def compared(made: DrawnModel, runtime: Runtime, folder: Path) -> tuple[str, str]:
    """ "equal", "equal on other images", "on a jump", "wrong", "refused" or "not run", and why.

    Where another answer comes from a jump (see `jumps.by_rounding`) the graph is asked again with other images.
    """

    def values(drawn: DrawnModel, names: Sequence[str]) -> list[np.ndarray]:
        return imported(drawn, list(names), folder)

    kind, why = _once(made, runtime, folder)
    for again in range(TRIES):
        if kind != "wrong" or not by_rounding(made, runtime, values):
            break
        made = with_other_images(made, again)
        kind, why = _once(made, runtime, folder)
        if kind == "equal":
            return "equal on other images", why
    else:
        return "on a jump", why
    return kind, why


def _once(made: DrawnModel, runtime: Runtime, folder: Path) -> tuple[str, str]:
    try:
        found = imported(made, None, folder)[0]
    except SpikewrightError as error:
        return "refused", str(error).replace(str(folder), "")
    try:
        wanted = runtime(made.model, made.images)[0]
    except Exception as error:  # a runtime raises what it likes for what it lacks
        return "not run", f"{type(error).__name__}: {str(error).splitlines()[0][:300]}"
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
