"""Files appear whole or not at all, and nobody else's is replaced."""

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidFile, Kind, atomic_folder, atomic_path, check_path, claim_folder
from spikewright.files import beside, readable
from spikewright.kinds import holds
from spikewright.marker import files_below
from tests.spikewright.boxes import BOX, SHED, fill, names

NOTE = Kind("a note of ours", holds(b"# ours"))


def write(path: Path, text: str = "# ours\n", **force: bool) -> None:
    with atomic_path(path, NOTE, **force) as temporary:
        temporary.write_text(text)


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "note"
    with pytest.raises(KeyboardInterrupt), atomic_path(path, NOTE) as temporary:
        temporary.write_text("# ours, half")
        raise KeyboardInterrupt
    assert names(tmp_path) == {"new", "new/folder"}
    write(path)
    with pytest.raises(KeyboardInterrupt), atomic_path(path, NOTE) as temporary:
        temporary.write_text("# ours, half")
        raise KeyboardInterrupt
    assert path.read_text() == "# ours\n" and names(path.parent) == {"note"}


def test_what_comes_while_we_write_stays(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="another file"), atomic_path(tmp_path / "note", NOTE) as temporary:
        temporary.write_text("# ours")
        (tmp_path / "note").write_text("theirs, a second ago")
    assert (tmp_path / "note").read_text() == "theirs, a second ago" and names(tmp_path) == {"note"}
    with pytest.raises(InvalidFile, match="another folder"), atomic_folder(tmp_path / "box", BOX):
        (tmp_path / "box").mkdir()
        (tmp_path / "box" / "theirs").touch()
    assert names(tmp_path) == {"note", "box", "box/theirs"}


def test_empty_files_and_folders_are_filled(tmp_path: Path) -> None:
    (tmp_path / "note").touch()
    (tmp_path / "box").mkdir(mode=0o700)
    write(tmp_path / "note")
    fill(tmp_path / "box", "a")
    assert names(tmp_path) == {"note", "box", "box/a"}
    assert (tmp_path / "box").stat().st_mode & 0o777 == 0o700


def test_force_is_for_files_of_others_only(tmp_path: Path) -> None:
    path = tmp_path / "note"
    path.write_text("theirs")
    with pytest.raises(InvalidFile, match=r"try another name, or force=True \(--force\) to replace it"):
        write(path, force=False)
    with pytest.raises(InvalidFile, match="try another name, or move it away first"):
        write(path)
    write(path, force=True)
    path.chmod(0o444)
    with pytest.raises(InvalidFile, match="read-only"):
        write(path, force=True)
    with pytest.raises(InvalidFile, match="got a folder"):
        write(tmp_path, force=True)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidFile, match="got a device"):
        write(tmp_path / "pipe", force=True)


def test_permissions_stay(tmp_path: Path) -> None:
    write(tmp_path / "note")
    (tmp_path / "note").chmod(0o600)
    write(tmp_path / "note")
    assert (tmp_path / "note").stat().st_mode & 0o777 == 0o600


def test_links_are_followed_and_stay(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "note"
    link.symlink_to("disk/note")
    write(link)
    write(link, "# ours, again")
    assert link.is_symlink() and (tmp_path / "disk" / "note").read_text() == "# ours, again"
    box = tmp_path / "box"
    box.symlink_to("disk/box", target_is_directory=True)
    fill(box, "a")
    fill(box, "b")
    assert box.is_symlink() and names(tmp_path / "disk") == {"note", "box", "box/b"}
    circle = tmp_path / "circle"
    circle.symlink_to("circle")
    for make in (write, fill):
        with pytest.raises(InvalidFile, match="circle"):
            make(circle)


def test_a_parent_that_is_a_file_is_told(tmp_path: Path) -> None:
    write(tmp_path / "note")
    for make in (write, fill, lambda path: claim_folder(path, SHED)):
        with pytest.raises(InvalidFile, match="expected a writable folder"):
            make(tmp_path / "note" / "below")
    assert names(tmp_path) == {"note"}


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Files cannot grow beyond `size` bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    write(tmp_path / "note")
    fill(tmp_path / "box", "a")
    with (
        small_disk(1000),
        pytest.raises(InvalidFile, match=f"expected to write {tmp_path / 'note'}, got: File too large"),
    ):
        write(tmp_path / "note", "# ours" * 1000)
    with small_disk(1000), pytest.raises(InvalidFile, match=f"expected to write {tmp_path / 'box'}"):
        with atomic_folder(tmp_path / "box", BOX) as temporary:
            (temporary / "large").write_text("x" * 2000)
    assert names(tmp_path) == {"note", "box", "box/a"} and (tmp_path / "note").read_text() == "# ours\n"


def test_other_errors_of_the_block_are_not_about_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "note", NOTE):
        (tmp_path / "input").read_text()
    assert not names(tmp_path)


def test_two_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    texts = [f"# ours {number}\n" * 1000 for number in range(8)]
    threads = [threading.Thread(target=write, args=(tmp_path / "note", text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "note").read_text() in texts and files_below(tmp_path) == {"note"}


@pytest.mark.parametrize("path", ["x" * 300, "a\0b", 3, None, b"bytes"])
def test_what_no_path_can_be_is_refused_in_a_sentence(
    path: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidFile, match="expected the path of"):
        check_path(path, Kind("a thing", lambda found: False))
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("path", ["", ".", "..", "/", "folder/.."])
def test_a_table_needs_a_name(path: str) -> None:
    with pytest.raises(InvalidFile, match="expected the name of a file"):
        beside(path, ".csv")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    os.symlink("loop", tmp_path / "loop")
    os.symlink(tmp_path / "file", tmp_path / "link")
    assert readable(tmp_path / "link") == tmp_path / "link"
    for path, got in (
        ("pipe", "a pipe"),
        ("", "a folder"),
        ("loop", "got: "),
        ("none", "No such file"),
        ("/dev/zero", "a device"),
    ):
        with pytest.raises(InvalidFile, match=got):
            readable(tmp_path / path)
    for what in ("\0", None, 3.5):
        with pytest.raises(InvalidFile, match="expected a readable file"):
            readable(what)  # type: ignore[arg-type]
