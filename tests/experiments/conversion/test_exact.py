"""The command that measures exact conversions."""

import json
from pathlib import Path

import pytest

from spikewright.experiments.conversion.exact import main

SMALL = ["--network", "small-digits", "--epochs", "0", "--train-images", "60", "--images", "40", "--quiet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("exact")
    assert main([*SMALL, "--bits", "2,3", "--output", str(made)]) == 0
    return made


def rows(folder: Path) -> list[dict]:
    return [json.loads(path.read_text())["values"] for path in sorted(folder.glob("*.json"))]


def test_every_row_is_equal_and_says_what_it_took(folder: Path) -> None:
    found = rows(folder)
    assert len(found) == 4
    for row in found:
        assert row["images"] == row["logits_equal"] == 40
        assert row["unsettled"] == 0
        assert row["cnn_accuracy"] == row["snn_accuracy"] > 0.8
        assert 0 < row["steps_median"] <= row["steps_max"] <= row["steps_bound"]
        assert 0 < row["spikes"] < row["synaptic_operations"]
    assert {(row["levels"], row["schedule"]) for row in found} == {
        (levels, schedule) for levels in (3, 7) for schedule in ("layerwise", "synchronous")
    }


def test_rows_are_taken_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = folder.glob("small-digits-2bit-w8-e0-of60-*-layerwise-40-*.json")
    kept = path.read_text()
    changed = json.loads(kept)
    assert changed["asked"]["bits"] == 2 and changed["provenance"]["versions"]["numba"]
    changed["values"]["logits_equal"] = 39
    path.write_text(json.dumps(changed))
    try:
        assert main([*SMALL, "--bits", "2", "--output", str(folder)]) == 1
        assert "39" in capsys.readouterr().out
        path.write_text("{")
        assert main([*SMALL, "--bits", "2", "--output", str(folder)]) == 2
        assert "remove it to measure again" in capsys.readouterr().err
    finally:
        path.write_text(kept)


def test_bad_input_is_an_error_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--network", "nothing", "--output", str(tmp_path)]) == 2
    assert "expected a network out of" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--network", "small-digits", "--bits", "two"])
