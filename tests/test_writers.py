"""No function removes or replaces what the project did not make: every writer, at places where something else stands."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidFile
from tests.writers import COVERED, FILES, GROWING, WHOLE, Writer
from tests.writing_calls import writing_functions

named = pytest.mark.parametrize("writer", [pytest.param(one, id=one.name) for one in FILES])
whole = pytest.mark.parametrize("writer", [pytest.param(one, id=one.name) for one in WHOLE])
folders = pytest.mark.parametrize("writer", [pytest.param(one, id=one.name) for one in (*WHOLE, *GROWING)])
quiet = pytest.mark.filterwarnings("ignore::UserWarning")


def test_every_function_that_writes_is_in_the_table() -> None:
    found = writing_functions()
    assert not found.keys() - COVERED, "a new writer: add it to tests/writers.py"
    assert not COVERED - found.keys(), "a writer that is gone: remove it from tests/writers.py"


def foreign() -> dict[str, bytes]:
    """Files of other programs, some in the formats that we write."""
    from matplotlib.figure import Figure
    from safetensors.numpy import save

    picture, drawing = io.BytesIO(), io.BytesIO()
    Figure().savefig(picture, format="png")
    Figure().savefig(drawing, format="svg")
    return {
        "notes": b"my notes\n",
        "weights of another program": save({"weight": np.zeros(3)}, {"format": "pt"}),
        "picture": picture.getvalue(),
        "drawing": drawing.getvalue(),
        "json": b'{"name": "mine", "version": 1}\n',
        "table": b"x,y\n1,2\n",
        "page": b"<html><head><title>spikewright</title></head></html>\n",
        "marker of ours in the middle": b"a" * 5000 + b"spikewright",
    }


FOREIGN = foreign()


def content(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder, hidden ones too, as bytes; folders as None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def refused(write: Callable[[], None], place: Path) -> str:
    """The one sentence of the refusal; `place` is as it was."""
    before = content(place)
    with pytest.raises(InvalidFile) as told:
        write()
    assert content(place) == before
    text = str(told.value)
    assert "\n" not in text and len(text) < 400
    return text


def target(writer: Writer, folder: Path, ending: str) -> Path:
    path = folder / "out"
    return path.with_name(path.name + ending)


@named
def test_files_of_others_stay(writer: Writer, tmp_path: Path) -> None:
    for number, (what, bytes_there) in enumerate(FOREIGN.items()):
        for place, ending in enumerate(writer.files):
            folder = tmp_path / f"{number}-{place}"
            folder.mkdir()
            there = target(writer, folder, ending)
            there.write_bytes(bytes_there)
            text = refused(lambda folder=folder: writer.write(folder / "out"), folder)
            assert str(there) in text and "expected" in text, (what, text)


@named
def test_a_file_becomes_ours_by_force_and_then_by_itself(writer: Writer, tmp_path: Path) -> None:
    for ending in writer.files:
        target(writer, tmp_path, ending).write_bytes(FOREIGN["notes"])
    if not writer.forced:
        for ending in writer.files:
            target(writer, tmp_path, ending).unlink()
        writer.write(tmp_path / "out")
    else:
        writer.write(tmp_path / "out", force=True)
    made = [target(writer, tmp_path, ending).read_bytes() for ending in writer.files]
    assert FOREIGN["notes"] not in made
    writer.write(tmp_path / "out")
    assert [target(writer, tmp_path, ending).read_bytes() for ending in writer.files] == made


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A file of each kind that we write."""
    made = {}
    for writer in FILES:
        folder = tmp_path_factory.mktemp("ours")
        writer.write(folder / "out")
        made |= {f"{writer.kind}{ending}": target(writer, folder, ending).read_bytes() for ending in writer.files}
    return made


SAME = [
    {"network", "stamped", "weights", "compressed"},
    {"csv", "csv.csv"},
    {"parquet", "csv.parquet"},
    {"card", "zoo.json"},
]
"""Files that may take each other's place, or that a writer reads as one of several: a stamp takes any network."""


@named
def test_our_own_files_of_another_kind_stay(writer: Writer, ours: dict[str, bytes], tmp_path: Path) -> None:
    for number, (kind, bytes_there) in enumerate(ours.items()):
        ending = writer.files[0]
        mine = f"{writer.kind}{ending}"
        if (
            kind == mine
            or (writer.name == "stamp" and kind in SAME[0])
            or any({kind, mine} <= same for same in SAME[1:])
        ):
            continue
        if {kind, mine} == {"network", "stamped"}:
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        target(writer, folder, ending).write_bytes(bytes_there)
        refused(lambda folder=folder: writer.write(folder / "out"), folder)


@named
def test_folders_read_only_files_and_links_are_told_apart(writer: Writer, tmp_path: Path) -> None:
    ending = writer.files[0]
    folder = tmp_path / "folder"
    target(writer, folder, ending).mkdir(parents=True)
    assert "folder" in refused(lambda: writer.write(folder / "out"), folder)
    locked = tmp_path / "locked"
    locked.mkdir()
    writer.write(locked / "out")
    target(writer, locked, ending).chmod(0o444)
    assert "read-only" in refused(lambda: writer.write(locked / "out"), locked)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "notes").write_bytes(FOREIGN["notes"])
    target(writer, linked, ending).symlink_to("notes")
    refused(lambda: writer.write(linked / "out"), linked)


def all_of(writer: Writer, path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path.parent)
        writer.write(path)


@quiet
@folders
def test_folders_of_others_stay(writer: Writer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "out"
    place.mkdir()
    (place / "thesis.tex").write_text("years of work")
    (place / "figures").mkdir()
    if writer.name == "publish_core":
        all_of(writer_before(writer), place)
    refused(lambda: writer.write(place), tmp_path)


def writer_before(writer: Writer) -> Writer:
    """The part of a writer that makes what it copies."""

    def write(path: Path) -> None:
        with pytest.raises(InvalidFile):
            writer.write(path)

    return Writer(writer.name, writer.kind, write, ())


@quiet
@folders
def test_a_file_where_a_folder_goes_stays(writer: Writer, tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.write_text("mine")
    if writer.name == "publish_core":
        all_of(writer_before(writer), place)
    refused(lambda: writer.write(place), tmp_path)


@quiet
@folders
def test_folders_of_ours_of_another_kind_stay(
    writer: Writer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = next(one for one in (WHOLE[1], WHOLE[0]) if one.kind != writer.kind)
    place = tmp_path / "out"
    other.write(place)
    if writer.name == "publish_core":
        all_of(writer_before(writer), place)
    refused(lambda: writer.write(place), tmp_path)


@quiet
@folders
def test_folders_of_the_same_kind_are_written_again(
    writer: Writer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "new" / "out"
    writer.write(place)
    first = content(place)
    assert ".spikewright" in first and len(first) > 1
    writer.write(place)
    assert content(place).keys() == first.keys()
    assert not [path.name for path in place.parent.iterdir() if path.name.startswith(".out")]


@quiet
@whole
def test_a_folder_with_somebody_s_file_in_it_stays(writer: Writer, tmp_path: Path) -> None:
    place = tmp_path / "out"
    writer.write(place)
    (place / "notes.txt").write_text("measured on the board: 4.2 mW")
    text = refused(lambda: writer.write(place), tmp_path)
    assert "notes.txt" in text


@quiet
def test_somebody_s_files_in_a_growing_folder_stay(tmp_path: Path) -> None:
    study = GROWING[0]
    place = tmp_path / "out"
    study.write(place)
    notes = (place / "notes.txt", place / "tables" / "mine.csv", place / "cells" / "mine" / "x")
    for path in notes:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    study.write(place)
    assert all(path.read_text() == "mine" for path in notes)
