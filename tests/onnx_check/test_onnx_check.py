"""A little of `make onnx-check`: drawn graphs beside onnx's own evaluator, damaged files, exporters, and the page."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.onnx_check import damage, page
from tests.onnx_check.comparing import compared, near, reference
from tests.onnx_check.drawing import drawn
from tests.onnx_check.exporting import outcome
from tests.onnx_check.networks import network
from tests.onnx_check.node_cases import OperatorRow

LATER = range(15, 22)
"""The evaluator has batch norms of training in earlier versions."""


@pytest.mark.filterwarnings("ignore")
def test_drawn_graphs_are_equal(tmp_path: Path) -> None:
    """Some the evaluator cannot run: odd pads of transposed convolutions, responses over few channels."""
    found = {seed: compared(drawn(seed, LATER), reference, tmp_path) for seed in range(75)}
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


def test_the_page_tells_counts_and_reasons(tmp_path: Path) -> None:
    rows = {"Conv": OperatorRow(equal=3), "TopK": OperatorRow(refused=Counter({"a|b": 2}), no_batch=1)}
    page.save(
        {"operators": page.as_json(rows), "checks": {"files": {"read": 1200, "wrong": 0}}}, tmp_path / "kept.json"
    )
    page.write(page.load(tmp_path / "kept.json"), tmp_path / "page.md")
    text = (tmp_path / "page.md").read_text()
    assert (
        "one by one | 3 equal, 0 wrong, 2 refused, 1 no batch |" in text and "| files | 1,200 read, 0 wrong |" in text
    )
    assert "| Conv | 3 |  |  |  |" in text and "| TopK |  | 2 | 1 | a\\|b |" in text


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
