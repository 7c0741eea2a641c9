"""Tables as CSV and LaTeX: what is in them can be read again, and nothing in them is a command."""

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from spikewright import Table
from spikewright.experiments.records.texts import SPECIAL, csv_text, escaped, tex_text


def test_csv_is_read_again() -> None:
    table = Table(("a", "b,c"), ((1, 'says "no"\nand more'), (None, 2.5)))
    assert list(csv.reader(io.StringIO(csv_text(table)))) == [
        ["a", "b,c"],
        ["1", 'says "no"\nand more'],
        ["", "2.5"],
    ]


def test_a_table_of_latex() -> None:
    table = Table(("network", "energy_uj"), (("rate_7 & more", -1234.5), ("ann", 1.5e-9), ("none", None)))
    assert tex_text(table).splitlines() == [
        r"\begin{tabular}{lr}",
        r"\toprule",
        r"network & energy\_uj \\",
        r"\midrule",
        r"rate\_7 \& more & $-1{,}234$ \\",
        r"ann & $1.5 \cdot 10^{-9}$ \\",
        r"none & - \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]


@given(st.text(max_size=30))
def test_no_text_is_a_command(text: str) -> None:
    shown = escaped(text)
    for command in SPECIAL.values():
        shown = shown.replace(command, "")
    assert not re.search(r"[\\&%$#_{}~^\n]", shown)
