"""Processes that are killed in the midst of a training, a compression, noise and an attack: the next goes on where they were."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.experiments.stages.hanging import WHOLE, made

KILLS = {"epoch": 3, "tuned": 4, "noise": 3, "attack": 3}
"""Which piece of each sort the process is killed in: one that others were finished before."""


def killed(folder: Path, name: str, at: int) -> None:
    """Run the study in a process of its own, until it is in the midst of the piece, and kill that."""
    command = [sys.executable, "-m", "tests.experiments.stages.hanging", str(folder), name, str(at)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        told = process.stdout.readline()  # the process says that it hangs
        process.kill()
    assert told == b"hangs\n" and begun(folder)[name] == at


def begun(folder: Path) -> Counter[str]:
    """How often each piece of work has begun."""
    path = folder.parent / "begun"
    return Counter(path.read_text().split() if path.is_file() else ())


def kept(folder: Path) -> dict[str, Any]:
    """The cells of a store: rows without what was timed, and the digests of all files."""
    found = {}
    for path in (folder / "cells").glob("*/cell.json"):
        record = json.loads(path.read_text())
        rows = {name: [{**row, "seconds": None} for row in rows] for name, rows in record["rows"].items()}
        found[path.parent.name] = rows, record["files"]
    return found


def damage(folder: Path) -> int:
    """Cut every file of all checkpoints in half; how many there were."""
    files = [path for path in folder.glob("work/*/checkpoint/**/*") if path.is_file()]
    for path in files:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return len(files)


@pytest.mark.slow
def test_damaged_checkpoints_are_begun_anew(tmp_path: Path) -> None:
    plain, store = tmp_path / "plain" / "store", tmp_path / "killed" / "store"
    for folder in (plain, store):
        folder.parent.mkdir()
    made(plain)
    for name, at in KILLS.items():
        killed(store, name, at + begun(store)[name])
        assert damage(store) > 0
    assert made(store).ending == "finished" and kept(store) == kept(plain)
    assert not any((store / "work").iterdir())


@pytest.mark.slow
def test_no_finished_piece_of_work_is_done_again(tmp_path: Path) -> None:
    plain, store = tmp_path / "plain" / "store", tmp_path / "killed" / "store"
    for folder in (plain, store):
        folder.parent.mkdir()
    assert made(plain).ending == "finished" and begun(plain) == WHOLE
    for name, at in KILLS.items():
        killed(store, name, at)
    assert made(store).ending == "finished"
    assert kept(store) == kept(plain) and len(kept(plain)) == 4
    again = begun(store) - Counter(WHOLE)
    assert again == Counter(KILLS.keys())  # of each sort the one piece that the process was killed in
    assert not any((store / "work").iterdir())
