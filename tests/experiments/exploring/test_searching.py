"""Searches over a real small study: the front of all points, and the same points again after a kill."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidInput
from spikewright.dominance import dominates
from spikewright.experiments.exploring.asked_points import search_of
from spikewright.experiments.exploring.foreseen import ahead
from spikewright.experiments.exploring.points import front_table, shortage
from spikewright.experiments.records.record import Rows
from spikewright.experiments.runs.orders import CellOutcome
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.work import Work
from spikewright.experiments.stages.base import Stage
from spikewright.experiments.studies.spec import Study, make_study
from spikewright.experiments.studies.study import StudyResult, open_study, run_study

OWN = "tests.experiments.exploring.test_searching:Worth"
STEPS, BITS = [2, 3, 4, 6], [4, 6, 8]


@dataclass(frozen=True)
class Worth(Stage):
    """A number that makes the choice hard: of widths of 6 bits it is refused."""

    def run(self, work: Work) -> Rows:
        """One row, from the name of the network, which says its settings."""
        if work.params["subject"].endswith("bits6"):
            raise InvalidInput("expected luck, got 6 bits; try 4")
        return {"worth": [{"network": work.params["subject"], "worth": float(len(work.params["subject"]))}]}


def study(**search: Any) -> Study:
    return make_study({
        "name": "searched", "dataset": {"train": 60, "test": 30}, "model": {"zoo": "small-digits"},
        "conversions": [{"name": "rate", "recipe": "rate", "samples": 20, "fixed": {}}],
        "search": {"objectives": {"accuracy": "max", "synaptic_operations": "min"}, "sampler": "all", "batch": 4, "space": [
            {"place": "rate.steps", "values": STEPS}, {"place": "rate.fixed.weight_bits", "values": BITS}], **search},
    })  # fmt: skip


@pytest.fixture(scope="module")
def enumerated(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """All twelve points; nobody writes there."""
    return run_study(study(), tmp_path_factory.mktemp("all"))


def copied(result: StudyResult, folder: Path) -> Path:
    """A store with the same cells, in which nothing has been searched for: what is asked for is there."""
    shutil.copytree(result.folder, folder)
    for name in ("search.json", "study.json", "provenance.json"):
        (folder / name).unlink()
    shutil.rmtree(folder / "tables")
    return folder


def test_all_points_and_their_front(enumerated: StudyResult) -> None:
    points = list(enumerated.tables["points"])
    assert [(row["rate_steps"], row["rate_fixed_weight_bits"]) for row in points] == [
        (s, b) for s in STEPS for b in BITS
    ]
    costs = [(-row["accuracy"], row["synaptic_operations"]) for row in points]
    for row, cost in zip(points, costs, strict=True):
        assert row["front"] == (not any(dominates(other, cost) for other in costs)) and row["feasible"]
        assert row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"] and row["why"] == ""
    told = {row["network"]: row["accuracy"] for row in enumerated.tables["accuracy"]}
    assert all(told[row["network"]] == row["accuracy"] for row in points)
    assert (len(enumerated.cells), enumerated.complete) == (1 + 2 * 12, True)
    assert {cell.key for cell in open_study(enumerated.folder).cells} == {cell.key for cell in enumerated.cells}


def test_a_second_run_does_nothing(enumerated: StudyResult) -> None:
    def stamps() -> dict[Path, int]:
        kept = (path for place in ("cells", "runs") for path in (enumerated.folder / place).rglob("*"))
        return {path: path.stat().st_mtime_ns for path in kept}

    before, asked = stamps(), (enumerated.folder / "search.json").stat().st_mtime_ns
    again = run_study(study(), enumerated.folder)
    assert again.ran == 0 and stamps() == before and (enumerated.folder / "search.json").stat().st_mtime_ns == asked
    assert list(again.tables["points"]) == list(enumerated.tables["points"])


@pytest.mark.parametrize("sampler", ["random", "nsga2", "tpe"])
def test_a_search_finds_what_enumeration_finds(enumerated: StudyResult, tmp_path: Path, sampler: str) -> None:
    """Of as many points as there are, the same front; of fewer, nothing that the points it has tried would beat."""
    if sampler != "random":
        pytest.importorskip("optuna")
    every = {row["network"]: row for row in enumerated.tables["points"]}
    whole = run_study(study(sampler=sampler, points=12), copied(enumerated, tmp_path / "whole"))
    assert whole.ran == 0, "every cell was there"
    names = set(front_table(enumerated.tables["points"], search_of(study()))["network"])
    assert set(front_table(whole.tables["points"], search_of(study()))["network"]) == names
    part = run_study(study(sampler=sampler, points=7), copied(enumerated, tmp_path / "part")).tables["points"]
    tried = set(part["network"])
    assert len(tried) == 7 and names & tried <= set(front_table(part, search_of(study()))["network"])
    for row in part:
        assert {name: row[name] for name in ("accuracy", "synaptic_operations")} == {
            name: every[row["network"]][name] for name in ("accuracy", "synaptic_operations")
        }


class Killed(HereRunner):
    """Ends after so many cells."""

    left = 4

    def outcomes(self, seconds: float) -> Iterator[CellOutcome]:
        """One cell, or the end."""
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        yield from super().outcomes(seconds)


@pytest.mark.parametrize("sampler", ["random", "nsga2", "tpe"])
def test_a_killed_search_goes_on_with_the_same_points(tmp_path: Path, sampler: str) -> None:
    if sampler != "random":
        pytest.importorskip("optuna")
    asked = study(sampler=sampler, points=6, batch=2)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            run_study(asked, tmp_path / "killed", runner=Killed())
    opened = open_study(tmp_path / "killed")
    assert 0 < len(opened.cells) < 13 and json.loads((tmp_path / "killed" / "search.json").read_text())["points"]
    gone_on = run_study(asked, tmp_path / "killed")
    assert 0 < gone_on.state.found and gone_on.complete
    undisturbed = run_study(asked, tmp_path / "other")
    assert list(gone_on.tables["points"]) == list(undisturbed.tables["points"])


def test_refused_points_are_told_and_do_not_stop_the_others(enumerated: StudyResult, tmp_path: Path) -> None:
    folder = copied(enumerated, tmp_path / "refused")
    values = study(objectives={"worth": "max", "accuracy": "max"}, batch=3).model_dump(mode="json")
    result = run_study(make_study({**values, "stages": [{"stage": OWN}]}), folder)
    points = list(result.tables["points"])
    assert len(points) == 12 and not result.complete
    for row in points:
        refused = row["rate_fixed_weight_bits"] == 6
        assert (row["why"] == "expected luck, got 6 bits; try 4") == refused == (row["accuracy"] is None)
        assert row["feasible"] is not refused


def test_measures_that_cannot_be_read_end_the_search_at_once(enumerated: StudyResult, tmp_path: Path) -> None:
    asked = study(objectives={"spikes": "min"})
    with pytest.raises(InvalidInput, match=r"search: expected one row of activity for spikes, got .*; try where"):
        run_study(asked, copied(enumerated, tmp_path / "several"))


def test_the_report_is_about_the_front(enumerated: StudyResult, tmp_path: Path) -> None:
    from spikewright.experiments.report.page import write_report

    folder = tmp_path / "reported"
    shutil.copytree(enumerated.folder, folder)
    page = write_report(open_study(folder)).read_text()
    front = front_table(enumerated.tables["points"], search_of(study()))["network"]
    beaten = [name for name in enumerated.tables["points"]["network"] if name not in front]
    assert "Points of the search" in page and "What was searched for, and found" in page
    networks = page.split('data-name="networks"')[1].split("</table>")[0]
    named = set(re.findall(r"[\w.-]+", networks))
    assert set(front) <= named and not named & set(beaten)


def test_what_is_known_before_it_runs(enumerated: StudyResult, tmp_path: Path) -> None:
    """All points where none depends on another; the first batch of a new search; those of before of one that goes on."""
    every = ahead(study(), None)
    assert (every.points, every.more) == (12, 0)
    assert {cell.key for cell in every.cells} == {cell.key for cell in enumerated.cells}
    asked = study(sampler="random", points=7)
    new = ahead(asked, None)
    assert (new.points, new.more, len(new.cells)) == (4, 3, 1 + 2 * 4)
    result = run_study(asked, copied(enumerated, tmp_path / "seven"))
    gone_on = ahead(asked, result.store)
    assert (gone_on.points, gone_on.more) == (7, 0)
    assert {cell.key for cell in new.cells} <= {cell.key for cell in gone_on.cells}


def test_a_search_ends_with_its_budget_and_goes_on(tmp_path: Path) -> None:
    asked = study(sampler="random", points=4, batch=2)
    short = make_study({**asked.model_dump(mode="json"), "budget": {"cells": 7}})
    first = run_study(short, tmp_path)
    assert first.state.ending == "spent" and len(first.tables["points"]) == 2
    assert len(run_study(asked, tmp_path).tables["points"]) == 4


def test_bounds_that_nobody_meets(enumerated: StudyResult, tmp_path: Path) -> None:
    bounded = study(constraints={"steps": {"most": 1}})
    result = run_study(bounded, copied(enumerated, tmp_path / "bounded"))
    points = result.tables["points"]
    assert result.complete and not any(points["feasible"]) and not any(points["front"])
    assert "the nearest has steps 2; try that as its bound" in shortage(points, search_of(bounded))
