"""What tasks left behind: origins, damage."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.runs import stored
from spikewright.experiments.runs.expansion import expand
from spikewright.experiments.runs.provenance import Provenance
from spikewright.experiments.runs.study import open_study, run_study
from tests.experiments.runs.small_study import small


def test_tasks_of_before_have_an_unknown_origin(tmp_path: Path) -> None:
    run_study(small(), tmp_path)
    for path in (tmp_path / "tasks").glob(f"*/{stored.ORIGIN}"):
        path.unlink()
    assert set(open_study(tmp_path).tables["results"]["commit"]) == {"unknown"}
    next((tmp_path / "tasks").iterdir()).joinpath(stored.ORIGIN).write_text("{}")
    with pytest.raises(InvalidFile, match="provenance of a task"):
        open_study(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "3", "null", '{"a": 1}', '{"a": [1]}'])
def test_damaged_results_say_what_to_remove(tmp_path: Path, text: str) -> None:
    task = expand(small())[0]
    place = tmp_path / "tasks" / task.folder
    place.mkdir(parents=True)
    (place / "result.json").write_text(text)
    with pytest.raises(InvalidFile, match=f"remove {place}"):
        stored.gather([task], tmp_path, Provenance.of({}, (0,)))


@pytest.mark.parametrize("text", ["[]", "3", "null", "{}"])
def test_a_damaged_origin_is_an_invalid_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "study.json").write_text(small().model_dump_json())
    (tmp_path / "provenance.json").write_text(text)
    with pytest.raises(InvalidFile, match="expected the provenance"):
        open_study(tmp_path)
