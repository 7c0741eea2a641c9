"""What is compared before and after a second run."""

from pathlib import Path

from benchmarks.runs.again import LARGE, content
from spikewright.experiments.studies.spec import read_study


def test_a_file_that_is_written_again_is_seen(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    for name in ("tables/a.csv", "run.lock"):
        (tmp_path / name).write_text("a")
    before = content(tmp_path)
    assert len(before) == 1
    (tmp_path / "tables" / "b.csv").write_text("b")
    assert content(tmp_path) != before


def test_the_large_study_has_its_cells(tmp_path: Path) -> None:
    import json

    small = {**LARGE, "stages": [{**stage, "value": stage["value"][:3]} for stage in LARGE["stages"]]}
    (tmp_path / "large.json").write_text(json.dumps(small))
    assert len(read_study(tmp_path / "large.json").stages) == 6
