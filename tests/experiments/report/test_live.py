"""The page of a run that goes on: at the start, then from time to time, at little cost, and never in the run's way."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from spikewright.experiments.report import live
from spikewright.experiments.report.live import APART_S, SHARE, LiveReport
from spikewright.experiments.runs.state import RunState
from spikewright.experiments.studies.study import run_study
from tests.experiments.studies.small_study import small


class Clock:
    """A clock that is set by hand; writing the page takes `takes` seconds."""

    def __init__(self, takes: float) -> None:
        self.now, self.takes = 0.0, takes
        self.written: list[float] = []

    def __call__(self) -> float:
        return self.now

    def write(self, folder: Path, state: RunState) -> None:
        self.written.append(self.now)
        self.now += self.takes


@pytest.mark.parametrize("takes", [0.0, 0.4, 1.5, 4.0, 60.0])
def test_it_is_written_at_most_so_often_and_takes_at_most_its_share(
    takes: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(takes)
    monkeypatch.setattr(live, "write_live", clock.write)
    report, state = LiveReport(tmp_path, clock=clock), RunState.begin({})
    while clock.now < 20_000:
        report(state)
        clock.now += 0.5
    gaps = [later - sooner for sooner, later in zip(clock.written, clock.written[1:], strict=False)]
    assert clock.written[0] == 0 and min(gaps) >= APART_S + takes - 1e-6
    assert takes * (len(clock.written) - 1) <= SHARE * clock.written[-1] + 1e-6
    assert max(gaps) <= max(APART_S, takes / SHARE) + takes + 1


def test_a_run_that_has_ended_is_left_alone(tmp_path: Path) -> None:
    LiveReport(tmp_path)(replace(RunState.begin({}), ending="finished"))
    assert not list(tmp_path.iterdir())


def test_a_page_that_cannot_be_written_stops_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="spikewright"):
        LiveReport(tmp_path / "nowhere")(RunState.begin({}))
    assert "the report could not be written meanwhile" in caplog.text


def test_while_a_study_runs_the_page_says_how_far_it_is(tmp_path: Path) -> None:
    told: list[str] = []

    def seen(state: RunState) -> None:
        LiveReport(tmp_path / "study")(state)
        told.append((tmp_path / "study" / "report.html").read_text() if state.ending == "running" else "")

    run_study(small(), tmp_path / "study", observer=seen)
    assert all('http-equiv="refresh"' in text for text in told if text)
    counts = [next(n for n in range(4) if f"Running, {n} of 3 cells" in text) for text in told if text]
    assert counts[0] == 0 and counts == sorted(counts) and 2 in counts
    last = next(text for text in reversed(told) if "Running, 2 of 3 cells" in text)
    assert "Most accurate: ann" in last
