"""What the terminal says of a search: its space before, its front after."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spikewright import Table
from spikewright.experiments.cli.searches import MOST_ROWS, tell_found, tell_space
from tests.experiments.exploring.spaces import study_of


def result(rows: list[dict[str, Any]] | None, **search: Any) -> Any:
    tables = {} if rows is None else {"points": Table.of(rows)}
    return SimpleNamespace(study=study_of(**search), tables=tables, folder=Path("runs/s"))


def row(**more: Any) -> dict[str, Any]:
    return {"point": 0, "network": "n", "feasible": True, "front": True, "accuracy": 0.9, "steps": 3, "why": "", **more}


def test_the_front_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell_found(result([row(), row(point=1, front=False, network="beaten")]))
    told = capsys.readouterr().out
    assert "2 of 38 points tried, 2 feasible, 1 on the front" in told
    assert "accuracy" in told and "feasible  front" not in told and "beaten" not in told
    assert tell_found(result([row(point=n) for n in range(MOST_ROWS + 2)]))
    assert '2 more: spikewright query runs/s "select * from points where front"' in capsys.readouterr().out


def test_without_a_front_it_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert not tell_found(result([row(feasible=False, front=False)], constraints={"steps": {"most": 2}}))
    assert "the nearest has steps 3; try that as its bound" in capsys.readouterr().err


def test_other_studies_and_searches_without_a_point_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell_found(result(None))
    assert tell_found(SimpleNamespace(study=SimpleNamespace(search=None), tables={}, folder=Path()))  # type: ignore[arg-type]
    assert capsys.readouterr().out == ""


def test_the_space_is_told_before(capsys: pytest.CaptureFixture[str]) -> None:
    tell_space(study_of(sampler="random", points=5))
    told = capsys.readouterr().out
    assert "38 points, of which 5 would be tried, by random, 16 at a time" in told and "small.sparsity" in told
    tell_space(study_of(points=100))
    assert "of which 38 would be tried, one after the other" in capsys.readouterr().out
