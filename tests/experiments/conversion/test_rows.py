"""The commands that measure conversions: each prints its table, keeps its rows as it goes, and says what was wrong."""

import json
import re
from pathlib import Path

import pytest

from spikewright import silent
from spikewright.experiments.conversion import codes, rate, sparse, timing
from spikewright.experiments.conversion.rows import Rows

SMALL = ["--network", "small-digits", "--images", "30", "--quiet"]


ASKED = {
    "rate": (rate.main, [*SMALL, "--steps", "4", "8", "--methods", "light", "COS"]),
    "codes": (codes.main, [*SMALL, "--codes", "few spikes, 4 binary", "TTFS, exact", "latency, 64 steps"]),
    "timing": (timing.main, [*SMALL, "--bits", "4", "8"]),
    "sparse": (
        sparse.main,
        "--quiet --epochs 1 --train 64 --images 30 --activity 0 0.3 --tune 32 --levels 3".split(),
    ),
}


def values(folder: Path) -> dict[str, dict]:
    return {path.stem.rpartition("-")[0]: json.loads(path.read_text())["values"] for path in folder.glob("*.json")}


@pytest.mark.parametrize("name", ASKED)
def test_rows_are_measured_once(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main, arguments = ASKED[name]
    assert main([*arguments, "--output", str(tmp_path)]) == 0
    told, found = capsys.readouterr().out, values(tmp_path)
    changes = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert main([*arguments, "--output", str(tmp_path)]) == 0
    assert capsys.readouterr().out == told
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == changes
    assert len(found) == {"rate": 4, "codes": 3, "timing": 3, "sparse": 2}[name]
    for row in found.values():
        accuracies = [value for key, value in row.items() if key.endswith("accuracy")]
        assert accuracies and all(0 <= value <= 1 for value in accuracies)


@pytest.mark.parametrize(
    ("main", "arguments", "told"),
    [
        (rate.main, ["--network", "nothing"], "expected a network out of"),
        (rate.main, [*SMALL, "--methods", "heavy"], "expected methods out of .*light"),
        (rate.main, [*SMALL, "--steps", "0"], "steps"),
        (codes.main, [*SMALL, "--codes", "morse"], "expected codes out of"),
        (timing.main, ["--network", "small-digits", "--images", "0"], "at least 1 test image"),
        (sparse.main, ["--dataset", "moons", "--quiet"], "expected"),
    ],
)
def test_bad_input_is_an_error_in_one_line(
    main: object, arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--output", str(tmp_path)]) == 2  # type: ignore[operator]
    error = capsys.readouterr().err.strip()
    assert len(error.splitlines()) == 1
    assert re.search(told, error)


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert rate.main([*SMALL, "--output", str(tmp_path / "file")]) == 2
    assert "try another output name" in capsys.readouterr().err


def test_other_settings_are_another_row(tmp_path: Path) -> None:
    rows, count = Rows(tmp_path, silent), iter(range(9))

    def measure() -> dict[str, int]:
        return {"count": next(count)}

    first = rows.row("a row: 1", {"steps": 4, "seed": 3}, measure)
    assert rows.row("a row: 1", {"seed": 3, "steps": 4}, measure) == first and first["count"] == 0
    assert rows.row("a row: 1", {"seed": 3, "steps": 5}, measure)["count"] == 1
    assert len(list(tmp_path.glob("a-row-1-*.json"))) == 2


def test_a_row_that_is_read_again_keeps_its_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [*SMALL, "--steps", "2", "--methods", "not calibrated", "--output", str(tmp_path)]
    monkeypatch.setattr(
        "spikewright.experiments.records.provenance.current_commit", lambda: "0123456789abcdef, changed"
    )
    assert rate.main(asked) == 0
    first = capsys.readouterr().out
    assert "0123456789, changed" in first
    monkeypatch.setattr("spikewright.experiments.records.provenance.current_commit", lambda: "another")
    assert rate.main(asked) == 0
    assert capsys.readouterr().out == first
    [path] = tmp_path.glob("*.json")
    kept = json.loads(path.read_text())
    assert kept["provenance"]["threads"] == 1
    path.write_text(json.dumps({**kept, "asked": {**kept["asked"], "samples": 1}}))
    assert rate.main(asked) == 2
    assert "expected a row for" in capsys.readouterr().err
