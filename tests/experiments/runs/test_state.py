"""The record of a run says what it did, and how long the rest will take."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.experiments.runs.state import RunState, StageCount, last_state, read_states, rows_of_runs


def state() -> RunState:
    """A run in its middle."""
    made = RunState.begin({"commit": "c", "versions": {"numpy": "2"}, "runner": "here"})
    made.cells, made.found, made.stored, made.stages = 10, 2, 4, {"train": StageCount(10, 4, 6.0, 2)}
    return made


def test_a_state_comes_back(tmp_path: Path) -> None:
    one = state()
    one.write(tmp_path, always=True)
    (tmp_path / "damaged.json").write_text("{")
    assert read_states(tmp_path) == [last_state(tmp_path)]
    back = last_state(tmp_path)
    assert (back.number, back.cells, back.stages) == (one.number, 10, one.stages)
    with pytest.raises(InvalidFile, match="expected a run"):
        last_state(tmp_path / "nothing")


def test_it_is_written_once_a_second(tmp_path: Path) -> None:
    one = state()
    one.write(tmp_path)
    one.stored = 9
    one.write(tmp_path)
    assert last_state(tmp_path).stored == 4
    one.write(tmp_path, always=True)
    assert last_state(tmp_path).stored == 9


def test_runs_are_in_the_order_of_their_beginning_whatever_the_clock_says(tmp_path: Path) -> None:
    for year in (2027, 2031, 2026):
        one = RunState.begin({}, read_states(tmp_path))
        one.number = f"{year}0101-000000-abcdef"
        one.write(tmp_path, always=True)
    assert [one.number[:4] for one in read_states(tmp_path)] == ["2027", "2031", "2026"]
    assert last_state(tmp_path).number.startswith("2026")
    assert [one.place for one in read_states(tmp_path)] == [1, 2, 3]


def test_a_run_that_ended_without_a_word_is_buried(tmp_path: Path) -> None:
    one, other = state(), state()
    one.running["train ann"] = "now"
    other.ending = "interrupted"
    for each in (one, other):
        each.write(tmp_path, always=True)
    for each in read_states(tmp_path):
        each.bury(tmp_path)
    found = {each.number: each for each in read_states(tmp_path)}
    assert (found[one.number].ending, found[one.number].running) == ("killed", {})
    assert found[one.number].seconds == one.seconds and found[other.number].ending == "interrupted"


def test_the_rest_takes_as_long_as_the_mean_so_far() -> None:
    one = state()
    one.seconds = 20.0
    assert one.seconds_left == 60.0
    one.held = ["a", "b"]
    assert one.seconds_left == 40.0
    one.stored = 2
    assert one.seconds_left is None


def test_cells_that_are_left_take_as_long_as_those_of_their_stage() -> None:
    one = state()
    one.cells, one.found, one.stored, one.seconds = 20, 1, 8, 60.0
    one.stages = {"train": StageCount(4, 4, 100.0, 1), "attack": StageCount(14, 4, 20.0), "noise": StageCount(2)}
    # 120 seconds of cells in 60: 10 attacks of 5 and 2 noises of the mean of all, 120 / 7
    assert one.seconds_left == pytest.approx((10 * 5 + 2 * 120 / 7) / 2)


def test_a_folder_that_cannot_be_written_does_not_stop_a_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state().write(tmp_path / "file" / "runs", always=True)


def test_runs_are_rows() -> None:
    (name, runs), (other, packages) = rows_of_runs([state()])
    assert (name, other) == ("runs", "environment")
    assert runs[0]["runner"] == "here" and runs[0]["faults"] == 0 and "versions" not in runs[0]
    assert packages == [{"run": runs[0]["run"], "package": "numpy", "version": "2"}]
