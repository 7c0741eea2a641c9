"""Stores in the folder for temporary files: there while a living process uses them, whatever the clock says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spikewright.experiments.runs import borrowed
from spikewright.experiments.runs.borrowed import borrowed_store, give_back

USE = """
import sys
from spikewright.experiments.runs.borrowed import borrowed_store
print(borrowed_store(sys.argv[1]).folder, flush=True)
sys.stdin.read()
"""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the folder for temporary files is found another way")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another folder for temporary files, for child processes too."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def user(number: str) -> "subprocess.Popen[str]":
    """A process that uses a store until its input ends."""
    made = subprocess.Popen(
        [sys.executable, "-c", USE, number], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert made.stdout is not None and made.stdout.readline().strip().endswith(number)
    return made


def test_the_last_user_removes_it() -> None:
    other, folder = user("a"), borrowed_store("a").folder
    assert borrowed_store("a").folder == folder and folder.stat().st_mode & 0o77 == 0o55 & folder.stat().st_mode
    give_back(folder)
    assert folder.is_dir()
    other.communicate("")
    assert not folder.exists()


def test_that_of_a_dead_process_stays_for_a_while_and_goes_when_it_is_old(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for jump in (-1, 1):
        dead, living = user("dead"), user("living")
        dead.kill()
        dead.communicate()
        places = sorted(path for path in next(elsewhere.glob("spikewright-*")).iterdir() if path.is_dir())
        assert [place.name for place in places] == ["dead", "living"]
        give_back(borrowed_store("first").folder)
        assert places[0].is_dir()  # not old
        now = places[0].stat().st_mtime
        monkeypatch.setattr(borrowed.time, "time", lambda at=now + jump * 2 * borrowed.KEPT_S: at)
        give_back(borrowed_store("second").folder)
        monkeypatch.undo()
        monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
        monkeypatch.setenv("TMPDIR", str(elsewhere))
        assert not places[0].exists() and places[1].is_dir()  # old, and dead; old, but in use
        living.communicate("")
        assert not places[1].exists()


def test_a_root_of_somebody_else_is_refused(elsewhere: Path) -> None:
    (elsewhere / "mine").mkdir()
    (elsewhere / f"spikewright-{os.getuid()}").symlink_to(elsewhere / "mine")
    with pytest.raises(ValueError, match="somebody else's"):
        borrowed_store("a")
