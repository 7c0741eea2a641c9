"""The points of a search as its store keeps them, and the study that stands at each."""

from pathlib import Path

import pytest

from spikewright import FolderKind, InvalidInput
from spikewright.experiments.exploring.asked_points import ASKED, ASKED_FILE, AtPoint, asked_in, cells_asked, search_of
from spikewright.experiments.exploring.space import Space
from spikewright.experiments.records.store import Store
from spikewright.experiments.studies.expansion import expand
from spikewright.experiments.studies.folder import write_json
from tests.experiments.exploring.test_searching import study


def test_at_a_point_stand_the_cells_of_its_study() -> None:
    space = Space(study())
    point = next(iter(space.points()))
    found = AtPoint.of(space, point)
    assert [cell.key for cell in found.cells] == [cell.key for cell in expand(space.study_at(point))] and not found.why
    assert found.network in found.names.values() and found.network


def test_a_point_that_is_no_study_says_why() -> None:
    refused = study(space=[{"place": "rate.steps", "values": [2, -1]}])
    found = [AtPoint.of(Space(refused), point) for point in Space(refused).points()]
    assert [bool(one.why) for one in found] == [False, True]
    assert not found[1].cells and found[1].network == ""


def test_what_was_asked_for_is_read_again_and_each_cell_comes_once(tmp_path: Path) -> None:
    store = Store.claim(tmp_path, FolderKind("a store of tests"))
    assert asked_in(store) == [] and list(cells_asked(study(), store)) == []
    points = list(Space(study()).points())[:3]
    write_json(store.folder / ASKED, ASKED_FILE, {"points": points})
    assert asked_in(store) == points
    keys = [cell.key for cell in cells_asked(study(), store)]
    assert len(keys) == len(set(keys))
    assert set(keys) == {cell.key for point in points for cell in AtPoint.of(Space(study()), point).cells}
    (store.folder / ASKED).write_text("{}")
    assert asked_in(store) == []


def test_a_study_without_a_search_has_no_section() -> None:
    whole = study()
    assert search_of(whole) is whole.search
    with pytest.raises(InvalidInput, match="a section search, got none"):
        search_of(whole.model_copy(update={"search": None}))
