"""What the chosen output does not depend on is not read, and cannot be the reason for a refusal."""

from pathlib import Path

import torch

from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import graph, numbers, written


def test_only_what_the_output_depends_on_is_read(tmp_path: Path) -> None:
    model = graph([("Einsum", ["x"], {"equation": "nchw->n"}), ("Relu", ["x"], {})])
    images = torch.from_numpy(numbers(2, 3, 8, 8))
    imported = from_onnx(written(model, tmp_path))
    assert torch.equal(imported(images), images.relu()) and len(list(imported.children())) == 1
