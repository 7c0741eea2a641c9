"""A disk that is full at any moment, for real: a small file system that has room for so many pages more."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spikewright import FolderKind, InvalidFile
from spikewright.experiments.records.store import Store
from spikewright.experiments.records.tables import write_tables
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.running import run
from spikewright.experiments.runs.state import RunState
from tests.experiments.runs.cheap import chain, numbers

KIND = FolderKind("a store of tests")
PAGES = 24
"""More than all files of the store take: with so much room nothing fails."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """The folder of a file system of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a file system, and not everywhere")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path, pages: int) -> Path:
    """A file that leaves room for so many pages of 4 KiB."""
    free = os.statvfs(disk)
    path = disk / "filler"
    path.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - 4096 * pages)))
    return path


def made(folder: Path) -> RunState:
    """Three cells and their tables in the store at `folder`."""
    store = Store.claim(folder, KIND)
    with HereRunner() as runner:
        state = run(chain(3), store, runner)
    write_tables(store, sorted(store.names()))
    return state


@pytest.mark.parametrize("claimed", [True, False], ids=["a store that is there", "a new store"])
def test_a_full_disk_loses_nothing_and_says_where(tmp_path: Path, disk: Path, claimed: bool) -> None:
    made(tmp_path / "wanted")
    wanted, stops = list(numbers(tmp_path / "wanted")), set()
    for pages in range(PAGES):
        folder = disk / f"store{pages}"
        if claimed:
            Store.claim(folder, KIND)
        filler = fill(disk, pages)
        told = ""
        try:
            told = " ".join(fault["said"] for fault in made(folder).faults)
        except InvalidFile as error:
            told = str(error)
        finished = dict(numbers(folder)) if (folder / "cells").is_dir() else {}
        stops.add((len(finished), bool(told)))
        assert finished.items() <= dict(wanted).items()
        assert not told or (str(folder) in told and "No space left on device" in told)
        filler.unlink()
        assert made(folder).ending == "finished" and list(numbers(folder)) == wanted
        shutil.rmtree(folder)
    assert {0, 1, 2, 3} == {count for count, _ in stops}
    assert (3, True) in stops and (3, False) in stops  # full at the tables too, and not full at all


def test_a_disk_that_may_only_be_read_is_told_at_once(disk: Path) -> None:
    made(disk / "store")
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for folder in (disk / "store", disk / "new"):
        with pytest.raises(InvalidFile, match=f"{folder}.*(Read-only|read-only)"):
            made(folder)
