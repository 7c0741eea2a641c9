"""What a report of a search is about: networks of its front, from one end to the other."""

from pathlib import Path

import pytest

from spikewright import FolderKind, Table
from spikewright.experiments.exploring.asked_points import ASKED, ASKED_FILE
from spikewright.experiments.exploring.showing import MOST_SHOWN, only_of, shown_of, spread, told
from spikewright.experiments.exploring.space import Space
from spikewright.experiments.records.store import Store
from spikewright.experiments.studies.folder import write_json
from tests.experiments.exploring.spaces import study_of

ROWS = Table.of([{"model": "a", "n": 1}, {"model": "b", "n": 2}])


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 100])
def test_a_choice_has_both_ends(count: int) -> None:
    found = spread(list(range(count)), MOST_SHOWN)
    assert len(found) == min(count, MOST_SHOWN) == len(set(found))
    assert not found or (found[0], found[-1]) == (0, count - 1)


def test_the_study_has_the_parts_of_the_front(tmp_path: Path) -> None:
    study = study_of()
    points = list(Space(study).points())
    store = Store.claim(tmp_path, FolderKind("a store of tests"))
    write_json(store.folder / ASKED, ASKED_FILE, {"points": [points[0], points[1], points[-1]]})
    table = Table.of({"point": n, "front": n != 1, "feasible": True, "accuracy": 0.9 - n / 10} for n in range(3))
    shown = shown_of(study, store, table)
    assert [part.name for part in shown.study.conversions][1:] == ["plain-steps7"]
    assert shown.study.conversions[0].name.startswith("rate-small-") and len(shown.study.compressions) == 1
    names = {part.name for part in (*shown.study.conversions, *shown.study.compressions)}  # type: ignore[attr-defined]
    assert shown.networks == {"ann", *names}
    assert told(study, table) == "3 of 38 points tried, 3 feasible, 2 on the front"
    assert shown_of(study, store, None).networks == {"ann"}


def test_other_studies_are_shown_whole(tmp_path: Path) -> None:
    plain = study_of().model_copy(update={"search": None})
    shown = shown_of(plain, Store(tmp_path), None)
    assert shown.study is plain and shown.networks is None


def test_rows_of_other_networks_are_left_out() -> None:
    assert only_of(ROWS, frozenset({"b"}))["n"] == [2] and only_of(ROWS, None) is ROWS
    about_none = Table.of([{"epoch": 1}])
    assert only_of(about_none, frozenset()) is about_none
