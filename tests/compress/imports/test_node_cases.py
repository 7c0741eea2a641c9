"""Node cases that the onnx package generates, weights as constants: what is imported equals the answer that comes with it."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from spikewright import SpikewrightError
from spikewright.compress import from_onnx

LAST_AXES = ("test_transpose_all_permutations_1",)
"""Nothing but a transpose of channels to the front: read, as channels-last files are, for images with channels first."""


def as_network(case: Any) -> onnx.ModelProto | None:
    """The model of a case with every input but the first as a constant; None where the first is no batch of floats."""
    inputs = case.data_sets[0][0] if case.model is not None and case.data_sets else []
    fits = len(case.model.graph.input) == len(inputs) and all(isinstance(one, np.ndarray) for one in inputs)
    if not fits or not inputs or inputs[0].dtype.kind != "f" or inputs[0].ndim < 2:
        return None
    if any(one.dtype.kind not in "fiub" for one in inputs[1:]):
        return None
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    names = [one.name for one in model.graph.input]
    del model.graph.input[1:]
    model.graph.initializer.extend(
        numpy_helper.from_array(one, name) for one, name in zip(inputs[1:], names[1:], strict=True)
    )
    return model


def outcome(path: Path, output: str, images: np.ndarray, wanted: np.ndarray) -> str:
    """ "refused", "equal" or "wrong"."""
    try:
        network = from_onnx(path, output=output)
    except SpikewrightError:
        return "refused"
    result = network.requires_grad_(False)(torch.from_numpy(images.astype(np.float32))).numpy()
    near = 2e-3 if wanted.dtype == np.float16 else 1e-4
    same = result.shape == wanted.shape and np.allclose(result, wanted, rtol=near, atol=near, equal_nan=True)
    return "equal" if same else "wrong"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_case_is_wrong(tmp_path: Path) -> None:
    from onnx.backend.test.case.node import collect_testcases

    outcomes: dict[tuple[str, str], str] = {}
    for case in collect_testcases(None):
        model = as_network(case)
        if model is None or case.name in LAST_AXES:
            continue
        path, (inputs, wanted) = tmp_path / "case.onnx", case.data_sets[0]
        path.write_bytes(model.SerializeToString())
        for output, answer in zip(model.graph.output, wanted, strict=True):
            if isinstance(answer, np.ndarray):
                outcomes[case.name, output.name] = outcome(path, output.name, inputs[0], answer)
    assert [name for name, found in outcomes.items() if found == "wrong"] == []
    assert Counter(outcomes.values())["equal"] > 300
