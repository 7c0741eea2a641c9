"""Tables on a terminal: what fits, what is left out, and that nothing is left out in silence."""

import io
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import Table
from spikewright.experiments.cli.showing import TELLING, fitting, show, show_within

WIDE = Table.of(
    {"note": "n" * 9, **{f"c{place}": place * 1234.5 for place in range(26)}, "layer": name} for name in "ab"
)


class Terminal(io.StringIO):
    """What a terminal would show."""

    def isatty(self) -> bool:
        return True


def _shown(patch: pytest.MonkeyPatch, table: Table, width: int) -> list[str]:
    terminal = Terminal()
    patch.setenv("COLUMNS", str(width))
    patch.setenv("TERM", "xterm")
    patch.setattr(sys, "stdout", terminal)
    show(table, places=["a.csv"])
    patch.undo()
    return re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()


@given(st.integers(1, 400))
def test_what_is_chosen_fits_and_the_most_telling_come_first(width: int) -> None:
    chosen = fitting(WIDE, width, TELLING)
    assert chosen[0] == "layer" and len(set(chosen)) == len(chosen)
    assert width < 40 or chosen[1] == "note"
    assert width < 390 or set(chosen) == set(WIDE.columns)


@given(st.integers(20, 200))
def test_a_terminal_gets_lines_that_fit(width: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lines = _shown(patch, WIDE, width)
    assert max(map(len, lines[:-1])) <= width
    assert ("--wide shows all, so has a.csv" in lines[-1]) == (width < 300)


def test_pipes_and_wide_get_all_columns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    show(WIDE)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    show(WIDE, wide=True)
    assert capsys.readouterr().out == f"{WIDE}\n{WIDE}\n"


def test_brackets_are_no_markup_and_empty_tables_are_shown() -> None:
    with pytest.MonkeyPatch.context() as patch:
        assert "[red]" in "".join(_shown(patch, Table.of([{"a[b]": "[red]x"}]), 80))
        assert _shown(patch, Table.of([]), 80) == [""]


def test_a_table_within_a_text_is_fitted_and_the_text_stays() -> None:
    with pytest.MonkeyPatch.context() as patch:
        terminal = Terminal()
        patch.setenv("COLUMNS", "60")
        patch.setattr(sys, "stdout", terminal)
        show_within(f"before\n{WIDE}\nafter", WIDE)
        show_within("no table", WIDE)
        show_within(f"before\n{WIDE}", WIDE, wide=True)
    lines = terminal.getvalue().splitlines()
    assert (
        lines[0] == "before"
        and "columns; --wide shows all" in "".join(lines)
        and "after" in lines
        and "no table" in lines
    )
    assert terminal.getvalue().endswith(f"before\n{WIDE}\n")
