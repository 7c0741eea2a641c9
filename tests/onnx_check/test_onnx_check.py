"""A little of `make onnx-check`: drawn graphs beside onnx's own evaluator, damaged files, exporters, and the page."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import helper, numpy_helper

from tests.onnx_check import damage, page
from tests.onnx_check.comparing import compared, near, reference
from tests.onnx_check.drawing import DrawnModel, drawn
from tests.onnx_check.exporting import outcome
from tests.onnx_check.jumps import by_rounding
from tests.onnx_check.lifting import lifted
from tests.onnx_check.networks import network
from tests.onnx_check.node_cases import OperatorRow
from tests.onnx_check.parts import parts
from tests.onnx_check.progress import Progress, begun

LATER = range(15, 22)
"""The evaluator has batch norms of training in earlier versions."""


@pytest.mark.filterwarnings("ignore")
def test_drawn_graphs_are_equal(tmp_path: Path) -> None:
    """Some the evaluator cannot run: odd pads of transposed convolutions. Its LRN goes over images instead of channels."""
    made = {seed: drawn(seed, LATER) for seed in range(80)}
    judged = {seed: one for seed, one in made.items() if all(node.op_type != "LRN" for node in one.model.graph.node)}
    found = {seed: compared(one, reference, tmp_path) for seed, one in judged.items()}
    assert [one for one in found.items() if one[1][0] in ("wrong", "refused")] == []
    assert sum(kind == "equal" for kind, _ in found.values()) >= 50


def test_the_same_seed_draws_the_same_graph() -> None:
    one, two = drawn(3), drawn(3)
    assert one.model.SerializeToString() == two.model.SerializeToString() and np.array_equal(one.images, two.images)
    assert {drawn(seed).last for seed in range(8)} == {False, True}


@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    found = Counter(damage.outcome(seed, tmp_path) for seed in range(300))
    assert set(found) == {"read", "refused"} and found["refused"] > 150


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("version", [11, 17, 20])
@pytest.mark.parametrize("name", ["weight norm, old", "weight norm, parametrised", "casts", "pyramid", "slices"])
def test_networks_that_an_exporter_writes(name: str, version: int, tmp_path: Path) -> None:
    model, images = network(name)
    assert outcome(model, images, ("TorchScript", version), tmp_path / "net.onnx")[0] == "equal"


COUNTED = {"commit": "abc", "onnx": "1", "onnxruntime": "2", "torch": "3"}


def test_the_page_tells_counts_and_reasons(tmp_path: Path) -> None:
    rows = {"Conv": OperatorRow(equal=3), "TopK": OperatorRow(refused=Counter({"a|b": 2}), no_batch=1)}
    checks = {"files": {"read": 1200, "wrong": 0}}
    page.save({"counted": COUNTED, "operators": page.as_json(rows), "checks": checks}, tmp_path / "kept.json")
    page.write(page.load(tmp_path / "kept.json"), tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert "Counted on commit abc, with onnx 1, onnxruntime 2 and torch 3." in text
    assert (
        "one by one | 3 equal, 0 wrong, 2 refused, 1 no batch |" in text and "| files | 1,200 read, 0 wrong |" in text
    )
    assert "| Conv | 3 |  |  |  |" in text and "| TopK |  | 2 | 1 | a\\|b |" in text


def test_a_run_goes_on_where_it_stopped_on_the_same_commit_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept.part.json"
    first = begun(path, "abc")
    first.add("files", [("equal", ""), ("wrong", "seed 3")])
    first.add("files", [("equal", "")])
    assert begun(path, "abc").of("files") == {"done": 2, "counts": {"equal": 2, "wrong": 1}, "wrong": ["seed 3"]}
    assert not begun(path, "abd").parts
    Progress(path, "abc and changes", first.parts).keep()
    assert not begun(path, "abc and changes").parts


def test_every_graph_and_file_is_counted_once() -> None:
    found = {part.name: part for part in parts(graphs=600, damages=251)}
    assert [found[name].pieces for name in ("graphs", "damages", "dynamo", "quantised")] == [3, 2, 12, 12]
    assert "600 drawn graphs" in found["graphs"].told and found["damages"].kinds == ("read", "refused", "wrong")


def _cut(given: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> bool:
    """Whether a Floor in a graph of its own explains what differs between the values of a runtime and those imported."""
    node = helper.make_node("Floor", ["a"], ["b"])
    start = helper.make_tensor_value_info("x", 1, [1, 2])
    model = helper.make_model(helper.make_graph([node], "g", [start], [start]))
    made = DrawnModel(model, np.zeros((1, 2), np.float32), last=False)
    return by_rounding(made, lambda *_: list(given.values()), lambda _, names: [found[name] for name in names])


def test_a_jump_explains_what_rounding_decides_and_nothing_else() -> None:
    given = {"a": np.array([[1.0, 2.5]]), "b": np.array([[1.0, 2.0]])}
    below = {"a": np.array([[1 - 1e-7, 2.5]]), "b": np.array([[0.0, 2.0]])}
    assert _cut(given, below)
    assert not _cut(given, given)
    assert not _cut(given, {**below, "a": given["a"]}), "another result for the same number"
    assert not _cut(given, {**below, "a": np.array([[0.9, 2.5]])}), "another number"
    assert not _cut(given, {"a": below["a"], "b": np.array([[0.0, 3.0]])}), "another result elsewhere"


@pytest.mark.parametrize(
    ("op", "settings", "constants", "shape"),
    [
        ("Transpose", {}, {}, (2, 3, 4)),
        ("Softmax", {"axis": 0}, {}, (2, 3, 4)),
        ("Concat", {"axis": 0}, {"c": np.ones((1, 3), np.float32)}, (2, 3)),
        ("ReduceSum", {"keepdims": 0}, {"c": np.array([0])}, (2, 3, 4)),
        ("ReduceL1", {}, {}, (2, 3)),
        ("Reshape", {}, {"c": np.array([3, 2])}, (2, 3)),
        ("Slice", {}, {"c": np.array([1]), "d": np.array([2])}, (2, 3)),
        ("Pad", {}, {"c": np.array([1, 0, 0, 2])}, (2, 3)),
        ("MeanVarianceNormalization", {}, {}, (2, 3, 4, 5)),
    ],
)
def test_a_batch_in_front_changes_no_numbers(op: str, settings: Any, constants: Any, shape: Any) -> None:
    node = helper.make_node(op, ["x", *constants], ["y"], **settings)
    start, end = helper.make_tensor_value_info("x", 1, shape), helper.make_tensor_value_info("y", 1, None)
    model = helper.make_model(
        helper.make_graph([node], "g", [start], [end]), opset_imports=[helper.make_opsetid("", 18)]
    )
    images = np.random.default_rng(1).normal(size=shape).astype(np.float32)

    def answer(kept: dict[str, np.ndarray], given: np.ndarray) -> np.ndarray:
        del model.graph.initializer[:]
        model.graph.initializer.extend(numpy_helper.from_array(one, name) for name, one in kept.items())
        return reference(model, given)[0]

    wanted, kept = answer(constants, images), dict(constants)
    assert lifted(model, kept, len(shape)) and len(model.graph.input[0].type.tensor_type.shape.dim) == len(shape) + 1
    assert np.allclose(answer(kept, images[None]), wanted[None], atol=1e-5)


def test_near_means_shape_places_and_numbers() -> None:
    one = np.array([1.0, np.inf])
    assert near(one, one)[0] == "equal" and near(one, one[:1])[0] == "wrong"
    assert near(np.array([1.0, 2.0]), one)[0] == "wrong" and near(np.array([1.001, np.inf]), one)[0] == "wrong"


def _row(kept: dict[str, Any]) -> OperatorRow:
    return OperatorRow(kept["equal"], kept["wrong"], Counter(kept["refused"]), kept["no_batch"])


def test_the_page_is_written_of_what_was_counted(tmp_path: Path) -> None:
    page.write(page.load(page.RESULTS), tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == page.PAGE.read_text()
    assert page.whole({name: _row(row) for name, row in page.load(page.RESULTS)["operators"].items()})["wrong"] == 0
