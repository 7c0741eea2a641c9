"""The values of the page."""

from dataclasses import replace
from pathlib import Path

from spikewright.experiments.report.sections import content
from spikewright.experiments.runs.state import RunState, StageCount
from tests.experiments.studies.made_results import result_of


def test_a_running_study_says_how_far_it_is(tmp_path: Path) -> None:
    state = RunState(
        "1", "", {}, cells=9, stored=4, seconds=8.0, stages={"train": StageCount(9, 4)}, running={"train a": ""}
    )
    told = content(replace(result_of(tmp_path), state=state), None, ())["run"]
    assert (
        told["going"]
        and told["left"] == ", about 10 s left"
        and told["now"] == "train a"
        and told["stages"] == "train 4 of 9"
    )


def test_what_was_done_follows_the_tables(tmp_path: Path) -> None:
    assert content(result_of(tmp_path), None, ())["done"] == "nothing is finished yet"
