"""How a run stands, in words."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.experiments.runs.standing import (
    Inside,
    cells_told,
    ending_told,
    insides,
    now_told,
    pace_told,
    time_told,
)
from spikewright.experiments.runs.state import RunState

KEY = "0" * 16


def state(**changes: object) -> RunState:
    made = RunState.begin({})
    for name, value in {"cells": 10, "found": 2, "stored": 4, "seconds": 20.0, **changes}.items():
        setattr(made, name, value)
    return made


def test_what_is_stored_and_how_fast() -> None:
    assert cells_told(state()) == "4 of 10 have a result, 2 of them from before"
    assert cells_told(state(found=0, faults=[{}], held=["a", "b"])) == (
        "4 of 10 have a result; 1 without, and 2 that need one of these"
    )
    assert pace_told(state()) == "10 s a cell, 60 s left"
    assert pace_told(state(seconds=0.5)) == "4 cells a second, 1.5 s left"
    assert pace_told(state(ending="finished")) == "10 s a cell"
    assert pace_told(state(stored=2)) == "not known before a cell is finished"


def test_a_holder_that_is_dead_is_told() -> None:
    assert ending_told(state(), held=False).startswith("its process has ended without a word")
    assert ending_told(state(), held=True).startswith("running (process")
    for ending in ("finished", "incomplete", "interrupted", "stopped", "killed"):
        assert ending_told(state(ending=ending), held=True) == ending_told(state(ending=ending), held=False)


def test_what_runs_now_and_how_far_it_is(tmp_path: Path) -> None:
    for name, text in {
        f"convert-rate7-{KEY}": json.dumps({"stage": "calibration", "done": 3, "total": 1200}),
        f"convert-half-{KEY}": '{"stage": ',
        f"convert-list-{KEY}": "[]",
        "mine": "{}",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "progress.json").write_text(text)
    assert list(insides(tmp_path)) == [Inside("convert rate7", "calibration", 3, 1200)]
    started = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="seconds")
    later = (datetime.now(UTC) + timedelta(hours=3)).isoformat(timespec="seconds")
    running = {"convert rate7 (seed 3)": started, "train ann": later, "attack pgd": "yesterday"}
    assert next(now_told(state(trouble="no workers"), tmp_path)) == "waits: no workers"
    assert list(now_told(state(running=running), tmp_path)) == [
        "convert rate7 (seed 3), for 3 h (calibration 3 of 1,200)",
        "train ann, for 0 ms",
        "attack pgd, for 0 ms",
    ]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 ms"), (0.0123, "12 ms"), (1.234, "1.23 s"), (99, "99 s"), (101, "2 min"), (7200, "2 h"), (2e5, "2 days")],
)
def test_times(seconds: float, told: str) -> None:
    assert time_told(seconds) == told


@given(st.floats(0, 1e9))
def test_times_are_short(seconds: float) -> None:
    assert 3 <= len(time_told(seconds)) < 12
