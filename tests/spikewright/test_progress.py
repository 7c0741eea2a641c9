"""Progress goes to the callback of the outermost call that has one; without one it shows itself where somebody is watching."""

import io
import sys
import threading

import pytest

from spikewright import progress as told
from spikewright.progress import Progress, outermost, shown, silent, telling, watched

Words = list[tuple[str, int, int]]


@watched
def inner(*, progress: Progress = shown) -> None:
    progress("inner", 1, 2)
    outermost("often", 1, 2)


@watched
def outer(*, progress: Progress = shown) -> None:
    progress("outer", 0, 1)
    inner()


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        return True


def watch(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """From now on somebody looks at stderr; pytest's own takes its place in front of each test."""
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setattr("spikewright.watching.AFTER", 0.0)
    return found


def test_the_silent_callback_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    told: Progress = silent
    assert told("train", 0, 3) is None
    shown = capsys.readouterr()
    assert not shown.out and not shown.err


def test_an_inner_call_tells_the_callback_of_the_outer_one() -> None:
    words: Words = []
    outer(progress=lambda *word: words.append(word))
    assert words == [("outer", 0, 1), ("inner", 1, 2)]
    outer(progress=silent)
    assert words == [("outer", 0, 1), ("inner", 1, 2)]
    inner(progress=lambda *word: words.append(word))
    assert words[2:] == [("inner", 1, 2), ("often", 1, 2)]


@watched
def half(*, progress: Progress = shown) -> None:
    """Tells the second half of what it does itself, as a run of several parts does."""
    inner(progress=lambda stage, done, _: progress(stage, done + 2, 4))


def test_a_callback_made_of_the_one_that_was_not_given_means_the_outer_calls() -> None:
    words: Words = []
    half()
    half(progress=lambda *word: words.append(word))
    with telling(lambda *word: words.append(word)):
        half()
    assert words == [("inner", 3, 4)] * 2
    inner(progress=lambda stage, done, total: shown(stage, done, total))


def test_a_block_can_be_told_for() -> None:
    words: Words = []
    with telling(lambda *word: words.append(word)):
        inner()
    inner()
    assert words == [("inner", 1, 2), ("often", 1, 2)]


def test_nobody_watches_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    outer()
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_line_unless_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watch(monkeypatch)

    @watched
    def slow(*, progress: Progress = shown, until: int = 1) -> None:
        progress("stage", 1, 3)
        while terminal.getvalue().count("stage 1 of 3") < until:
            pass

    slow()
    assert "slow, stage 1 of 3" in terminal.getvalue() and terminal.getvalue().endswith("\r")
    before = terminal.getvalue()
    slow(progress=silent, until=0)
    monkeypatch.setenv("SPIKEWRIGHT_PROGRESS", "0")
    slow(until=0)
    assert terminal.getvalue() == before


def test_other_threads_leave_the_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = watch(monkeypatch)
    thread = threading.Thread(target=outer)
    thread.start()
    thread.join()
    assert terminal.getvalue() == "" and not told._told


def test_an_error_leaves_nothing_behind() -> None:
    @watched
    def fails(*, progress: Progress = shown) -> None:
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fails(progress=silent)
    assert told._told == [] and told._depth == 0
