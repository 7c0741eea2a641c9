"""The figure of a search in a report, with a caption that says what was tried."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from spikewright import Table
from spikewright.experiments.plots.pictures import FigureFolder
from spikewright.experiments.plots.search_pictures import pictures_of_search
from spikewright.experiments.plots.style import styled
from tests.experiments.exploring.spaces import study_of


def result(rows: list[dict[str, Any]], **search: Any) -> Any:
    return SimpleNamespace(study=study_of(**search), tables={"points": Table.of(rows)} if rows else {})


ROW = {"accuracy": 0.9, "steps": 3, "feasible": True, "front": True}


def test_the_caption_says_what_was_tried(tmp_path: Path) -> None:
    made = result([ROW, {**ROW, "accuracy": 0.8, "front": False}], sampler="random", constraints={"steps": {"most": 9}})
    with styled():
        (picture,) = pictures_of_search(made, FigureFolder(tmp_path))
    assert picture.caption.startswith("2 points were tried, asked for by random, seed 0; 1 of them are on the front")
    assert "Constraints: steps." in picture.caption and picture.base.with_suffix(".svg").is_file()


def test_no_points_no_picture(tmp_path: Path) -> None:
    assert pictures_of_search(result([]), FigureFolder(tmp_path)) == [] == list(tmp_path.iterdir())
    plain = SimpleNamespace(study=study_of().model_copy(update={"search": None}), tables={})
    assert pictures_of_search(plain, FigureFolder(tmp_path)) == []  # type: ignore[arg-type]
