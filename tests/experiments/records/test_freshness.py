"""Files are up to date only while they, what they were made of and the code are as they were."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spikewright.experiments.records import provenance
from spikewright.experiments.records.freshness import MadeFiles, written_ns

OF = [["cell", 3], {"x": 0.5}]


@pytest.fixture(autouse=True)
def _committed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(provenance, "current_commit", lambda: "first")
    yield


@pytest.fixture
def kept(tmp_path: Path) -> MadeFiles:
    """One file, made of `OF`."""
    (tmp_path / "a.txt").write_text("a")
    made = MadeFiles(tmp_path, "letters")
    assert not made.is_made_of(OF) and made.of == "" and made.files == ()
    made.keep(OF, [tmp_path / "a.txt"])
    return made


def test_what_was_made_of_the_same_stands(kept: MadeFiles) -> None:
    assert kept.is_made_of([["cell", 3], {"x": 0.5}]) and kept.files == ("a.txt",) and kept.of
    assert not kept.is_made_of([["cell", 4], {"x": 0.5}]) and not MadeFiles(kept.folder, "others").is_made_of(OF)


@pytest.mark.parametrize("content", ["b", "", None])
def test_a_file_that_is_not_as_it_was_left(kept: MadeFiles, content: str | None) -> None:
    path = kept.folder / "a.txt"
    path.unlink()
    if content is not None:
        path.write_text(content * 2)
    assert not kept.is_made_of(OF) and (written_ns(path) > 0) is (content is not None)


def test_another_commit_or_one_that_files_differ_from(kept: MadeFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "current_commit", lambda: "second")
    assert not kept.is_made_of(OF)
    monkeypatch.setattr(provenance, "current_commit", lambda: "second" + provenance.CHANGED)
    kept.keep(OF, [])
    assert not kept.is_made_of(OF)


def test_from_the_beginning_of_the_making_on_nothing_stands(kept: MadeFiles) -> None:
    kept.begin()
    kept.begin()
    assert not kept.is_made_of(OF)


@pytest.mark.parametrize("damage", ["", "{}", '{"of": 1', "[]"])
def test_damage_is_as_if_nothing_were_there(kept: MadeFiles, damage: str) -> None:
    kept.path.write_text(damage)
    assert not kept.is_made_of(OF)
