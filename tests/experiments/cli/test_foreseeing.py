"""A dry run in words: 30 cells one by one, 2,000 by stage; what is not known is said, and what does not fit."""

import pytest

from spikewright.experiments.cli import foreseeing
from spikewright.experiments.cli.foreseeing import UNKNOWN, tell
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.studies.forecasts import Forecast, ForeseenCell, Outlook


def made(count: int, outlook: Outlook | None = None, stored: int = 0) -> Forecast:
    first = Cell("train", "ann", 0, {"settings": {}})
    cells = [first, *(Cell("attack", f"a{n}", 0, {"settings": {}}, {"subject": first}) for n in range(count - 1))]
    return Forecast(
        tuple(ForeseenCell(cell, "stored" if n < stored else "missing", outlook) for n, cell in enumerate(cells))
    )


def told(found: Forecast, workers: int | None, capsys: pytest.CaptureFixture[str]) -> str:
    tell(found, "runs/x", workers)
    return capsys.readouterr().out


def test_few_cells_are_listed_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(made(30, Outlook(60, 100), stored=1), 2, capsys)
    assert "30, of which 1 are stored and 29 would be made in runs/x" in text
    assert "about 14 min with 2 workers, 29 min of work, 60 s at least" in text
    assert "100 MB at most in one cell, 200 MB in 2 at once" in text
    assert sum(line.startswith("attack a") for line in text.splitlines()) == 29
    assert text.endswith("nothing was run or written: this was a dry run\n")


def test_thousands_of_cells_have_a_line_for_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(made(2000), None, capsys)
    assert len(text.splitlines()) < 12 and "1,996 more" in text and "attack a5" not in text
    assert f"of 2,000 cells not known: {UNKNOWN} of train, attack in this folder" in text and " of work" not in text


def test_a_search_says_that_more_follows(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(Forecast(made(2).cells, points=16, more=24), 1, capsys)
    assert "these are the cells of 16 points; what they measure says which 24 follow" in text
    assert "of 40 points, all that would be tried" in told(Forecast(made(2).cells, points=40), 1, capsys)


def test_what_does_not_fit_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseeing, "memory_bytes", lambda: 2**30)
    assert "attack a0 does not fit: 2,000 MB" in told(made(3, Outlook(1, 2000)), 1, capsys)
    text = told(made(9, Outlook(1, 300)), 4, capsys)
    assert "4 cells at once may not fit; try --workers 3" in text and "does not fit" not in text
