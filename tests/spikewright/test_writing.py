"""The ground under every writer: nothing half written, nothing of others touched, every refusal one sentence."""

import json
import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from spikewright import FolderKind, InvalidFile, Kind, atomic_folder, atomic_path, check_path, claim_folder
from spikewright.files import beside
from spikewright.kinds import first_line, holds, in_metadata, json_with
from spikewright.marker import MARKER, files_below, read_marker

NOTE = Kind("a note of ours", holds(b"# ours"))
BOX = FolderKind("a box of ours")
SHED = FolderKind("a shed of ours")


def write(path: Path, text: str = "# ours\n", **force: bool) -> None:
    with atomic_path(path, NOTE, **force) as temporary:
        temporary.write_text(text)


def fill(path: Path, *names: str, kind: FolderKind = BOX) -> None:
    with atomic_folder(path, kind) as temporary:
        for name in names:
            (temporary / name).parent.mkdir(exist_ok=True)
            (temporary / name).write_text(name)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != MARKER}


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


def test_a_marker_of_another_kind_version_or_shape_protects(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a")
    text = (tmp_path / "box" / MARKER).read_text()
    for other in (text.replace("box", "shed"), text.replace('"version": 1', '"version": 2'), "{", "[]", '{"kind": 1}'):
        (tmp_path / "box" / MARKER).write_text(other)
        with pytest.raises(InvalidFile, match="another folder"):
            fill(tmp_path / "box", "b")
    assert names(tmp_path / "box") == {"a"}


def test_a_marker_that_points_elsewhere_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("theirs")
    fill(tmp_path / "box", "a")
    marker = tmp_path / "box" / MARKER
    elsewhere = f'"../precious": null, "{tmp_path / "precious"}": null, "a"'
    marker.write_text(marker.read_text().replace('"a"', elsewhere))
    fill(tmp_path / "box", "b")
    assert names(tmp_path) == {"precious", "box", "box/b"}


def test_a_file_of_ours_that_somebody_changed_is_theirs(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a", "b/c")
    (tmp_path / "box" / "b" / "c").write_text("theirs now")
    with pytest.raises(InvalidFile, match="b/c in it, which is not as it was written"):
        fill(tmp_path / "box", "a")
    assert (tmp_path / "box" / "b" / "c").read_text() == "theirs now"

    shed, plain = claim_folder(tmp_path / "shed", SHED), Kind("a plain text", lambda path: False)
    with atomic_path(shed / "plain", plain) as temporary:
        temporary.write_text("ours")
    (shed / "plain").write_text("theirs now")
    with pytest.raises(InvalidFile, match="another file"), atomic_path(shed / "plain", plain):
        pass
    assert (shed / "plain").read_text() == "theirs now"


def test_markers_without_digests_go_by_name(tmp_path: Path) -> None:
    fill(tmp_path / "box", "a")
    marker = tmp_path / "box" / MARKER
    values = json.loads(marker.read_text())
    marker.write_text(json.dumps({**values, "files": sorted(values["files"])}))
    fill(tmp_path / "box", "b")
    assert names(tmp_path) == {"box", "box/b"}


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


def test_files_are_known_by_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"", b"\xff" * 9, b"{}", b"[" * 100_000, b"\x08" + b"\0" * 7 + b"[]      ", b"a,b\r\n1,2\r\n"):
        path.write_bytes(content)
        assert not in_metadata("spikewright")(path) and not json_with("a")(path)
        assert first_line(b"a,b")(path) == content.startswith(b"a,b")
    assert not holds(b"x")(tmp_path / "missing") and not json_with("a")(tmp_path / "missing")


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
