"""Folders appear whole, are replaced only where all in them is ours, and remember what was written."""

import os
from pathlib import Path

import pytest

from spikewright import FolderKind, InvalidFile, Kind, atomic_path, claim_folder
from spikewright.folders import restored
from spikewright.marker import MARKER, read_marker
from tests.spikewright.boxes import BOX, SHED, fill, names


def test_a_folder_is_replaced_with_all_of_its_files(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a", "b/c")
    fill(tmp_path / "box", "a", "d")
    assert names(tmp_path) == {"box", "box/a", "box/d"}
    marker = read_marker(tmp_path / "box")
    assert marker is not None and {*marker.files} == {"a", "d"} and not marker.grows


@pytest.mark.parametrize("strange", ["notes", "b/notes", "b/empty/", "link"])
def test_a_folder_with_something_of_others_stays(strange: str, tmp_path: Path) -> None:
    fill(tmp_path / "box", "a", "b/c")
    place = tmp_path / "box" / strange
    if strange.endswith("/"):
        place.mkdir()
    elif strange == "link":
        place.symlink_to(tmp_path)
    else:
        place.write_text("theirs")
    before = names(tmp_path)
    with pytest.raises(InvalidFile, match=strange.rstrip("/")):
        fill(tmp_path / "box", "a")
    assert names(tmp_path) == before


def test_the_folder_that_one_stands_in_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "box", "a")
    monkeypatch.chdir(tmp_path / "box")
    with pytest.raises(InvalidFile, match="the one that this runs in"):
        fill(Path("."), "b")
    assert names(tmp_path) == {"box", "box/a"}


@pytest.mark.parametrize("moment", [1, 2])
def test_an_interrupt_between_two_renames_leaves_one_of_both(
    moment: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "box", "a")
    calls, real = [], os.replace

    def replace(source: Path, destination: Path) -> None:
        if Path(destination).name != MARKER:
            calls.append(destination)
            if len(calls) == moment:
                raise KeyboardInterrupt
        real(source, destination)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "box", "b")
    assert names(tmp_path) == {"box", "box/a"}


def test_what_a_killed_process_had_put_aside_comes_back(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a")
    os.replace(tmp_path / "box", tmp_path / ".box.12345678.old")  # killed before the new one has the name
    for kind, found in ((SHED, False), (BOX, True), (BOX, True)):
        assert restored(tmp_path / "box", kind).exists() == found
    assert names(tmp_path) == {"box", "box/a"}


def test_a_claimed_folder_remembers_what_was_written_below_it(tmp_path: Path) -> None:
    shed = claim_folder(tmp_path / "shed", SHED)
    plain = Kind("a plain text", lambda path: False)
    for text in ("one", "two"):
        with atomic_path(shed / "tables" / "plain", plain) as temporary:
            temporary.write_text(text)
    fill(shed / "box", "inner")
    (shed / "theirs").write_text("theirs")
    with pytest.raises(InvalidFile, match="another file"), atomic_path(shed / "theirs", plain):
        pass
    marker = read_marker(claim_folder(shed, SHED))
    assert marker is not None and {*marker.files} == {"tables/plain"} and marker.grows
    with pytest.raises(InvalidFile, match="expected a box of ours"):
        claim_folder(shed, BOX)


def test_a_folder_of_others_cannot_be_claimed(tmp_path: Path) -> None:
    (tmp_path / "theirs").touch()
    with pytest.raises(InvalidFile, match="expected a shed of ours, or an empty folder"):
        claim_folder(tmp_path, SHED)
    assert names(tmp_path) == {"theirs"} and not (tmp_path / MARKER).exists()


def test_older_folders_are_known_by_what_is_in_them(tmp_path: Path) -> None:
    old = FolderKind("a box of ours", older=lambda folder: ["a"] if (folder / "a").is_file() else None)
    (tmp_path / "a").write_text("a")
    fill(tmp_path, "b", kind=old)
    assert names(tmp_path) == {"b"}
