"""Einsum: the same numbers as onnx's own evaluator; a product of a matrix is a Linear."""

from pathlib import Path

import pytest
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, graph, numbers, same_as_onnx, written

CASES: dict[str, Case] = {
    "a matrix": ([("Einsum", ["x", "m"], {"equation": "bi,io->bo"})], {"m": numbers(8, 5)}, ("n", 8)),
    "a matrix by rows": ([("Einsum", ["m", "x"], {"equation": "oi,bi->bo"})], {"m": numbers(5, 8)}, ("n", 8)),
    "channels": ([("Einsum", ["x", "m"], {"equation": "bchw,dc->bdhw"})], {"m": numbers(5, 3)}),
    "with dots": ([("Einsum", ["x", "m"], {"equation": "...i,ij->...j"})], {"m": numbers(8, 4)}),
    "pairs": ([("Einsum", ["x", "x"], {"equation": "bchw,bdhw->bcd"})], {}),
    "implied": ([("Einsum", ["x", "m"], {"equation": "ai,ib"})], {"m": numbers(8, 5)}, ("n", 8)),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


def test_a_matrix_is_a_layer(tmp_path: Path) -> None:
    nodes, constants, shape = CASES["a matrix"]
    network = from_onnx(written(graph(nodes, constants, shape), tmp_path))
    assert [type(module) for module in network.children()] == [nn.Linear]


@pytest.mark.parametrize("equation", ["bi,bo->io", "bi,io->ob", "bb,io->bo"])
def test_what_mixes_images_is_refused(equation: str, tmp_path: Path) -> None:
    model = graph([("Einsum", ["x", "m"], {"equation": equation})], {"m": numbers(8, 5)}, ("n", 8))
    with pytest.raises(InvalidInput, match="mixes images"):
        from_onnx(written(model, tmp_path))
