"""A search that cannot be is refused before anything runs, and what is known of one before is what it begins with."""

from itertools import islice
from pathlib import Path

import pytest

from spikewright import FolderKind, InvalidInput, MissingTool
from spikewright.experiments.exploring import foreseen
from spikewright.experiments.exploring.asked_points import ASKED, ASKED_FILE, AtPoint
from spikewright.experiments.exploring.foreseen import ahead
from spikewright.experiments.exploring.space import Space
from spikewright.experiments.records.store import Store
from spikewright.experiments.studies.folder import write_json
from spikewright.experiments.studies.study import run_study
from tests.experiments.exploring.test_searching import study


def test_nothing_is_made_for_a_search_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="got 'acuracy'; try accuracy"):
        run_study(study(objectives={"acuracy": "max"}), tmp_path / "none")

    def missing(module: str) -> None:
        raise MissingTool("expected the package optuna to search by nsga2 or tpe, got none")

    monkeypatch.setattr(foreseen, "require", missing)
    with pytest.raises(MissingTool):
        run_study(study(sampler="tpe", points=3), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_where_no_point_depends_on_another_all_are_known() -> None:
    found = ahead(study(), None)
    cells = {cell.key for point in Space(study()).points() for cell in AtPoint.of(Space(study()), point).cells}
    assert (found.points, found.more) == (12, 0) and {cell.key for cell in found.cells} == cells


def test_a_search_that_goes_on_begins_with_what_it_has_asked_for(tmp_path: Path) -> None:
    asked = study(sampler="random", points=7)
    store = Store.claim(tmp_path, FolderKind("a store of tests"))
    assert (ahead(asked, store).points, ahead(asked, store).more) == (4, 3)
    points = list(islice(Space(asked).points(), 5))
    write_json(store.folder / ASKED, ASKED_FILE, {"points": points})
    found = ahead(asked, store)
    assert (found.points, found.more) == (5, 2)
    assert {cell.key for point in points for cell in AtPoint.of(Space(asked), point).cells} == {
        c.key for c in found.cells
    }
